"""What goes wrong on the way: the mirror ends equal to the source, or keeps its last complete data and the reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from mirror.wired import LATER, NOW, Bench, assert_equal_to_the_world, comparable, connected, expected
from partner_portal.autotask.catalog import COMPANIES, OPPORTUNITIES
from partner_portal.autotask.limits import Limits
from partner_portal.mirror.progress import Silent
from partner_portal.mirror.sync import sync

MUCH_LATER = LATER + timedelta(minutes=5)
SMALL_PAGES = Limits(page_size=50, attempts=2, throttled_attempts=2)
IMPATIENT = replace(SMALL_PAGES, request_timeout_seconds=0.5)
PASSING: list[dict[str, Any]] = [
    {"kind": "throttled"},
    {"kind": "throttled", "retry_after": 7},
    {"kind": "error", "status": 500},
    {"kind": "error", "status": 502, "text": "Bad gateway"},
    {"kind": "unavailable"},
    {"kind": "reset"},
    {"kind": "cut"},
    {"kind": "empty_body"},
    {"kind": "broken_json"},
    {"kind": "trickle", "seconds": 3.0},
    {"kind": "latency", "seconds": 3.0},
]
HARMLESS: list[dict[str, Any]] = [{"kind": "duplicate_row"}, {"kind": "unknown_field"}]


def patience(fault: dict[str, Any]) -> Limits:
    """Small pages, so that few rows fill several; answers that take seconds are not waited for."""
    return IMPATIENT if "seconds" in fault else SMALL_PAGES


def named(fault: dict[str, Any]) -> str:
    return "-".join(str(value) for value in fault.values())


class WhenRowsArrive(Silent):
    """Does something once, when the first rows of an entity have come."""

    def __init__(self, entity: str, act: Any) -> None:
        self._entity = entity
        self._act: Any = act

    def rows_arrived(self, path: str, n: int) -> None:
        if path == self._entity and self._act is not None:
            act, self._act = self._act, None
            act()


def stock(bench: Bench) -> None:
    bench.fill("Opportunities", 110, title="old", status=1)
    bench.fill("Companies", 12, companyName="Acme")
    bench.fill("CompanyNotes", 70, actionType=1, companyID=3)


def assert_nothing_was_written(bench: Bench) -> None:
    assert bench.app.state.counters.writes == 0
    assert max(bench.app.state.gate.highest.values()) <= 3


@pytest.mark.parametrize("fault", PASSING + HARMLESS, ids=named)
async def test_a_fault_that_passes_is_not_noticed(bench: Bench, fault: dict[str, Any]) -> None:
    stock(bench)
    bench.fail(entity="Opportunities", route="query", skip=1, **fault)
    bench.fail(entity="CompanyNotes", route="query", **fault)
    assert (await bench.sync(limits=patience(fault))).complete
    assert_equal_to_the_world(bench)
    assert bench.app.state.counters.faults[fault["kind"]] == 2
    assert_nothing_was_written(bench)


@pytest.mark.parametrize("fault", PASSING, ids=named)
async def test_a_fault_that_stays_leaves_the_last_complete_data_and_its_reason(
    bench: Bench, fault: dict[str, Any]
) -> None:
    stock(bench)
    await bench.sync(limits=SMALL_PAGES)
    held = bench.held("Opportunities")
    bench.world.clock.stopped_at = LATER
    bench.world.update("Opportunities", 3, title="changed")
    bench.world.update("Companies", 3, companyName="renamed")
    bench.fail(entity="Opportunities", route="query", count=None, **fault)
    summary = await bench.sync(LATER, limits=patience(fault))
    assert [part.entity for part in summary.entities if not part.complete] == ["Opportunities"]
    source = bench.source("Opportunities")
    assert (source.as_of, source.complete) == (NOW, False)
    assert source.problem
    assert bench.held("Opportunities") == held
    assert comparable(bench.held("Companies")) == expected(bench.world, COMPANIES)
    bench.app.state.faults.clear()
    assert (await bench.sync(MUCH_LATER, limits=SMALL_PAGES)).complete
    assert_equal_to_the_world(bench)
    assert_nothing_was_written(bench)


@pytest.mark.parametrize("kind", ["wrong_verb", "expired_link"])
async def test_page_links_are_never_followed_so_none_can_expire_or_refuse_the_verb(bench: Bench, kind: str) -> None:
    stock(bench)
    bench.app.state.faults.add(_fault_of_links(kind))
    assert (await bench.sync(limits=SMALL_PAGES)).complete
    assert_equal_to_the_world(bench)
    assert not [route for route in bench.app.state.counters.routes if route.endswith(" next")]
    assert bench.app.state.counters.faults.total() == 0


def _fault_of_links(kind: str) -> Any:
    from partner_portal.sandbox.faults import Fault

    return Fault(kind=kind, count=None)


async def test_a_value_of_a_wrong_type_fails_its_entity_naming_the_field_not_the_value(bench: Bench) -> None:
    stock(bench)
    await bench.sync(limits=SMALL_PAGES)
    held = bench.held("Opportunities")
    bench.fail("wrong_type", "Opportunities", route="query", count=None)
    await bench.sync(LATER, full=True, limits=SMALL_PAGES)
    problem = str(bench.source("Opportunities").problem)
    assert "is not " in problem
    assert "not a number" not in problem
    assert bench.held("Opportunities") == held
    bench.app.state.faults.clear()
    assert (await bench.sync(MUCH_LATER, limits=SMALL_PAGES)).complete
    assert_equal_to_the_world(bench)


async def test_characters_that_no_database_holds_cost_no_row(bench: Bench) -> None:
    bench.add("Opportunities", {"title": "nul\0 in the middle"}, {"title": "plain"})
    bench.fail("lone_surrogate", "Companies", route="query")
    bench.add("Companies", {"companyName": "Acme"})
    assert (await bench.sync(limits=SMALL_PAGES)).complete
    assert [row["title"] for row in bench.held("Opportunities")] == ["nul in the middle", "plain"]
    (company,) = bench.held("Companies")
    assert "\ufffd" in "".join(value for value in company.values() if isinstance(value, str))


async def test_a_picklist_value_that_the_metadata_does_not_know_is_a_row_like_any_other(bench: Bench) -> None:
    bench.add("Opportunities", {"title": "odd", "stage": 987_654, "status": 77})
    assert (await bench.sync(limits=SMALL_PAGES)).complete
    assert [(row["stage"], row["status"]) for row in bench.held("Opportunities")] == [(987_654, 77)]


async def test_a_tenant_that_moves_during_the_run_is_followed(bench: Bench) -> None:
    stock(bench)

    def move() -> None:
        bench.app.state.options.zone_host = "webservices29.autotask.net"

    summary = await bench.sync(progress=WhenRowsArrive("Opportunities", move), limits=SMALL_PAGES)
    assert summary.complete
    assert_equal_to_the_world(bench)
    assert bench.client.zone.url.startswith("https://webservices29.")
    assert bench.client.requests["ZoneInformation"] == 2
    assert bench.app.state.counters.failed_logins.total() == 0


async def test_a_secret_that_is_rotated_during_the_run_ends_it_far_from_a_lock(bench: Bench) -> None:
    stock(bench)
    await bench.sync(limits=SMALL_PAGES)
    known = bench.client.acquaintance
    login = bench.app.state.login

    def rotate() -> None:
        bench.app.state.login = type(login)(secret="rotated")

    summary = await bench.sync(
        LATER, full=True, known=known, progress=WhenRowsArrive("Opportunities", rotate), limits=SMALL_PAGES
    )
    assert not summary.complete
    assert "refused the API credentials" in str(bench.source("Opportunities").problem)
    assert len(bench.held("Opportunities")) == 110
    again = await bench.sync(MUCH_LATER, known=known, limits=SMALL_PAGES)
    assert not again.complete
    assert bench.app.state.counters.failed_logins.total() <= 4
    assert not bench.app.state.locked
    bench.app.state.login = login
    assert (await bench.sync(MUCH_LATER, limits=SMALL_PAGES)).complete
    assert_equal_to_the_world(bench)


async def test_one_stray_401_ends_the_run_and_the_next_one_is_right(bench: Bench) -> None:
    stock(bench)
    bench.fail("unauthorized", "Opportunities", route="query", skip=1)
    assert not (await bench.sync(limits=SMALL_PAGES)).complete
    assert bench.client.requests["ZoneInformation"] == 2
    assert bench.app.state.counters.faults["unauthorized"] == 1
    assert (await bench.sync(LATER, limits=SMALL_PAGES)).complete
    assert_equal_to_the_world(bench)


@pytest.mark.parametrize("mode", ["forbidden", "error"])
async def test_a_right_that_is_lost_during_the_run_keeps_the_rows_of_before(bench: Bench, mode: str) -> None:
    stock(bench)
    await bench.sync(limits=SMALL_PAGES)

    def withdraw() -> None:
        bench.app.state.options.permissions["Opportunities"] = mode

    tiny = replace(SMALL_PAGES, page_size=10)  # so that pages are left to be asked for when the first has come
    summary = await bench.sync(LATER, full=True, progress=WhenRowsArrive("Opportunities", withdraw), limits=tiny)
    assert [part.entity for part in summary.entities if not part.complete] == ["Opportunities"]
    assert "no permission to read Opportunities" in str(bench.source("Opportunities").problem)
    assert len(bench.held("Opportunities")) == 110
    bench.app.state.options.permissions.clear()
    assert (await bench.sync(MUCH_LATER, limits=SMALL_PAGES)).complete
    assert_equal_to_the_world(bench)


async def synced_by(bench: Bench, ours: datetime, theirs: datetime) -> None:
    """A sync at which our clock shows `ours` and Autotask's `theirs`."""
    bench.world.clock.stopped_at = theirs
    async with connected(bench.app, limits=SMALL_PAGES) as client:
        assert (await sync(bench.store, client, started_at=ours)).complete


@pytest.mark.parametrize("ahead_minutes", [-45, -20, -4, 0, 4, 20, 45])
async def test_a_clock_that_is_wrong_loses_no_change(bench: Bench, ahead_minutes: int) -> None:
    skew = timedelta(minutes=ahead_minutes)
    stock(bench)
    await synced_by(bench, NOW + skew, NOW)
    for minute in (1, 6, 11):
        at = NOW + timedelta(minutes=minute)
        bench.world.clock.stopped_at = at
        bench.world.update("Opportunities", 3 * minute, title=f"changed at {minute}")
        await synced_by(bench, at + skew + timedelta(minutes=4), at + timedelta(minutes=4))
        assert comparable(bench.held("Opportunities")) == expected(bench.world, OPPORTUNITIES)


async def test_where_the_clocks_agree_a_delta_reaches_back_no_further_than_the_overlap(bench: Bench) -> None:
    stock(bench)
    await synced_by(bench, NOW, NOW)
    watermark = bench.source("Opportunities").watermark
    assert watermark is not None
    assert timedelta(minutes=5) <= NOW - watermark < timedelta(minutes=5, seconds=30)


async def test_at_four_fifths_of_the_hour_the_run_stops_with_its_data_in_place_and_says_when_it_goes_on(
    bench: Bench,
) -> None:
    stock(bench)
    await bench.sync(limits=SMALL_PAGES)
    held = bench.held("Opportunities")
    bench.app.state.hour.set_used(8_300)
    bench.app.state.options.band_scale = 0.0
    sent = bench.app.state.counters.requests.total()
    known = bench.client.acquaintance
    summary = await bench.sync(LATER, known=known, limits=SMALL_PAGES)
    assert not any(part.complete for part in summary.entities)
    assert all("83 % used; the sync goes on at about" in str(part.problem) for part in summary.entities)
    assert bench.app.state.counters.requests.total() - sent == 1
    assert bench.held("Opportunities") == held
    bench.app.state.hour.set_used(2_000)
    assert (await bench.sync(MUCH_LATER, known=known, limits=SMALL_PAGES)).complete
    assert_equal_to_the_world(bench)
