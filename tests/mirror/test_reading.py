"""Large entities read side by side: over the real client and store, while rows come in and things go wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from mirror.wired import NOW, QUICK, Bench, comparable, connected, expected
from partner_portal.autotask.catalog import COMPANY_TO_DOS, Record
from partner_portal.autotask.errors import MalformedAnswer
from partner_portal.mirror.progress import Silent
from partner_portal.mirror.reading import read_side_by_side

PAGE = 50
ROWS = 10 * PAGE + 20
IDS = [3 * i for i in range(1, ROWS + 1)]
SMALL_PAGES = replace(QUICK, page_size=PAGE)
"""Pages small enough for a small world to have many."""


class Told(Silent):
    """What a sync told of its way, in order."""

    def __init__(self) -> None:
        self.events: list[tuple[str, int | None]] = []

    def entity_started(self, path: str, total: int | None) -> None:
        if path == COMPANY_TO_DOS.path:
            self.events.append(("started", total))

    def rows_arrived(self, path: str, n: int) -> None:
        if path == COMPANY_TO_DOS.path:
            self.events.append(("rows", n))


async def read_directly(bench: Bench) -> list[int]:
    """The ids that the readers give, in the order in which they come, with no store behind them."""
    ids: list[int] = []

    async def take(rows: Sequence[Record]) -> None:
        ids.extend(row.id for row in rows)

    async def count() -> int | None:
        return ROWS

    async with connected(bench.app, limits=SMALL_PAGES) as client:
        await read_side_by_side(client, COMPANY_TO_DOS, None, count=count, take=take)
    return ids


async def test_a_large_entity_is_read_by_three_at_once_at_the_cost_of_few_requests(bench: Bench) -> None:
    bench.app.state.options.latency_seconds = 0.005
    bench.fill("CompanyToDos", ROWS, activityDescription="made")
    summary = await bench.sync(limits=SMALL_PAGES)
    part = next(part for part in summary.entities if part.entity == "CompanyToDos")
    assert (part.rows, part.complete) == (ROWS, True)
    assert bench.app.state.gate.highest["CompanyToDos"] == 3
    assert bench.app.state.counters.routes["CompanyToDos query"] <= ROWS / PAGE + 4
    assert comparable(bench.held("CompanyToDos")) == expected(bench.world, COMPANY_TO_DOS)


async def test_progress_is_told_from_the_start_with_the_total(bench: Bench) -> None:
    bench.fill("CompanyToDos", ROWS)
    told = Told()
    await bench.sync(progress=told, limits=SMALL_PAGES)
    assert told.events[0] == ("started", ROWS)
    assert sum(n or 0 for name, n in told.events if name == "rows") == ROWS


async def test_rows_inserted_meanwhile_are_there_after_the_next_refresh(bench: Bench) -> None:
    bench.fill("CompanyToDos", ROWS)
    told = Told()
    arrived = told.rows_arrived

    def insert(path: str, n: int) -> None:
        arrived(path, n)
        bench.add("CompanyToDos", {"activityDescription": "new"})

    told.rows_arrived = insert  # type: ignore[method-assign]
    await bench.sync(progress=told, limits=SMALL_PAGES)
    held = {row["id"] for row in bench.held("CompanyToDos")}
    assert held >= set(IDS)
    await bench.sync(NOW)
    assert comparable(bench.held("CompanyToDos")) == expected(bench.world, COMPANY_TO_DOS)


@pytest.mark.parametrize("kind", ["cut", "broken_json", "throttled", "duplicate_row"])
async def test_a_page_that_fails_once_costs_no_row_and_brings_none_twice(bench: Bench, kind: str) -> None:
    bench.fill("CompanyToDos", ROWS)
    for skip in (0, 3, 7):  # far enough apart that no page fails twice
        bench.fail(kind, "CompanyToDos", route="query", skip=skip)
    assert sorted(await read_directly(bench)) == IDS
    assert bench.app.state.counters.faults[kind] == 3


async def test_the_failure_of_one_reader_ends_the_others_and_is_told_plainly(bench: Bench) -> None:
    bench.fill("CompanyToDos", ROWS)
    bench.fail("wrong_type", "CompanyToDos", route="query", skip=4, count=None)
    took: list[int] = []

    async def take(rows: Sequence[Record]) -> None:
        took.append(len(rows))

    async def count() -> int | None:
        return ROWS

    async with connected(bench.app, limits=SMALL_PAGES) as client:
        with pytest.raises(MalformedAnswer):
            await read_side_by_side(client, COMPANY_TO_DOS, None, count=count, take=take)
        asked = bench.asked("CompanyToDos")
        await asyncio.sleep(0.01)
        assert bench.asked("CompanyToDos") == asked
    assert set(took) == {PAGE}  # of the four pages before the failing one; how many were taken by then is chance
    assert len(took) <= 4
