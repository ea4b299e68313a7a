"""A signed-in session with one tenant: adds the headers, and knows what a 401 means."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import msgspec

from partner_portal.autotask.budget import Reading
from partner_portal.autotask.credentials import Credentials
from partner_portal.autotask.errors import AutotaskError, CallBudgetSpent, CredentialsRefused, HostRefused, QueryRefused
from partner_portal.autotask.exchange import THRESHOLD_INFORMATION, Exchange
from partner_portal.autotask.hosts import AllowedHosts
from partner_portal.autotask.metadata import Threshold, read_threshold
from partner_portal.autotask.transport import Request, Response
from partner_portal.autotask.vanguard import Vanguard
from partner_portal.autotask.zone import Zone, discover

T = TypeVar("T")


@dataclass(frozen=True)
class Acquaintance:
    """What an earlier session learnt, so that the next one need not ask again.

    `zone` is where the tenant was found; `is_accepted` that Autotask accepted these very credentials a moment ago, so
    that many requests may carry them before one is answered (all of which fail should they be refused now);
    `answer_seconds` how long a good answer takes at least; `budget` the last reading of the tenant's hour.
    """

    zone: Zone | None = None
    is_accepted: bool = False
    answer_seconds: float = 0.0
    budget: Reading | None = None


@dataclass(frozen=True)
class _Call:
    """What to ask, wherever the tenant is; see `Session.ask`."""

    entity: str
    method: Literal["GET", "POST"]
    path: str
    content: bytes = b""


class Session:
    """Asks in the name of one API user, at the zone that serves its tenant.

    A tenant that moved to another zone is answered 401 at the old one, like wrong credentials (API.md section 1).
    So a 401 leads to one zone discovery and, where the zone has moved, to one more try; then the session is over,
    because each further attempt brings the API user closer to being locked.
    """

    def __init__(
        self,
        credentials: Credentials,
        entry_url: str,
        hosts: AllowedHosts,
        exchange: Exchange,
        *,
        known: Acquaintance | None = None,
    ) -> None:
        self.exchange = exchange
        self.hosts = hosts
        self._credentials = credentials
        self._entry_url = entry_url
        self._zone: Zone | None = None
        self._is_over = False
        self._finding_zone = asyncio.Lock()
        self._reading_budget = asyncio.Lock()
        told = known or Acquaintance()
        self._known_zone = told.zone
        self._vanguard = Vanguard(is_known_good=told.is_accepted, answer_seconds=told.answer_seconds)
        self.has_found_zone = False

    @property
    def zone(self) -> Zone:
        """The zone in use. There is none before `open`."""
        if self._zone is None:
            raise RuntimeError("the session is not open")
        return self._zone

    @property
    def is_accepted(self) -> bool:
        """Whether Autotask has accepted the credentials in this session, and not refused them since."""
        return self._vanguard.is_accepted

    async def open(self) -> None:
        """Find the zone, or take the one that is known if its host is still allowed."""
        if self._known_zone is not None:
            with contextlib.suppress(HostRefused):
                self.hosts.check(self._known_zone.url)
                self._zone = self._known_zone
        if self._zone is None:
            self._zone = await self._discovered()

    async def ask(
        self,
        entity: str,
        method: Literal["GET", "POST"],
        path: str,
        read: Callable[[Response], T],
        body: dict[str, Any] | None = None,
    ) -> T:
        """Ask at `path` below the zone's base and read the answer. `entity` is what limits and counts go by."""
        await self._mind_the_budget()
        content = b"" if body is None else msgspec.json.encode(body)
        return await self._ask(_Call(entity, method, path, content), read)

    async def threshold(self) -> Threshold:
        """The tenant's call budget, asked for now."""

        def read(response: Response) -> Threshold:
            return read_threshold(THRESHOLD_INFORMATION, response.body)

        answer = await self._ask(_Call(THRESHOLD_INFORMATION, "GET", THRESHOLD_INFORMATION), read)
        budget, now = self.exchange.budget, self.exchange.now()
        if answer.limit > 0 and answer.timeframe_minutes > 0:
            budget.learn(Reading(answer.used, answer.limit, answer.timeframe_minutes), now)
        else:
            budget.learn_nothing(now)
        return answer

    async def _mind_the_budget(self) -> None:
        """Read the budget where that is due. Others wait for it in a tight hour only."""
        budget, now = self.exchange.budget, self.exchange.now
        if not budget.is_due(now()) or (self._reading_budget.locked() and not budget.is_tight):
            return
        async with self._reading_budget:
            if not budget.is_due(now()):
                return
            try:
                await self.threshold()
            except (CredentialsRefused, CallBudgetSpent):
                raise
            except AutotaskError:
                budget.learn_nothing(now())

    async def _ask(self, call: _Call, read: Callable[[Response], T]) -> T:
        zone = self.zone
        try:
            return await self._ask_at(zone, call, read)
        except CredentialsRefused:
            if not await self._has_moved_from(zone):
                raise
        return await self._ask_at(self.zone, call, read)

    async def _ask_at(self, zone: Zone, call: _Call, read: Callable[[Response], T]) -> T:
        request = Request(call.method, f"{zone.url}/{call.path}", self._credentials.headers(), call.content)
        try:
            return await self._vanguard.send(lambda: self.exchange.ask(call.entity, request, read))
        except QueryRefused as error:
            text = self._credentials.hide_in(error.text)
            if text == error.text:
                raise
            problem = QueryRefused(call.entity, error.status, text)
        raise problem

    async def _has_moved_from(self, zone: Zone) -> bool:
        async with self._finding_zone:
            if self.zone.url == zone.url and not self._is_over:
                self._zone = await self._discovered()
                self._is_over = self.zone.url == zone.url
                self._vanguard = Vanguard()  # nothing that was under way is proof at the new zone
            return self.zone.url != zone.url

    async def _discovered(self) -> Zone:
        self.has_found_zone = True
        return await discover(self.exchange, self._entry_url, self._credentials.username, self.hosts)
