"""The gate before an entity: how many requests may be under way at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Gate:
    """Lets `slots` requests through at once. A slot that was used rests `rest_seconds` before it is used again."""

    def __init__(self, slots: int) -> None:
        self.rest_seconds = 0.0
        self._free = asyncio.Semaphore(slots)

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Hold one slot. Leaving does not wait for the rest."""
        await self._free.acquire()
        try:
            yield
        finally:
            if self.rest_seconds > 0:
                asyncio.get_running_loop().call_later(self.rest_seconds, self._free.release)
            else:
                self._free.release()
