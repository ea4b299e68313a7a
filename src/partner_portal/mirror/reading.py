"""Reading a large entity whole, by several readers side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

from partner_portal.autotask.catalog import Entity, Record
from partner_portal.autotask.client import AutotaskClient
from partner_portal.autotask.paging import Walk
from partner_portal.mirror.division import Division, Span
from partner_portal.mirror.together import together

R = TypeVar("R", bound=Record)

WAITING = 1
"""Readers beyond those that may send: one stands ready with its span, so that a slot is taken again at once."""

Take = Callable[[Sequence[Record]], Awaitable[None]]
Count = Callable[[], Awaitable[int | None]]


async def read_side_by_side(
    client: AutotaskClient, entity: Entity[Any], fields: tuple[str, ...] | None, *, count: Count, take: Take
) -> None:
    """Give every row of `entity` to `take`, page by page in no order, each that was there at the start exactly once.

    `count` says how many rows there are, None if that cannot be had; it is asked for beside the first page. Raises
    the first error of any reader, of `count` or of `take`; nothing is under way any more then.
    """
    reading = _Reading(client, entity, fields, take)
    readers = (reading.read() for _ in range(client.limits.per_entity + WAITING))
    await together(*readers, reading.learn_total(count))


class _Reading(Generic[R]):
    """What the readers of one entity share."""

    def __init__(self, client: AutotaskClient, entity: Entity[R], fields: tuple[str, ...] | None, take: Take) -> None:
        self._client = client
        self._entity = entity
        self._fields = fields
        self._take = take
        self._division = Division(client.limits.page_size, client.limits.per_entity + WAITING)
        self._walks: dict[Span, Walk[R]] = {}
        self._news = asyncio.Condition()

    async def learn_total(self, count: Count) -> None:
        """Tell the division how many rows there are."""
        self._division.total = await count()
        self._division.is_counted = True
        await self._announce()

    async def read(self) -> None:
        """Be one reader, until every row has come."""
        while (span := await self._next_span()) is not None:
            walk = self._walk_of(span)
            rows = await self._client.page(self._entity, walk, None, self._fields)
            ids = (rows[0].id, rows[-1].id) if rows else None
            self._division.took(span, ids, len(rows), is_last=walk.is_done)
            if walk.is_done:
                del self._walks[span]
            await self._announce()
            if rows:
                await self._take(rows)

    async def _next_span(self) -> Span | None:
        async with self._news:
            while not self._division.is_over:
                span = self._division.next()
                if span is not None:
                    return span
                await self._news.wait()
        return None

    def _walk_of(self, span: Span) -> Walk[R]:
        """The walk over `span`; the one that gave part of its ids away ends earlier from now on."""
        if span not in self._walks:
            self._walks[span] = self._client.walk(self._entity, after=span.after, upto=span.upto)
        for known, walk in self._walks.items():
            walk.upto = known.upto
        return self._walks[span]

    async def _announce(self) -> None:
        async with self._news:
            self._news.notify_all()
