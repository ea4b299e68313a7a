"""The threads that Autotask gives an API user on an entity, shared by all of a process's clients.

A client keeps to them by its own gates. Where a sync and a person's query run at once, each in an event loop of its
own, only something that both hold can count what is under way in all.
"""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from partner_portal.autotask.limits import THREADS_PER_ENTITY


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
    """What is under way on one entity, and who waits."""

    under_way: int = 0
    waiting: deque[_Turn] = field(default_factory=deque)


class Threads:
    """At most `per_entity` requests under way on an entity; safe to use from several threads and event loops."""

    def __init__(self, per_entity: int = THREADS_PER_ENTITY) -> None:
        self._most = per_entity
        self._lock = threading.Lock()
        self._entities: defaultdict[str, _Entity] = defaultdict(_Entity)

    @asynccontextmanager
    async def slot(self, entity: str) -> AsyncIterator[None]:
        """Hold one thread of `entity`; they are given in the order in which they were asked for."""
        await self._enter(entity)
        try:
            yield
        finally:
            self._leave(entity)

    async def _enter(self, entity: str) -> None:
        loop = asyncio.get_running_loop()
        with self._lock:
            held = self._entities[entity]
            if held.under_way < self._most:
                held.under_way += 1
                return
            turn = _Turn(loop, loop.create_future())
            held.waiting.append(turn)
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
        """Hand the thread to whoever waits longest, or give it back."""
        with self._lock:
            held = self._entities[entity]
            while held.waiting:
                turn = held.waiting.popleft()
                turn.is_given = True
                try:
                    turn.loop.call_soon_threadsafe(turn.wake)
                except RuntimeError:  # its event loop was closed with it
                    continue
                return
            held.under_way -= 1


class ThreadRegister:
    """The threads of every API user that this process asks as."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: defaultdict[str, Threads] = defaultdict(Threads)

    def of(self, username: str) -> Threads:
        """The threads of the API user called `username`, in whatever case."""
        with self._lock:
            return self._held[username.casefold()]
