"""Pages on their way into a load: written in batches, and little left to be written after the last page."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

from partner_portal.autotask.catalog import CompanyToDo, Record
from partner_portal.mirror.intake import BATCH_ROWS, LAST_ROWS, MOST_ROWS, Intake

PAGE = 500


class Notebook:
    """A load that only notes how many rows each write brought."""

    def __init__(self) -> None:
        self.waiting = 0
        self.written: list[int] = []

    def append(self, records: Sequence[Record]) -> None:
        self.waiting += len(records)

    def write(self) -> None:
        self.written.append(self.waiting)
        self.waiting = 0


async def taken(rows: int, total: int | None) -> list[int]:
    """What each write brought when `rows` came in pages."""
    load = Notebook()
    intake = Intake(load)
    intake.total = total
    page = [CompanyToDo(id=n) for n in range(PAGE)]
    for _ in range(rows // PAGE):
        await intake.take(page)
    await intake.finish()
    assert sum(load.written) == intake.rows == rows
    return load.written


async def test_rows_are_written_in_batches() -> None:
    assert len(await taken(2 * BATCH_ROWS, None)) == 2
    assert len(await taken(BATCH_ROWS // 2, None)) == 1


async def test_what_waits_is_written_before_the_last_pages_come() -> None:
    written = await taken(BATCH_ROWS // 2, BATCH_ROWS // 2)
    assert len(written) > 1
    assert written[-1] <= LAST_ROWS


async def test_more_rows_than_were_counted_are_written_too() -> None:
    assert sum(await taken(BATCH_ROWS, BATCH_ROWS // 2)) == BATCH_ROWS


async def test_a_slow_write_holds_up_nobody_before_many_rows_wait() -> None:
    may_end = threading.Event()

    class Slow(Notebook):
        def write(self) -> None:
            super().write()
            may_end.wait()

    load = Slow()
    intake = Intake(load)
    page = [CompanyToDo(id=n) for n in range(PAGE)]
    while intake.rows < BATCH_ROWS:
        await intake.take(page)
    while intake.rows < BATCH_ROWS + MOST_ROWS - PAGE:
        await intake.take(page)
    held_up = asyncio.create_task(intake.take(page))
    await asyncio.sleep(0.01)
    assert not held_up.done()
    assert intake.rows == BATCH_ROWS + MOST_ROWS
    may_end.set()
    await held_up
    await intake.finish()
    assert sum(load.written) == BATCH_ROWS + MOST_ROWS
