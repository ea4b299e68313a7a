"""One run of the mirror: every readable entity of a tenant, side by side, into the warehouse.

    metadata | decide | pages | intake | load | commit

An entity whose rows did not all come keeps its earlier data and gets the reason; the others are not concerned.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from partner_portal.autotask.catalog import ACTION_TYPES, CATALOG, Entity
from partner_portal.autotask.client import AutotaskClient
from partner_portal.autotask.errors import AutotaskError, UnknownField, explain
from partner_portal.mirror.decide import (
    Reading,
    entities_to_look_up,
    is_worth_counting,
    reading_of,
    source_after,
    whole,
)
from partner_portal.mirror.intake import Intake
from partner_portal.mirror.progress import Progress, silent
from partner_portal.mirror.summary import EntitySummary, Summary
from partner_portal.mirror.tenant import ENDS_THE_RUN, read_tenant
from partner_portal.warehouse.store import EntityFacts, OrganizationStore, Source, Tenant, WarehouseError

__all__ = ["EntitySummary", "Progress", "Summary", "silent", "sync"]

log = logging.getLogger(__name__)


async def sync(
    store: OrganizationStore,
    client: AutotaskClient,
    *,
    started_at: datetime,
    full: bool = False,
    progress: Progress = silent,
) -> Summary:
    """Bring `store` up to date with the tenant behind `client`; with `full` read everything anew.

    `started_at` (UTC, aware) becomes the `as_of` of every entity that came completely. What goes wrong with an entity
    ends up in its source and in the summary, not in an exception; refused credentials and a spent call budget end
    the run for all entities. Cancelling it leaves each entity as the last complete load left it. Raises
    `WarehouseError` when the store cannot even tell what it holds.
    """
    run = _Run(store, client, started_at, progress, full=full)
    await run.everything()
    return run.summary()


class _Run:
    """The state of one run."""

    def __init__(
        self, store: OrganizationStore, client: AutotaskClient, started_at: datetime, progress: Progress, *, full: bool
    ) -> None:
        self._store = store
        self._client = client
        self._started_at = started_at
        self._progress = progress
        self._full = full
        self._clock = asyncio.get_running_loop().time
        self._began = self._clock()
        self._requests_before = Counter(client.requests)
        self._sources: dict[str, Source] = {}
        self._max_ids: dict[str, int | None] = {}
        self._parts: dict[str, EntitySummary] = {}
        self._ended_by: AutotaskError | None = None

    async def everything(self) -> None:
        """Read the tenant's metadata where it is due, then all entities."""
        try:
            tenant = await self._look_up()
        except AutotaskError as error:
            for entity in CATALOG:
                await self._give_up(entity, explain(error))
            return
        self._sources, self._max_ids = await asyncio.to_thread(self._what_is_held)
        # The first alone: should the credentials be refused, it costs one failed login and not a locked user.
        await self._side_by_side([ACTION_TYPES], tenant)
        await self._side_by_side([entity for entity in CATALOG if entity is not ACTION_TYPES], tenant)

    def summary(self) -> Summary:
        """What the run did so far."""
        sent = Counter(self._client.requests) - self._requests_before
        return Summary(
            started_at=self._started_at,
            full=self._full,
            seconds=self._clock() - self._began,
            requests=sent.total(),
            entities=tuple(self._parts[entity.path] for entity in CATALOG),
        )

    async def _look_up(self) -> Tenant:
        known = await asyncio.to_thread(self._store.tenant)
        due = entities_to_look_up(known, self._started_at, full=self._full)
        if known is not None and not due:
            return known
        tenant = await read_tenant(self._client, at=self._started_at, known=known, entities=due)
        await asyncio.to_thread(self._store.save_tenant, tenant)
        return tenant

    def _what_is_held(self) -> tuple[dict[str, Source], dict[str, int | None]]:
        with self._store.snapshot() as view:
            return view.sources(), {entity.path: view.max_id(entity) for entity in CATALOG}

    async def _side_by_side(self, entities: Iterable[Entity[Any]], tenant: Tenant) -> None:
        async with asyncio.TaskGroup() as group:
            for entity in entities:
                group.create_task(self._mirror(entity, tenant.entities.get(entity.path, EntityFacts())))

    async def _mirror(self, entity: Entity[Any], facts: EntityFacts) -> None:
        """Read one entity, or say why not; whatever goes wrong stays with it."""
        refusal = facts.refusal if self._ended_by is None else explain(self._ended_by)
        if refusal is not None:
            await self._give_up(entity, refusal)
            return
        source, max_id = self._sources.get(entity.path), self._max_ids.get(entity.path)
        reading = reading_of(entity, facts, source, max_id, full=self._full)
        if not await self._read(reading):
            # The metadata is missing or out of date; whole rows can always be asked for.
            await self._read(whole(entity, None), is_last_try=True)

    async def _read(self, reading: Reading, *, is_last_try: bool = False) -> bool:
        """Take in what `reading` asks for. False when the tenant lacks a field and another try is left."""
        path, began = reading.entity.path, self._clock()
        load = self._store.load(reading.entity)
        intake = Intake(load)
        problem = None
        try:
            await self._take_in(reading, intake)
            await asyncio.to_thread(load.commit, source_after(reading, self._started_at), replace=reading.replace)
        except UnknownField as error:
            if not is_last_try:
                return False
            problem = explain(error)
        except Exception as error:  # noqa: BLE001  (an entity's failure must never stop the others)
            problem = self._problem(path, error)
        finally:
            await intake.stop()
        if problem is not None:
            await self._keep_problem(load.abandon, problem)
        self._finish(path, intake.rows, began, problem)
        return True

    async def _take_in(self, reading: Reading, intake: Intake) -> None:
        entity = reading.entity
        self._progress.entity_started(entity.path, await self._total(reading))
        async for page in self._client.pages(entity, reading.filter, reading.fields):
            if self._ended_by is not None:
                raise self._ended_by
            await intake.take(page)
            self._progress.rows_arrived(entity.path, len(page))
        await intake.finish()

    async def _total(self, reading: Reading) -> int | None:
        if not is_worth_counting(reading):
            return None
        try:
            return await self._client.count(reading.entity)
        except ENDS_THE_RUN:
            raise
        except AutotaskError:
            return None  # a total only serves the progress bar

    def _problem(self, path: str, error: Exception) -> str:
        """The reason that people will read."""
        if isinstance(error, ENDS_THE_RUN):
            self._ended_by = self._ended_by or error
        if isinstance(error, AutotaskError):
            return explain(error)
        if isinstance(error, WarehouseError):
            return str(error)
        log.error("reading %s failed", path, exc_info=error)
        return f"An unexpected {type(error).__name__} stopped the reading of {path}. Report it with the portal's log."

    async def _give_up(self, entity: Entity[Any], problem: str) -> None:
        self._progress.entity_started(entity.path, None)
        await self._keep_problem(lambda reason: self._store.forget(entity, reason), problem)
        self._finish(entity.path, 0, self._clock(), problem)

    async def _keep_problem(self, keep: Callable[[str], None], problem: str) -> None:
        try:
            await asyncio.to_thread(keep, problem)
        except WarehouseError as error:
            # The summary still has the problem; a store that cannot take it cannot be told more.
            log.warning("the warehouse could not keep a problem: %s", error)

    def _finish(self, path: str, rows: int, began: float, problem: str | None) -> None:
        self._parts[path] = EntitySummary(
            entity=path,
            rows=rows,
            requests=self._client.requests.get(path, 0) - self._requests_before[path],
            seconds=self._clock() - began,
            complete=problem is None,
            problem=problem,
        )
        self._progress.entity_finished(path, problem)
