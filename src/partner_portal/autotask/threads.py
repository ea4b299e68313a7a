"""The threads that Autotask gives an API user on an entity, shared by all of a process's clients.

A client keeps to them by its own gates. Where a sync and a person's query run at once, each in an event loop of its
own, only something that both hold can count what is under way in all. Where other processes ask as the same user, a
`Lender` lends each of them as many of the threads as it may use.
"""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from partner_portal.autotask.limits import THREADS_PER_ENTITY


class Lender(Protocol):
    """Where threads are borrowed that other processes may use as well. Called from any thread; returns at once."""

    def want(self, threads: Threads, entity: str) -> None:
        """Somebody waits for a thread of `entity`, and not all are lent yet: `lend` what can be had."""

    def returned(self, threads: Threads, entity: str) -> None:
        """A thread that was recalled has become free."""


@dataclass(frozen=True)
class Use:
    """What is done with an entity's threads: how many are lent, under way, waited for; how many were ever taken."""

    lent: int
    under_way: int
    waiting: int
    taken: int

    @property
    def lacking(self) -> int:
        """How many further threads would be used at once."""
        return max(0, self.under_way + self.waiting - self.lent) if self.waiting else 0


@dataclass(eq=False)
class _Turn:
    """Somebody who waits for a thread, in whichever event loop."""

    loop: asyncio.AbstractEventLoop
    came: asyncio.Future[None]
    is_given: bool = False

    def wake(self) -> None:
        if not self.came.done():
            self.came.set_result(None)


@dataclass
class _Entity:
    """An entity's threads: how many may be used, how many of these are recalled; what is under way, and who waits."""

    lent: int
    recalled: int = 0
    under_way: int = 0
    taken: int = 0
    waiting: deque[_Turn] = field(default_factory=deque)

    def hand_out(self) -> None:
        """Give what is free to those who wait longest."""
        while self.waiting and self.under_way < self.lent - self.recalled:
            turn = self.waiting.popleft()
            turn.is_given = True
            try:
                turn.loop.call_soon_threadsafe(turn.wake)
            except RuntimeError:  # its event loop was closed with it
                continue
            self.under_way += 1
            self.taken += 1


class Threads:
    """At most `per_entity` requests under way on an entity; safe to use from several threads and event loops.

    With a `lender` at most as many as it lent, `per_entity` of all processes together.
    """

    def __init__(self, per_entity: int = THREADS_PER_ENTITY, *, name: str = "", lender: Lender | None = None) -> None:
        self.name = name
        self.most = per_entity
        self._lender = lender
        self._lock = threading.Lock()
        lent = 0 if lender else per_entity
        self._entities: defaultdict[str, _Entity] = defaultdict(lambda: _Entity(lent))

    @asynccontextmanager
    async def slot(self, entity: str) -> AsyncIterator[None]:
        """Hold one thread of `entity`; they are given in the order in which they were asked for."""
        await self._enter(entity)
        try:
            yield
        finally:
            self._leave(entity)

    def lend(self, entity: str, count: int) -> None:
        """Let `count` further threads of `entity` be used."""
        with self._lock:
            held = self._entities[entity]
            held.lent += count
            held.hand_out()

    def recall(self, entity: str) -> bool:
        """Take one lent thread back: now (True), or when a request has ended, which the lender is told of."""
        with self._lock:
            held = self._entities[entity]
            if held.under_way < held.lent - held.recalled:
                held.lent -= 1
                return True
            if held.recalled < held.lent:
                held.recalled += 1
            return False

    def forget(self, entity: str) -> None:
        """Nothing is lent any more, without anybody having been asked. What is under way goes on, and counts."""
        with self._lock:
            held = self._entities[entity]
            held.lent = held.recalled = 0

    def use(self, entity: str) -> Use:
        """What is done with the threads of `entity` now."""
        with self._lock:
            held = self._entities[entity]
            return Use(held.lent, held.under_way, len(held.waiting), held.taken)

    async def _enter(self, entity: str) -> None:
        loop = asyncio.get_running_loop()
        with self._lock:
            held = self._entities[entity]
            turn = _Turn(loop, loop.create_future())
            if held.under_way < held.lent - held.recalled:
                held.under_way += 1
                held.taken += 1
                return
            held.waiting.append(turn)
            is_short = held.lent < self.most
        if self._lender is not None and is_short:
            self._lender.want(self, entity)
        try:
            await turn.came
        except asyncio.CancelledError:
            with self._lock:
                if not turn.is_given:
                    held.waiting.remove(turn)
                    raise
            self._leave(entity)
            raise

    def _leave(self, entity: str) -> None:
        """Give the thread back where it was recalled, else hand it to whoever waits longest."""
        with self._lock:
            held = self._entities[entity]
            held.under_way -= 1
            is_returned = held.recalled > 0 and held.under_way < held.lent
            if is_returned:
                held.recalled -= 1
                held.lent -= 1
            held.hand_out()
        if is_returned and self._lender is not None:
            self._lender.returned(self, entity)


class ThreadRegister:
    """The threads of every API user that this process asks as, borrowed from `lender` where others ask as well."""

    def __init__(self, lender: Lender | None = None) -> None:
        self._lock = threading.Lock()
        self._lender = lender
        self._held: dict[str, Threads] = {}

    def of(self, username: str) -> Threads:
        """The threads of the API user called `username`, in whatever case."""
        name = username.casefold()
        with self._lock:
            if name not in self._held:
                self._held[name] = Threads(name=name, lender=self._lender)
            return self._held[name]
