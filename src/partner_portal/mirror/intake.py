"""Pages on their way into the warehouse: gathered by the load, written by a thread while the next pages come."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from partner_portal.autotask.catalog import Record
from partner_portal.autotask.event_loop import others_first

BATCH_ROWS = 10_000
"""Rows of one write: enough to make its fixed cost small, few enough to keep memory flat."""

MOST_ROWS = 30_000
"""Rows that may wait while a batch is being written: a store that is slow for a moment holds up no request."""

LAST_ROWS = 1_500
"""When fewer are to come, those that wait are written beside the last pages, so that little is left to be done then."""


class Taking(Protocol):
    """What of a load its intake needs; see `Load`."""

    def append(self, records: Sequence[Record]) -> None:
        """Take one batch."""

    def write(self) -> None:
        """Bring the rows that wait into the store."""


class Intake:
    """Feeds one load, for several readers at once. One batch is being written while the next ones are gathered."""

    def __init__(self, load: Taking) -> None:
        self.rows = 0
        self.total: int | None = None
        """How many rows should come, once that is known."""
        self._load = load
        self._gathered = 0
        self._taking_turns = asyncio.Lock()
        self._writing: asyncio.Task[None] | None = None

    async def take(self, page: Sequence[Record]) -> None:
        """Take one page; waits while as many rows wait as may. Raises what an earlier write raised."""
        self.rows += len(page)
        await others_first()
        self._load.append(page)
        self._gathered += len(page)
        if self._is_worth_writing():
            async with self._taking_turns:
                if self._is_worth_writing():
                    await self._write()

    def _is_worth_writing(self) -> bool:
        is_writing = self._writing is not None and not self._writing.done()
        if is_writing:
            return self._gathered >= MOST_ROWS
        is_nearly_over = self.total is not None and 0 < self.total - self.rows <= LAST_ROWS
        return self._gathered >= (LAST_ROWS if is_nearly_over else BATCH_ROWS)

    async def finish(self) -> None:
        """Write what is left and wait until everything is written."""
        async with self._taking_turns:
            if self._gathered:
                await self._write()
            await self._written()

    async def _write(self) -> None:
        await self._written()
        self._gathered = 0
        self._writing = asyncio.create_task(asyncio.to_thread(self._load.write))

    async def _written(self) -> None:
        if self._writing is not None:
            writing, self._writing = self._writing, None
            await writing

    async def stop(self) -> None:
        """Wait for a write under way, whatever comes of it; the load can then be abandoned."""
        if self._writing is not None:
            await asyncio.gather(self._writing, return_exceptions=True)
            self._writing = None
