"""`portal connect`, `sync`, `report` against a server over HTTP give the counts of a plain loop over its rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from acceptance import plain_loop
from acceptance.portal_cli import NewPortal, Portal
from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME
from partner_portal.sandbox.server import running
from partner_portal.sandbox.world import World, generate

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("acceptance")]

LOGIN = {"AUTOTASK_USERNAME": USERNAME, "AUTOTASK_SECRET": SECRET, "AUTOTASK_INTEGRATION_CODE": INTEGRATION_CODE}
ACROSS_THE_CLOCK_CHANGE = (date(2026, 3, 1), date(2026, 4, 12))
"""Spring forward: 8 March in New York, 29 March in Berlin, and back on 5 April in Sydney."""


@dataclass(frozen=True)
class Synced:
    world: World
    portal: Portal
    dialect: str
    zone: ZoneInfo

    def loop(self, start: date, end: date, owner: int | None = None) -> plain_loop.Counts:
        return plain_loop.count(
            self.world.rows, dialect=self.dialect, zone=self.zone, start=start, end=end, owner=owner
        )


@pytest.fixture(
    scope="module",
    params=[
        ("live", "Europe/Berlin", "same_id"),
        ("live", "Australia/Sydney", "other_id"),
        ("guide", "America/New_York", "none"),
    ],
    ids=["live-berlin", "live-sydney", "guide-new-york"],
)
def synced(
    request: pytest.FixtureRequest, new_portal: NewPortal, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Synced]:
    dialect, zone, echo = request.param
    world = generate(seed=11, activities=4_000, dialect=dialect, time_zone=zone, echo=echo)
    with running(world) as url:
        portal = new_portal(tmp_path_factory.mktemp("data"), url, LOGIN)
        portal.done("connect", "--time-zone", zone)
        portal.done("sync", "--json")
        yield Synced(world, portal, dialect, ZoneInfo(zone))


def test_a_custom_range_across_a_clock_change(synced: Synced) -> None:
    start, end = ACROSS_THE_CLOCK_CHANGE
    document = synced.portal.document("--from", start.isoformat(), "--to", end.isoformat())
    assert_equal(document, synced.loop(start, end), start, end)
    assert document["data"]["complete"]
    assert document["data"]["dialect"] == synced.dialect


def test_this_year(synced: Synced) -> None:
    document = synced.portal.document("--period", "this_year", "--compare", "previous_year")
    start, end = (date.fromisoformat(document["period"][name]) for name in ("start", "end"))
    assert_equal(document, synced.loop(start, end), start, end)
    before = synced.loop(*(date.fromisoformat(document["comparison"][name]) for name in ("start", "end")))
    assert document["calls"]["previous"] == before.kinds["call"]
    assert document["appointments"]["previous"] == before.appointments


def test_every_owner(synced: Synced) -> None:
    start, end = ACROSS_THE_CLOCK_CHANGE
    owners = sorted({who for who, _ in synced.loop(start, end).by_owner if who is not None})
    assert len(owners) > 5
    for owner, document in synced.portal.documents_by_owner(start, end, owners).items():
        assert_equal(document, synced.loop(start, end, owner), start, end)


def assert_equal(document: dict[str, Any], loop: plain_loop.Counts, start: date, end: date) -> None:
    kinds = {"calls": "call", "emails": "email", "meetings": "meeting"}
    assert {key: document[key]["total"] for key in kinds} == {key: loop.kinds[kind] for key, kind in kinds.items()}
    directions = ("outbound", "inbound", "unspecified")
    assert {way: document["calls"][way] for way in directions} == {way: loop.directions[way] for way in directions}
    assert document["conversations"]["total"] == loop.kinds["call"] + loop.kinds["meeting"]
    assert document["appointments"]["total"] == loop.appointments
    assert {row["date"]: (row["calls"], row["emails"], row["meetings"]) for row in document["by_day"]} == {
        day.isoformat(): tuple(loop.by_day[day, kind] for kind in kinds.values()) for day in plain_loop.days(start, end)
    }
    owners = {row["owner"]["id"] if row["owner"] else None: row for row in document["by_owner"]}
    for (who, kind), number in loop.by_owner.items():
        if kind != "other":
            assert owners[who][f"{kind}s"] == number
    funnel = {step["key"]: step["count"] for step in document["funnel"]}
    assert {step: funnel[step] for step in loop.funnel} == dict(loop.funnel)
    pipeline = document["pipeline"]
    assert (pipeline["won"]["count"], pipeline["lost"]["count"], pipeline["open"]["count"]) == (
        loop.won,
        loop.lost,
        loop.open,
    )
    assert Decimal(pipeline["open"]["amount"]) >= 0
