"""A run of the mirror against a sandbox: afterwards the warehouse holds what the world holds, or says why not."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from pathlib import Path

import pytest

from mirror.wired import LATER, NOW, Bench, assert_equal_to_the_world, comparable, connected, expected
from partner_portal.autotask.catalog import CATALOG, COMPANY_TO_DOS, OPPORTUNITIES
from partner_portal.mirror.intake import BATCH_ROWS
from partner_portal.mirror.sync import sync
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.sandbox.generation.plan import Sizes
from partner_portal.sandbox.world import generate
from partner_portal.warehouse.opening import open_warehouse
from partner_portal.warehouse.store import Warehouse, WarehouseError

STAMPED = [entity.path for entity in CATALOG if entity.change_stamp is not None]
UNSTAMPED = [entity.path for entity in CATALOG if entity.change_stamp is None]


class Recorder:
    """Keeps what a sync tells."""

    def __init__(self) -> None:
        self.totals: dict[str, int | None] = {}
        self.rows: dict[str, int] = {}
        self.problems: dict[str, str | None] = {}

    def entity_started(self, path: str, total: int | None) -> None:
        self.totals[path] = total

    def rows_arrived(self, path: str, n: int) -> None:
        self.rows[path] = self.rows.get(path, 0) + n

    def entity_finished(self, path: str, problem: str | None) -> None:
        self.problems[path] = problem


@pytest.mark.parametrize("dialect", ["live", "guide"])
async def test_a_first_load_and_a_delta_equal_the_source(either_warehouse: Warehouse, dialect: str) -> None:
    sizes = Sizes(companies=30, contacts=40, opportunities=60, appointments=40, tickets=30, time_entries=30)
    world = generate(seed=3, today=date(2026, 3, 2), activities=700, dialect=dialect, sizes=sizes)
    bench = Bench(world, either_warehouse.organization(OrganizationScope(10_000 + len(dialect))))
    summary = await bench.sync()
    assert summary.complete
    assert_equal_to_the_world(bench)
    assert {path: source.rows for path, source in bench.store.sources().items()} == {
        entity.path: len(world.rows(entity.path)) for entity in CATALOG
    }
    tenant = bench.store.tenant()
    assert tenant is not None
    assert tenant.dialect == dialect
    world.clock.stopped_at = NOW + timedelta(minutes=1)
    for deal in world.rows("Opportunities")[:5]:
        world.update("Opportunities", deal["id"], amount=12.34, title="changed")
    bench.add("Companies", {"companyName": "Näkemä Oy"})
    assert (await bench.sync(LATER)).complete
    assert_equal_to_the_world(bench)


async def test_more_rows_than_fit_a_page_or_a_batch_all_arrive(bench: Bench) -> None:
    n = BATCH_ROWS + 501
    bench.fill("CompanyToDos", n, actionType=1, companyID=7)
    listener = Recorder()
    summary = await bench.sync(progress=listener)
    assert bench.source("CompanyToDos").rows == n
    assert bench.held("CompanyToDos") == expected(bench.world, COMPANY_TO_DOS)
    assert listener.totals["CompanyToDos"] == listener.rows["CompanyToDos"] == n
    part = summary.document()["entities"]["CompanyToDos"]
    assert part["rows"] == n
    assert part["requests"] == bench.asked("CompanyToDos")
    assert part["complete"] is True
    assert part["problem"] is None


async def test_a_delta_brings_what_is_new_and_what_changed_in_few_calls(bench: Bench) -> None:
    bench.fill("Opportunities", 1_200, title="old", status=1)
    await bench.sync()
    bench.app.state.counters.requests.clear()
    bench.world.clock.stopped_at = NOW + timedelta(minutes=1)
    bench.add("Opportunities", {"title": "new"}, {"title": "new, unstamped", "lastActivity": None})
    bench.world.update("Opportunities", 3, title="changed")
    summary = await bench.sync(LATER)
    assert comparable(bench.held("Opportunities")) == expected(bench.world, OPPORTUNITIES)
    assert bench.asked("Opportunities") == 1
    assert summary.document()["entities"]["Opportunities"]["rows"] == 3
    assert bench.source("Opportunities").as_of == LATER
    assert bench.source("Opportunities").rows == 1_202


async def test_an_idle_refresh_costs_one_call_per_stamped_entity_and_changes_nothing(bench: Bench) -> None:
    bench.fill("Opportunities", 10)
    await bench.sync()
    version = bench.store.data_version()
    bench.app.state.counters.requests.clear()
    summary = await bench.sync(NOW + timedelta(minutes=30))
    assert [entity.path for entity in CATALOG if bench.asked(entity.path)] == STAMPED
    assert all(bench.asked(path) == 1 for path in STAMPED)
    assert summary.requests == len(STAMPED)
    assert summary.complete
    assert bench.store.data_version() == version
    sources = bench.store.sources()
    assert all(sources[path].as_of == NOW + timedelta(minutes=30) for path in STAMPED)


async def test_the_data_version_moves_when_a_row_changes(bench: Bench) -> None:
    (deal,) = bench.add("Opportunities", {"title": "old"})
    await bench.sync()
    version = bench.store.data_version()
    bench.world.update("Opportunities", deal, title="new")
    await bench.sync(LATER)
    assert bench.store.data_version() > version


async def test_each_run_leaves_the_activities_up_to_date(bench: Bench) -> None:
    for at in (NOW, LATER):
        bench.add("CompanyNotes", {"note": "We talked."})
        await bench.sync(at)
        assert bench.store.rows("SELECT count(*) FROM touched_activities") == [(0,)]
        assert bench.store.rows("SELECT id FROM activities ORDER BY id") == [
            (row["id"],) for row in bench.world.rows("CompanyNotes")
        ]


async def test_activities_that_cannot_be_brought_up_to_date_stop_no_run(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise WarehouseError("No room. Check free disk space.")

    bench.add("CompanyNotes", {"note": "We talked."})
    monkeypatch.setattr(bench.store, "settle_activities", fail)
    assert (await bench.sync()).complete
    assert "No room" in caplog.text
    assert bench.store.rows("SELECT count(*) FROM activities") == [(1,)]
    monkeypatch.undo()
    await bench.sync(LATER)
    assert bench.store.rows("SELECT count(*) FROM touched_activities") == [(0,)]


async def test_a_full_read_removes_what_has_vanished(bench: Bench) -> None:
    bench.fill("Opportunities", 20)
    await bench.sync()
    bench.world.delete("Opportunities", 6)
    await bench.sync(LATER)
    assert bench.source("Opportunities").rows == 20
    await bench.sync(LATER + timedelta(minutes=5), full=True)
    assert bench.held("Opportunities") == expected(bench.world, OPPORTUNITIES)
    assert bench.source("Opportunities").rows == 19


async def test_small_entities_without_a_stamp_are_read_whole_every_hour(bench: Bench) -> None:
    (rep,) = bench.add("Resources", {"firstName": "Ada", "lastName": "L.", "isActive": True})
    await bench.sync()
    bench.world.delete("Resources", rep)
    bench.add("Resources", {"firstName": "Bo", "lastName": "M.", "isActive": True})
    await bench.sync(LATER)
    assert [row["firstName"] for row in bench.held("Resources")] == ["Ada"]
    assert bench.source("Resources").as_of == NOW
    await bench.sync(NOW + timedelta(hours=1))
    assert [row["firstName"] for row in bench.held("Resources")] == ["Bo"]
    assert bench.source("Resources").as_of == NOW + timedelta(hours=1)


@pytest.mark.parametrize("kind", ["unavailable", "cut", "error", "wrong_type"])
async def test_a_failed_page_leaves_the_earlier_data_and_its_reason(bench: Bench, kind: str) -> None:
    bench.fill("Opportunities", 1_100, title="old")
    bench.fill("Contracts", 3)
    await bench.sync()
    held, version = bench.held("Opportunities"), bench.store.data_version()
    bench.world.update("Opportunities", 3, title="changed")
    bench.fail(kind, "Opportunities", route="query", skip=1, count=None)
    summary = await bench.sync(LATER, full=True)
    source = bench.source("Opportunities")
    assert bench.held("Opportunities") == held
    assert source.as_of == NOW
    assert not source.complete
    assert source.problem
    assert "\n" not in source.problem
    assert summary.document()["entities"]["Opportunities"]["problem"] == source.problem
    assert not summary.complete
    assert [part.entity for part in summary.entities if not part.complete] == ["Opportunities"]
    assert bench.source("Contracts").as_of == LATER
    assert bench.store.data_version() > version
    bench.app.state.faults.clear()
    await bench.sync(LATER + timedelta(minutes=5))
    assert bench.source("Opportunities").complete
    assert comparable(bench.held("Opportunities")) == expected(bench.world, OPPORTUNITIES)


async def test_a_page_that_fails_once_is_asked_for_again(bench: Bench) -> None:
    bench.fill("Opportunities", 1_100)
    bench.fail("unavailable", "Opportunities", route="query", skip=1)
    bench.fail("throttled", "Contacts", route="query")
    bench.fail("duplicate_row", "Opportunities", route="query", skip=2)
    assert (await bench.sync()).complete
    assert bench.held("Opportunities") == expected(bench.world, OPPORTUNITIES)


@pytest.mark.parametrize("mode", ["forbidden", "error"])
async def test_a_forbidden_entity_is_named_and_the_rest_is_right(bench: Bench, mode: str) -> None:
    bench.fill("Opportunities", 5)
    bench.fill("CompanyToDos", 5)
    bench.app.state.options.permissions["CompanyToDos"] = mode
    listener = Recorder()
    summary = await bench.sync(progress=listener)
    source = bench.source("CompanyToDos")
    assert source.as_of is None
    assert source.problem is not None
    assert "no permission to read CompanyToDos" in source.problem
    assert listener.problems["CompanyToDos"] == source.problem
    assert [part.entity for part in summary.entities if not part.complete] == ["CompanyToDos"]
    assert bench.held("Opportunities") == expected(bench.world, OPPORTUNITIES)


@pytest.mark.parametrize("mode", ["forbidden", "error"])
async def test_a_refused_right_is_no_failure_and_a_broken_page_is(bench: Bench, mode: str) -> None:
    bench.app.state.options.permissions["CompanyToDos"] = mode
    bench.fail("broken_json", "Opportunities", route="query", count=None)
    summary = await bench.sync()
    assert [part.entity for part in summary.entities if part.failed] == ["Opportunities"]
    assert {part.entity for part in summary.entities if not part.complete} == {"CompanyToDos", "Opportunities"}


async def test_rights_given_later_are_noticed_by_the_next_run(bench: Bench) -> None:
    bench.fill("CompanyToDos", 5)
    bench.app.state.options.permissions["CompanyToDos"] = "forbidden"
    await bench.sync()
    del bench.app.state.options.permissions["CompanyToDos"]
    assert (await bench.sync(LATER)).complete
    assert bench.source("CompanyToDos").rows == 5


async def test_rights_lost_between_runs_leave_the_earlier_rows(bench: Bench) -> None:
    bench.fill("CompanyToDos", 5)
    await bench.sync()
    bench.app.state.options.permissions["CompanyToDos"] = "forbidden"
    await bench.sync(LATER)
    source = bench.source("CompanyToDos")
    assert (source.rows, source.as_of, source.complete) == (5, NOW, False)
    assert source.problem is not None
    assert "permission" in source.problem


@pytest.mark.parametrize("is_first", [True, False])
async def test_refused_credentials_end_the_run_for_all_with_one_failed_login(bench: Bench, is_first: bool) -> None:
    bench.fill("Opportunities", 5)
    if not is_first:
        await bench.sync()
    bench.app.state.counters.failed_logins.clear()
    summary = await bench.sync(LATER, secret="wrong")
    assert bench.app.state.counters.failed_logins.total() == 1
    problems = {source.problem for source in bench.store.sources().values()}
    assert len(problems) == 1
    assert "refused the API credentials" in str(problems)
    assert not any(part.complete for part in summary.entities)
    assert len(bench.held("Opportunities")) == (0 if is_first else 5)


async def test_what_ended_a_run_is_named_at_the_entities_that_rested_too(bench: Bench) -> None:
    bench.app.state.options.permissions["Tickets"] = "forbidden"
    await bench.sync()
    bench.fail("unauthorized", "Opportunities", count=None)
    summary = await bench.sync(LATER)
    problems = {part.entity: str(part.problem) for part in summary.entities}
    assert "no permission" in problems["Tickets"]
    assert {part.entity for part in summary.entities if part.failed} >= set(UNSTAMPED)
    assert all("refused the API credentials" in problems[path] for path in UNSTAMPED)
    assert all("refused the API credentials" in str(bench.source(path).problem) for path in UNSTAMPED)


async def test_a_spent_call_budget_ends_the_run_for_all(bench: Bench) -> None:
    bench.fill("Opportunities", 5)
    await bench.sync()
    bench.app.state.options.hourly_limit = 1
    sent = bench.app.state.counters.requests.total()
    summary = await bench.sync(LATER)
    assert all("hourly call budget" in str(source.problem) for source in bench.store.sources().values())
    assert all(source.as_of == NOW for source in bench.store.sources().values())
    assert not summary.complete
    assert bench.app.state.counters.requests.total() - sent <= 3


async def test_metadata_that_cannot_be_read_costs_no_row(guide: Bench) -> None:
    guide.fill("Tasks", 5, actionType=4, direction=1, title="call")
    guide.fail("unavailable", "Tasks", route="fields", count=None)
    await guide.sync()
    assert [(row["actionType"], row["direction"]) for row in guide.held("Tasks")] == [(4, 1)] * 5


async def test_a_field_that_the_tenant_lost_is_not_asked_for_again(bench: Bench) -> None:
    bench.fill("Opportunities", 5, title="old")
    await bench.sync()
    text = "Unable to find leadSource in the Opportunity Entity."
    bench.fail("error", "Opportunities", route="query", text=text, count=1)
    assert (await bench.sync(LATER)).complete
    assert bench.held("Opportunities") == expected(bench.world, OPPORTUNITIES)


async def test_a_total_that_cannot_be_had_stops_nothing(bench: Bench) -> None:
    bench.fill("Opportunities", 5)
    bench.fail("error", "Opportunities", route="count", count=None)
    listener = Recorder()
    assert (await bench.sync(progress=listener)).complete
    assert listener.totals["Opportunities"] is None


async def test_a_defect_of_ours_stays_with_its_entity(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    class Clumsy(Recorder):
        def rows_arrived(self, path: str, n: int) -> None:
            if path == "Opportunities":
                raise ZeroDivisionError

    bench.fill("Opportunities", 5)
    bench.fill("Contracts", 5)
    await bench.sync(progress=Clumsy())
    assert "ZeroDivisionError" in str(bench.source("Opportunities").problem)
    assert bench.source("Contracts").complete
    assert "reading Opportunities failed" in caplog.text


async def test_a_cancelled_run_leaves_the_earlier_data(bench: Bench) -> None:
    bench.fill("Opportunities", 1_100)
    await bench.sync()
    held = bench.held("Opportunities")
    bench.world.update("Opportunities", 3, title="changed")
    reached = asyncio.Event()

    class Waiting(Recorder):
        def rows_arrived(self, path: str, n: int) -> None:
            if path == "Opportunities":
                reached.set()

    bench.fail("latency", "Opportunities", route="query", skip=1, seconds=30)
    async with connected(bench.app) as client:
        run = asyncio.create_task(sync(bench.store, client, started_at=LATER, full=True, progress=Waiting()))
        await asyncio.wait_for(reached.wait(), 5)
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
    assert bench.held("Opportunities") == held
    assert bench.source("Opportunities").complete
    assert bench.source("Opportunities").as_of == NOW


async def test_nothing_is_ever_written_to_autotask(bench: Bench) -> None:
    bench.fill("Opportunities", 5)
    await bench.sync()
    await bench.sync(LATER, full=True)
    assert bench.app.state.counters.writes == 0


async def test_a_mirror_in_a_file_goes_on_after_a_restart(tmp_path: Path, bench: Bench) -> None:
    bench.fill("Opportunities", 5)
    for at in (NOW, LATER):
        warehouse = open_warehouse(str(tmp_path / "warehouse.duckdb"))
        bench.store = warehouse.organization(OrganizationScope(1))
        bench.app.state.counters.requests.clear()
        summary = await bench.sync(at)
        assert summary.complete
        assert bench.source("Opportunities").rows == 5
        warehouse.close()
    assert sum(bench.asked(entity.path) for entity in CATALOG) == len(STAMPED)
