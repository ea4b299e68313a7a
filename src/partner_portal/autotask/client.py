"""The client: every question that can be put to one tenant's Autotask. It has no verb that writes."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType, TracebackType
from typing import Any, Self, TypeVar

from partner_portal.autotask.budget import Budget
from partner_portal.autotask.catalog import Entity, Record
from partner_portal.autotask.credentials import Credentials
from partner_portal.autotask.decoding import Page, reader_of
from partner_portal.autotask.documents import read_document
from partner_portal.autotask.errors import EntityMissing, MalformedAnswer, UnknownField
from partner_portal.autotask.exchange import Exchange, Observer
from partner_portal.autotask.filters import Condition, Filter, Op, checked
from partner_portal.autotask.hosts import AllowedHosts
from partner_portal.autotask.kept_fields import kept_fields
from partner_portal.autotask.limits import DEFAULT_LIMITS, Limits
from partner_portal.autotask.metadata import (
    EntityInformation,
    FieldInformation,
    Threshold,
    read_entity_descriptions,
    read_entity_information,
    read_fields,
)
from partner_portal.autotask.paging import Walk
from partner_portal.autotask.raw import RawPage, raw_item, raw_page
from partner_portal.autotask.session import Acquaintance, Session
from partner_portal.autotask.tally import Tally
from partner_portal.autotask.threads import Threads
from partner_portal.autotask.transport import AiohttpTransport, Response, Transport
from partner_portal.autotask.zone import ENTRY_URL, Zone

R = TypeVar("R", bound=Record)

ALLOWED_HOSTS = ("*.autotask.net",)
ENTITY_INFORMATION = "EntityInformation"
EVERY_ROW = Condition("id", Op.GTE, 0)


class AutotaskClient:
    """Reads one tenant. Made by `connect`; an asynchronous context manager that closes its connections.

    All methods raise errors of `partner_portal.autotask.errors`.
    """

    def __init__(self, session: Session, limits: Limits) -> None:
        self._session = session
        self._limits = limits

    @classmethod
    async def connect(
        cls,
        credentials: Credentials,
        *,
        entry_url: str = ENTRY_URL,
        allowed_hosts: Iterable[str] = ALLOWED_HOSTS,
        transport: Transport | None = None,
        limits: Limits = DEFAULT_LIMITS,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
        on_request: Observer | None = None,
        known: Acquaintance | None = None,
        threads: Threads | None = None,
    ) -> Self:
        """Find the tenant's zone and stand ready. The secret is not sent yet, so a wrong one shows later.

        The client owns `transport` from here on and closes it. `pause` and `chance` are how it waits and how it
        spreads its waits; `on_request` is told of every request sent. With `known`, even an empty one, the budget is
        watched from the start, a known zone is not asked for, and credentials that were accepted are trusted to be
        so still: the first request then has a short head start instead of a whole round trip. With `threads` the
        client keeps to what other clients of the same API user leave it.
        Raises `UnknownUser`, `ZoneRefused`, `ZoneMissing`, `HostRefused`, `HostUnreachable`.
        """
        told = known or Acquaintance()
        budget = Budget(told.budget, is_watched=known is not None, now=time.monotonic())
        exchange = Exchange(
            transport or AiohttpTransport(),
            limits,
            pause=pause,
            chance=chance,
            on_request=on_request,
            budget=budget,
            threads=threads,
        )
        try:
            hosts = AllowedHosts.from_entry(allowed_hosts, entry_url)
            session = Session(credentials, entry_url, hosts, exchange, known=told)
            await session.open()
        except BaseException:
            await exchange.close()
            raise
        return cls(session, limits)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        await self._session.exchange.close()

    @property
    def zone(self) -> Zone:
        """The zone that serves the tenant; it changes when the tenant is moved."""
        return self._session.zone

    @property
    def limits(self) -> Limits:
        """How much this client asks for at once."""
        return self._limits

    @property
    def requests(self) -> Mapping[str, int]:
        """How many requests were sent, repeated ones included, by entity path or name of the call."""
        return MappingProxyType(self._session.exchange.requests)

    @property
    def tally(self) -> Tally:
        """The same by the hour, with how many were throttled."""
        return self._session.exchange.tally

    @property
    def server_now(self) -> datetime | None:
        """What Autotask's clock shows now (UTC), by the last answer that told; None before."""
        return self._session.exchange.server_now

    @property
    def acquaintance(self) -> Acquaintance:
        """What the next client of this tenant may be told as `known`."""
        exchange = self._session.exchange
        return Acquaintance(
            self.zone,
            is_accepted=self._session.is_accepted,
            answer_seconds=exchange.answer_seconds,
            budget=exchange.budget.reading(exchange.now()),
        )

    @property
    def has_found_zone(self) -> bool:
        """Whether this client asked for the zone itself, at the start or when the tenant had moved."""
        return self._session.has_found_zone

    @property
    def is_refused(self) -> bool:
        """Whether Autotask refused the credentials to this client."""
        return self._session.exchange.is_refused

    @property
    def wait_seconds(self) -> float:
        """How long nothing should be sent, because the tenant's hour is spent so far; 0 while it has room."""
        return self._session.exchange.budget.wait_seconds

    async def pages(
        self,
        entity: Entity[R],
        filter: Filter | None = None,  # noqa: A002
        fields: Iterable[str] | None = None,
    ) -> AsyncIterator[list[R]]:
        """All rows of `entity` that pass `filter`, in ascending id, page by page; no page is empty.

        `fields` are the wire names to ask for, best those that the tenant really has; None asks for whole rows.
        Either the iteration ends after the last row or it raises: it never ends early in silence.
        """
        walk = self.walk(entity)
        while not walk.is_done:
            rows = await self.page(entity, walk, filter, fields)
            if rows:
                yield rows

    def walk(self, entity: Entity[R], *, after: int | None = None, upto: int | None = None) -> Walk[R]:
        """A walk over the rows of `entity` with ids above `after` up to `upto`, to be taken page by page by `page`."""
        return Walk(entity.path, self._limits.page_size, after=after, upto=upto)

    async def page(
        self,
        entity: Entity[R],
        walk: Walk[R],
        filter: Filter | None = None,  # noqa: A002
        fields: Iterable[str] | None = None,
    ) -> list[R]:
        """The next rows of `walk`, none when it ends there; `filter` and `fields` as for `pages`."""
        asked = _asked(entity, fields)
        conditions = [] if filter is None else [checked(filter, entity).wire()]
        body: dict[str, Any] = {
            "filter": [*conditions, *(bound.wire() for bound in walk.bounds())],
            "MaxRecords": self._limits.page_size,
        }
        if fields is not None:
            body["IncludeFields"] = asked
        return walk.take(await self._page(entity, body, asked))

    async def query(
        self,
        entity: Entity[R],
        filter: Filter | None = None,  # noqa: A002
        fields: Iterable[str] | None = None,
    ) -> AsyncIterator[R]:
        """All rows of `entity` that pass `filter`, in ascending id; see `pages`."""
        async for rows in self.pages(entity, filter, fields):
            for row in rows:
                yield row

    async def count(self, entity: Entity[Any], filter: Filter | None = None) -> int:  # noqa: A002
        """How many rows of `entity` pass `filter`, by Autotask's own count."""
        condition = EVERY_ROW if filter is None else checked(filter, entity)

        def read(response: Response) -> int:
            number = read_document(entity.path, response.body).number("queryCount")
            if number is None or number < 0:
                raise MalformedAnswer(entity.path, "there is no queryCount")
            return number

        return await self._session.ask(
            entity.path, "POST", f"{entity.path}/query/count", read, {"filter": [condition.wire()]}
        )

    async def get(self, entity: Entity[R], id: int) -> R | None:  # noqa: A002
        """The row with this id, None when there is none."""

        def read(response: Response) -> R | None:
            document = read_document(entity.path, response.body)
            if "item" not in document:
                raise MalformedAnswer(entity.path, "there is no item")
            return None if document.raw("item") is None else reader_of(entity).row(document.document("item"))

        try:
            return await self._session.ask(entity.path, "GET", f"{entity.path}/{id:d}", read)
        except EntityMissing:
            return None

    async def raw_page(
        self,
        entity: Entity[Any],
        filter: Filter | None,  # noqa: A002
        fields: Iterable[str] | None,
        *,
        size: int,
        after: int | None = None,
    ) -> RawPage:
        """The first `size` rows with ids above `after` that pass `filter`, with Autotask's own names and values.

        `fields` as for `pages`; None asks for whole rows, of which only the fields that we keep come out.
        """
        asked = _asked(entity, fields)
        start = Condition("id", Op.GTE, 0) if after is None else Condition("id", Op.GT, after)
        conditions = [] if filter is None else [checked(filter, entity).wire()]
        body: dict[str, Any] = {"filter": [*conditions, start.wire()], "MaxRecords": size}
        if fields is not None:
            body["IncludeFields"] = asked

        def read(response: Response) -> RawPage:
            page = raw_page(entity, response.body, asked, after=after)
            if page.next_url is not None:
                self._session.hosts.check(page.next_url)
            return page

        return await self._session.ask(entity.path, "POST", f"{entity.path}/query", read, body)

    async def raw_get(self, entity: Entity[Any], id: int) -> dict[str, Any] | None:  # noqa: A002
        """The row with this id as `raw_page` gives rows, None when there is none."""

        def read(response: Response) -> dict[str, Any] | None:
            return raw_item(entity, response.body)

        try:
            return await self._session.ask(entity.path, "GET", f"{entity.path}/{id:d}", read)
        except EntityMissing:
            return None

    async def entity_information(self, entity: Entity[Any]) -> EntityInformation:
        """What the entity supports and what this API user may do with it."""

        def read(response: Response) -> EntityInformation:
            return read_entity_information(entity.path, response.body)

        return await self._session.ask(entity.path, "GET", f"{entity.path}/entityInformation", read)

    async def entity_descriptions(self) -> tuple[EntityInformation, ...]:
        """Every entity of the API with what this API user may do with it; raises `EntityMissing` where it is untold."""

        def read(response: Response) -> tuple[EntityInformation, ...]:
            return read_entity_descriptions(ENTITY_INFORMATION, response.body)

        return await self._session.ask(ENTITY_INFORMATION, "GET", ENTITY_INFORMATION, read)

    async def fields(self, entity: Entity[Any]) -> tuple[FieldInformation, ...]:
        """The fields that the entity has in this tenant, with their picklists."""

        def read(response: Response) -> tuple[FieldInformation, ...]:
            return read_fields(entity.path, response.body)

        return await self._session.ask(entity.path, "GET", f"{entity.path}/entityInformation/fields", read)

    async def threshold(self) -> Threshold:
        """The tenant's call budget and how much of it is spent; asking counts too."""
        return await self._session.threshold()

    async def _page(self, entity: Entity[R], body: dict[str, Any], asked: Iterable[str]) -> Page[R]:
        def read(response: Response) -> Page[R]:
            page = reader_of(entity).page(response.body, asked)
            if page.next_url is not None:
                self._session.hosts.check(page.next_url)  # not followed, but a foreign one means a foreign answer
            return page

        return await self._session.ask(entity.path, "POST", f"{entity.path}/query", read, body)


def _asked(entity: Entity[Any], fields: Iterable[str] | None) -> tuple[str, ...]:
    """The wire names to ask for, always with `id`. Raises `UnknownField` for a name that the record does not keep."""
    if fields is None:
        return entity.field_names
    kept = kept_fields(entity)
    asked = ["id"]
    for name in fields:
        if name.casefold() not in kept:
            raise UnknownField(entity.path, name)
        asked.append(kept[name.casefold()].wire)
    return tuple(dict.fromkeys(asked))
