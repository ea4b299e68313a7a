"""Sending with limits and patience: gates, time-outs, counting, and trying again where that can help."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from typing import TypeVar

from partner_portal.autotask.answers import problem_of
from partner_portal.autotask.errors import (
    AutotaskError,
    CallBudgetSpent,
    CredentialsRefused,
    HostUnreachable,
    ThreadLimitReached,
    Throttled,
)
from partner_portal.autotask.gates import Gate
from partner_portal.autotask.limits import Limits
from partner_portal.autotask.transport import Request, Response, Transport

logger = logging.getLogger(__name__)

T = TypeVar("T")
Pause = Callable[[float], Awaitable[None]]
Judge = Callable[[str, str, Response], AutotaskError | None]
Observer = Callable[[str, int | None, float], None]
"""Told of every request sent: entity, status (None without an answer), seconds."""


class Exchange:
    """Every request of one client passes here.

    To a host that refused the credentials no request that carries them is sent again, because each further
    attempt brings the API user closer to being locked.
    """

    def __init__(
        self,
        transport: Transport,
        limits: Limits,
        *,
        pause: Pause,
        chance: Callable[[], float],
        on_request: Observer | None = None,
    ) -> None:
        self.requests: Counter[str] = Counter()
        self._transport = transport
        self._limits = limits
        self._pause = pause
        self._chance = chance
        self._on_request = on_request
        self._refusing_hosts: set[str] = set()
        self._connections = asyncio.Semaphore(limits.connections)
        self._gates: defaultdict[str, Gate] = defaultdict(lambda: Gate(limits.per_entity))

    async def ask(
        self,
        entity: str,
        request: Request,
        read: Callable[[Response], T],
        *,
        judge: Judge = problem_of,
    ) -> T:
        """Send `request` and read its answer, trying again after failures that may pass.

        `entity` is the name by which the request is limited and counted. Raises the last error when patience
        ends, and at once one that would come again.
        """
        failures = 0
        while True:
            try:
                response = await self._send(entity, request)
                problem = judge(entity, request.host, response)
                if problem is None:
                    return read(response)
            except AutotaskError as error:
                problem = error
            self._learn(entity, request.host, problem)
            failures += 1
            if not self._may_try_again(problem, failures):
                raise problem
            seconds = self._limits.pause_seconds(
                failures, self._chance(), getattr(problem, "retry_after_seconds", None)
            )
            logger.info("%s; trying again in %.1f s", problem, seconds)
            await self._pause(seconds)

    def _may_try_again(self, problem: AutotaskError, failures: int) -> bool:
        if isinstance(problem, CallBudgetSpent) and problem.retry_after_seconds is None:
            return False  # the hour does not pass in seconds, and each further call is taken from it
        allowed = self._limits.throttled_attempts if isinstance(problem, Throttled) else self._limits.attempts
        return problem.retryable and failures < allowed

    def _learn(self, entity: str, host: str, problem: AutotaskError) -> None:
        if isinstance(problem, CredentialsRefused):
            self._refusing_hosts.add(host)
        if isinstance(problem, ThreadLimitReached):
            self._gates[entity].rest_seconds = self._limits.rest_seconds

    async def _send(self, entity: str, request: Request) -> Response:
        async with self._gates[entity].slot(), self._connections:
            if request.host in self._refusing_hosts and "Secret" in request.headers:
                raise CredentialsRefused
            self.requests[entity] += 1
            started = time.perf_counter()
            status = None
            try:
                async with asyncio.timeout(self._limits.request_timeout_seconds):
                    response = await self._transport.send(request)
                status = response.status
            except TimeoutError:
                seconds = self._limits.request_timeout_seconds
                raise HostUnreachable(request.host, f"no answer within {seconds:g} seconds") from None
            finally:
                if self._on_request is not None:
                    self._on_request(entity, status, time.perf_counter() - started)
            return response

    async def close(self) -> None:
        """Give the transport's connections back."""
        await self._transport.close()
