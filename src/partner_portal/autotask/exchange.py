"""Sending with limits and patience: gates, time-outs, counting, and trying again where that can help."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TypeVar

from partner_portal.autotask.answers import problem_of
from partner_portal.autotask.budget import Budget
from partner_portal.autotask.errors import (
    AutotaskError,
    CallBudgetReserved,
    CallBudgetSpent,
    CredentialsRefused,
    HostUnreachable,
    ThreadLimitReached,
    Throttled,
)
from partner_portal.autotask.event_loop import others_first
from partner_portal.autotask.gates import Gate
from partner_portal.autotask.limits import Limits, server_time
from partner_portal.autotask.tally import Tally
from partner_portal.autotask.threads import Threads
from partner_portal.autotask.transport import Request, Response, Transport

logger = logging.getLogger(__name__)

T = TypeVar("T")
Pause = Callable[[float], Awaitable[None]]
THRESHOLD_INFORMATION = "ThresholdInformation"
AT_ONCE_IN_A_TIGHT_HOUR = 3
"""Requests under way in all, once half of the tenant's hour is spent."""

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
        budget: Budget | None = None,
        threads: Threads | None = None,
    ) -> None:
        self.requests: Counter[str] = Counter()
        self.tally = Tally()
        self.budget = budget or Budget()
        self.answer_seconds = 0.0
        self.now = time.monotonic
        self._began = self.now()
        self._heard: tuple[datetime, float] | None = None
        self._transport = transport
        self._limits = limits
        self._pause = pause
        self._chance = chance
        self._on_request = on_request
        self._refusing_hosts: set[str] = set()
        self._reading = asyncio.Lock()
        self._few = asyncio.Semaphore(AT_ONCE_IN_A_TIGHT_HOUR)
        self._connections = asyncio.Semaphore(limits.connections)
        self._threads = threads or Threads()
        self._gates: defaultdict[str, Gate] = defaultdict(
            lambda: Gate(limits.per_entity, rest_seconds=limits.rest_seconds, lowered_seconds=limits.lowered_seconds)
        )

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
                    return await self._read(response, read)
            except AutotaskError as error:
                problem = error
            self._learn(entity, request.host, problem)
            failures += 1
            if not self._may_try_again(problem, failures):
                if isinstance(problem, CallBudgetSpent):
                    self.budget.exhaust(self.now())
                raise problem
            seconds = self._limits.pause_seconds(
                failures, self._chance(), getattr(problem, "retry_after_seconds", None)
            )
            logger.info("%s; trying again in %.1f s", problem, seconds)
            await self._pause(seconds)

    async def _read(self, response: Response, read: Callable[[Response], T]) -> T:
        """Read an answer once whoever waited for its slot has sent; one at a time, so that others come in between."""
        async with self._reading:
            await others_first()
            return read(response)

    def _may_try_again(self, problem: AutotaskError, failures: int) -> bool:
        if isinstance(problem, CallBudgetSpent) and problem.retry_after_seconds is None:
            return False  # the hour does not pass in seconds, and each further call is taken from it
        allowed = self._limits.throttled_attempts if isinstance(problem, Throttled) else self._limits.attempts
        return problem.retryable and failures < allowed

    def _learn(self, entity: str, host: str, problem: AutotaskError) -> None:
        if isinstance(problem, CredentialsRefused):
            self._refusing_hosts.add(host)
        if isinstance(problem, ThreadLimitReached):
            self._gates[entity].narrow()

    async def _send(self, entity: str, request: Request) -> Response:
        async with self._gates[entity].slot(), self._threads.slot(entity), self._connections, self._narrowed():
            await self._keep_pace(entity, request)
            if request.host in self._refusing_hosts and "Secret" in request.headers:
                raise CredentialsRefused
            self.requests[entity] += 1
            started = time.perf_counter()
            status = None
            try:
                async with asyncio.timeout(self._limits.request_timeout_seconds):
                    response = await self._transport.send(request)
                status = response.status
                self._listen(request, response, time.perf_counter() - started)
            except TimeoutError:
                seconds = self._limits.request_timeout_seconds
                raise HostUnreachable(request.host, f"no answer within {seconds:g} seconds") from None
            finally:
                self.budget.count()
                self.tally.add(entity, status, self.now() - self._began)
                if self._on_request is not None:
                    self._on_request(entity, status, time.perf_counter() - started)
            return response

    @property
    def is_refused(self) -> bool:
        """Whether a host refused the credentials."""
        return bool(self._refusing_hosts)

    @property
    def server_now(self) -> datetime | None:
        """What the server's clock shows now, by the last answer that told (UTC); None before."""
        if self._heard is None:
            return None
        told, at = self._heard
        return told + timedelta(seconds=self.now() - at)

    def _listen(self, request: Request, response: Response, seconds: float) -> None:
        if response.status == HTTPStatus.OK and "Secret" in request.headers:
            self.answer_seconds = min(self.answer_seconds or seconds, seconds)
        told = server_time(response.headers)
        if told is not None:
            self._heard = told, self.now()

    def _narrowed(self) -> AbstractAsyncContextManager[object]:
        return self._few if self.budget.is_tight else nullcontext()

    async def _keep_pace(self, entity: str, request: Request) -> None:
        """Go slowly, or not at all, where the tenant's hour is tight; its reading itself is always let through."""
        if entity == THRESHOLD_INFORMATION or "Secret" not in request.headers:
            return
        wait = self.budget.wait_seconds
        if wait:
            raise CallBudgetReserved(self.budget.share, datetime.now(UTC) + timedelta(seconds=wait))
        if self.budget.pause_seconds:
            await self._pause(self.budget.pause_seconds)

    async def close(self) -> None:
        """Give the transport's connections back."""
        await self._transport.close()
