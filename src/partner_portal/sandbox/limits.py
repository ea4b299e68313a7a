"""The API's limits: three requests at once per integration code and entity, and an hour shared by the tenant."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from partner_portal.sandbox.options import Options
from partner_portal.sandbox.refusals import RefusalError

HOUR_SECONDS = 3_600.0


class ThreadGate:
    """Counts requests under way per integration code and entity, and refuses those above the limit with 429.

    A slot is freed a little after its answer, so as many workers as the limit allows, each sending its next
    request at once, still trip the gate; one worker fewer never does (seen live by several integrators).
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self._under_way: Counter[tuple[str, str]] = Counter()
        self._lingering: Counter[tuple[str, str]] = Counter()
        self.highest: Counter[str] = Counter()

    @asynccontextmanager
    async def slot(self, code: str, entity: str) -> AsyncIterator[None]:
        """Hold one slot. Raises `RefusalError` when none is free; `highest` then counts the attempt as well."""
        key = (code, entity)
        limit = self._options.thread_limit
        under_way = self._under_way[key]
        self.highest[entity] = max(self.highest[entity], under_way + 1)
        if under_way >= limit or (under_way == limit - 1 > 0 and self._lingering[key]):
            text = f"The Autotask API thread threshold of {limit} threads has been exceeded for this object endpoint."
            raise RefusalError(429, {"errors": [text]})
        self._under_way[key] += 1
        try:
            yield
        finally:
            self._under_way[key] -= 1
            if self._options.release_seconds > 0:
                self._lingering[key] += 1
                asyncio.get_running_loop().call_later(self._options.release_seconds, self._release, key)

    def _release(self, key: tuple[str, str]) -> None:
        self._lingering[key] -= 1


class HourMeter:
    """Counts the tenant's requests of the last sixty minutes, all integrations together."""

    def __init__(self, options: Options, seconds: Callable[[], float]) -> None:
        self._options = options
        self._seconds = seconds
        self._spent: deque[tuple[float, int]] = deque()
        self._total = 0

    @property
    def used(self) -> int:
        """Requests within the last hour."""
        oldest = self._seconds() - HOUR_SECONDS
        while self._spent and self._spent[0][0] <= oldest:
            self._total -= self._spent.popleft()[1]
        return self._total

    def spend(self, requests: int = 1) -> None:
        """Count requests; raises `RefusalError` when the hour was already used up."""
        suspended = self.used >= self._options.hourly_limit
        self._spent.append((self._seconds(), requests))
        self._total += requests
        if suspended:
            text = "The external request threshold has been exceeded. API access is suspended until the count falls."
            raise RefusalError(self._options.suspended_status, {"errors": [text]})

    def set_used(self, requests: int) -> None:
        """Pretend that other integrations have spent so much of the hour just now."""
        self._spent.clear()
        self._spent.append((self._seconds(), requests))
        self._total = requests

    def delay_seconds(self) -> float:
        """What the API adds to each call: 0.5 s from half of the hour on, 1 s from three quarters on."""
        share = self.used / max(1, self._options.hourly_limit)
        added = 1.0 if share >= 0.75 else 0.5 if share >= 0.5 else 0.0
        return added * self._options.band_scale
