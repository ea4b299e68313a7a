"""The first request goes ahead of the others, so that wrong credentials cost one failed login and not a locked user."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from partner_portal.autotask.errors import (
    AutotaskError,
    CredentialsRefused,
    HostUnreachable,
    MalformedAnswer,
    RedirectRefused,
    ServerFailed,
)
from partner_portal.autotask.event_loop import others_first

T = TypeVar("T")

HEAD_START_SHARE = 0.2
"""A refusal needs no look at any row and so comes sooner than an answer: it is given this part of an answer's time."""
SHORTEST_HEAD_START, LONGEST_HEAD_START = 0.02, 0.5

PROVES_NOTHING = (CredentialsRefused, HostUnreachable, MalformedAnswer, RedirectRefused, ServerFailed)


class Vanguard:
    """Lets requests through one by one until one of them shows that the credentials are accepted.

    Credentials that were accepted a moment ago (`is_known_good`) are trusted after a short head start, so that
    a refresh is one round trip; should they be refused, what has not been sent by then is not sent, and all that has
    been is a failed login. `answer_seconds` is how long an answer took last.
    """

    def __init__(self, *, is_known_good: bool = False, answer_seconds: float = 0.0) -> None:
        self.is_accepted = False
        self._is_open = False
        self._is_known_good = is_known_good
        self._head_start = min(max(SHORTEST_HEAD_START, HEAD_START_SHARE * answer_seconds), LONGEST_HEAD_START)
        self._ahead: asyncio.Event | None = None

    async def send(self, send: Callable[[], Awaitable[T]]) -> T:
        """Run `send` when it may go, and learn from how it ends."""
        while not self._is_open and self._ahead is not None:
            await self._wait_for(self._ahead)
            await others_first()  # whoever went ahead goes on first: it may have most to ask
        if self._is_open:
            return await self._watched(send)
        ended = self._ahead = asyncio.Event()
        try:
            return await self._watched(send)
        finally:
            self._ahead = None
            ended.set()

    async def _watched(self, send: Callable[[], Awaitable[T]]) -> T:
        try:
            answer = await send()
        except AutotaskError as error:
            if isinstance(error, CredentialsRefused):
                self.is_accepted = False
            elif not isinstance(error, PROVES_NOTHING):
                self._accept()
            raise
        self._accept()
        return answer

    def _accept(self) -> None:
        self.is_accepted = self._is_open = True

    async def _wait_for(self, ended: asyncio.Event) -> None:
        if not self._is_known_good:
            await ended.wait()
            return
        try:
            async with asyncio.timeout(self._head_start):
                await ended.wait()
        except TimeoutError:
            self._is_open = True
