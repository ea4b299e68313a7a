"""The gate before an entity: how many requests may be under way at once, and how it learns that these were too many."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from math import inf

LONGEST_LOWERED_SECONDS = 60.0


class Gate:
    """Lets up to `slots` requests through at once.

    Autotask frees a thread slightly after its answer. So once `narrow` was called, because Autotask refused a
    request, the last slot is given only when `rest_seconds` have passed since the last answer, while the others go on
    without a rest. Beside that one slot less is given for `lowered_seconds`, in case somebody else uses the same
    threads; each refusal that comes soon after takes another slot and doubles the time.
    """

    def __init__(self, slots: int, *, rest_seconds: float, lowered_seconds: float) -> None:
        self.slots = slots
        self._most = slots
        self._rest_seconds = rest_seconds
        self._lowered_seconds = lowered_seconds
        self._lowered_for = lowered_seconds
        self._narrowed_at = -inf
        self._widened_at = -inf
        self._rests = False
        self._under_way = 0
        self._left_at = -inf
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._alarm: asyncio.TimerHandle | None = None
        self._raising: asyncio.TimerHandle | None = None

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Hold one slot; they are given in the order in which they were asked for."""
        await self._enter()
        try:
            yield
        finally:
            self._under_way -= 1
            self._left_at = asyncio.get_running_loop().time()
            self._admit()

    def narrow(self) -> None:
        """Autotask refused a request, because too many were under way. Refusals of one moment count once."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._rests = True
        if now < self._narrowed_at + self._lowered_seconds / 2:
            return
        is_soon = now < self._widened_at + LONGEST_LOWERED_SECONDS
        self._lowered_for = min(2 * self._lowered_for, LONGEST_LOWERED_SECONDS) if is_soon else self._lowered_seconds
        self._narrowed_at = now
        self.slots = max(1, self.slots - 1)
        if self._raising is not None:
            self._raising.cancel()
        self._raising = loop.call_later(self._lowered_for, self._widen)

    def _widen(self) -> None:
        loop = asyncio.get_running_loop()
        self.slots += 1
        self._widened_at = loop.time()
        self._raising = loop.call_later(self._lowered_for, self._widen) if self.slots < self._most else None
        self._admit()

    async def _enter(self) -> None:
        if not self._waiting and self._under_way < self.slots and self._rest_left() <= 0:
            self._under_way += 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        self._admit()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._under_way -= 1
                self._admit()
            elif turn in self._waiting:
                self._waiting.remove(turn)
            raise

    def _admit(self) -> None:
        """Let in whoever may go now, and look again when the last slot has rested."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        while self._waiting and self._under_way < self.slots:
            rest = self._rest_left()
            if rest > 0:
                self._alarm = asyncio.get_running_loop().call_later(rest, self._admit)
                return
            turn = self._waiting.popleft()
            if not turn.cancelled():  # whoever leaves off is still in the row until they come to know of it
                self._under_way += 1
                turn.set_result(None)

    def _rest_left(self) -> float:
        is_last = self._under_way == self._most - 1
        if not self._rests or not is_last:
            return 0.0
        return self._left_at + self._rest_seconds - asyncio.get_running_loop().time()
