"""A signed-in session with one tenant: adds the headers, and knows what a 401 means."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Literal, TypeVar

import msgspec

from partner_portal.autotask.credentials import Credentials
from partner_portal.autotask.errors import CredentialsRefused, QueryRefused
from partner_portal.autotask.exchange import Exchange
from partner_portal.autotask.hosts import AllowedHosts
from partner_portal.autotask.transport import Request, Response
from partner_portal.autotask.zone import Zone, discover

T = TypeVar("T")


class Session:
    """Asks in the name of one API user, at the zone that serves its tenant.

    A tenant that moved to another zone is answered 401 at the old one, like wrong credentials (API.md section 1).
    So a 401 leads to one zone discovery and, where the zone has moved, to one more try; then the session is over,
    because each further attempt brings the API user closer to being locked.
    """

    def __init__(self, credentials: Credentials, entry_url: str, hosts: AllowedHosts, exchange: Exchange) -> None:
        self.exchange = exchange
        self.hosts = hosts
        self._credentials = credentials
        self._entry_url = entry_url
        self._zone: Zone | None = None
        self._is_over = False
        self._finding_zone = asyncio.Lock()

    @property
    def zone(self) -> Zone:
        """The zone in use. There is none before `open`."""
        if self._zone is None:
            raise RuntimeError("the session is not open")
        return self._zone

    async def open(self) -> None:
        """Find the zone."""
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
        content = b"" if body is None else msgspec.json.encode(body)
        zone = self.zone
        try:
            return await self._ask_at(zone, entity, method, path, read, content)
        except CredentialsRefused:
            if not await self._has_moved_from(zone):
                raise
        return await self._ask_at(self.zone, entity, method, path, read, content)

    async def _ask_at(
        self,
        zone: Zone,
        entity: str,
        method: Literal["GET", "POST"],
        path: str,
        read: Callable[[Response], T],
        content: bytes,
    ) -> T:
        request = Request(method, f"{zone.url}/{path}", self._credentials.headers(), content)
        try:
            return await self.exchange.ask(entity, request, read)
        except QueryRefused as error:
            text = self._credentials.hide_in(error.text)
            if text == error.text:
                raise
            problem = QueryRefused(entity, error.status, text)
        raise problem

    async def _has_moved_from(self, zone: Zone) -> bool:
        async with self._finding_zone:
            if self.zone.url == zone.url and not self._is_over:
                self._zone = await self._discovered()
                self._is_over = self.zone.url == zone.url
            return self.zone.url != zone.url

    async def _discovered(self) -> Zone:
        return await discover(self.exchange, self._entry_url, self._credentials.username, self.hosts)
