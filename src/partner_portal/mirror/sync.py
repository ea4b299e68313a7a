"""One run of the mirror: every readable entity of a tenant, side by side, into the warehouse.

    metadata | decide | pages | intake | load | commit

An entity whose rows did not all come keeps its earlier data and gets the reason; the others are not concerned.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from partner_portal.autotask.catalog import CATALOG, Entity, Record
from partner_portal.autotask.client import AutotaskClient
from partner_portal.autotask.errors import AutotaskError, PermissionMissing, UnknownField, explain
from partner_portal.mirror.decide import (
    Reading,
    awaiting_confirmation,
    by_size,
    entities_to_look_up,
    is_counting_due,
    is_fulfilled,
    is_worth_counting,
    reading_before_metadata,
    reading_due,
    source_after,
    whole,
)
from partner_portal.mirror.deletions import most_removable
from partner_portal.mirror.intake import Intake
from partner_portal.mirror.progress import Arrivals, Progress, silent
from partner_portal.mirror.reading import read_side_by_side
from partner_portal.mirror.reconcile import Candidate, Reconciler
from partner_portal.mirror.summary import EntitySummary, Summary
from partner_portal.mirror.tenant import ENDS_THE_RUN, read_tenant
from partner_portal.mirror.together import together
from partner_portal.warehouse.store import (
    EntityFacts,
    Load,
    OrganizationStore,
    Reconciliation,
    Source,
    Tenant,
    TooManyGone,
    WarehouseError,
)

__all__ = ["EntitySummary", "Progress", "Summary", "silent", "sync"]

log = logging.getLogger(__name__)


async def sync(
    store: OrganizationStore,
    client: AutotaskClient,
    *,
    started_at: datetime,
    full: bool = False,
    verify: bool = False,
    accept_deletions: bool = False,
    progress: Progress = silent,
) -> Summary:
    """Bring `store` up to date with the tenant behind `client`; with `full` read everything anew.

    With `verify` every entity's count is compared with Autotask's, without it those that are due. With
    `accept_deletions` any number of rows may vanish; without it too many at once stay, and are the entity's problem.

    `started_at` (UTC, aware) becomes the `as_of` of every entity that came completely. What goes wrong with an entity
    ends up in its source and in the summary, not in an exception; refused credentials and a spent call budget end
    the run for all entities. Cancelling it leaves each entity as the last complete load left it. Raises
    `WarehouseError` when the store cannot even tell what it holds.
    """
    run = _Run(store, client, started_at, progress, _Wishes(full, verify, accept_deletions))
    await run.everything()
    await run.settle()
    return run.summary()


@dataclass(frozen=True)
class _Wishes:
    """What was asked of a run beyond the usual."""

    full: bool
    verify: bool
    accept_deletions: bool


class _Run:
    """The state of one run."""

    def __init__(
        self,
        store: OrganizationStore,
        client: AutotaskClient,
        started_at: datetime,
        progress: Progress,
        wishes: _Wishes,
    ) -> None:
        self._store = store
        self._client = client
        self._started_at = started_at
        self._progress = progress
        self._full = wishes.full
        self._verify = wishes.verify
        self._accept_deletions = wishes.accept_deletions
        self._clock = asyncio.get_running_loop().time
        self._began = self._clock()
        self._requests_before = Counter(client.requests)
        self._sources: dict[str, Source] = {}
        self._max_ids: dict[str, int | None] = {}
        self._parts: dict[str, EntitySummary] = {}
        self._read_whole: set[str] = set()
        self._let_go: Counter[str] = Counter()
        self._compared: Mapping[str, Reconciliation] = {}
        self._unchanged: dict[str, tuple[Reading, float]] = {}
        self._resting: list[Entity[Any]] = []
        self._facts: dict[str, asyncio.Future[EntityFacts]] = {}
        self._shows_rows: dict[str, asyncio.Future[bool]] = {}
        self._ended_by: AutotaskError | None = None

    async def everything(self) -> None:
        """Read all entities, and beside them the tenant's metadata where that is due."""
        known = await asyncio.to_thread(self._recall)
        due = self._prepare_facts(known)
        early = self._prepare_early(known)
        try:
            await together(self._side_by_side(early), self._look_up(known, due))
        except AutotaskError as error:
            for entity in CATALOG:
                await self._give_up(entity, explain(error))
            return
        await self._confirm()
        await self._leave_alone(self._resting)
        await together(self.settle(), self._compare())

    async def settle(self) -> None:
        """Let reports be quick again; one that is asked meanwhile is slower, and as right."""
        try:
            await asyncio.to_thread(self._store.settle_activities)
        except Exception:
            log.exception("bringing the activities up to date failed")  # the next run tries again

    def summary(self) -> Summary:
        """What the run did so far."""
        sent = Counter(self._client.requests) - self._requests_before
        return Summary(
            started_at=self._started_at,
            full=self._full,
            seconds=self._clock() - self._began,
            requests=sent.total(),
            entities=tuple(replace(self._parts[entity.path], requests=sent[entity.path]) for entity in CATALOG),
        )

    def _prepare_facts(self, known: Tenant | None) -> Sequence[Entity[Any]]:
        """The entities whose metadata is due; of the others the facts are known."""
        due = entities_to_look_up(known, self._started_at, full=self._full)
        loop = asyncio.get_running_loop()
        self._facts = {entity.path: loop.create_future() for entity in CATALOG}
        for entity in CATALOG:
            if known is not None and entity not in due:
                self._facts[entity.path].set_result(known.entities.get(entity.path, EntityFacts()))
        return due

    def _prepare_early(self, known: Tenant | None) -> Mapping[str, Reading]:
        """What is read beside its metadata, by entity: a round trip less. It is looked at before rows are committed."""
        early = {}
        for entity in CATALOG:
            is_read_whole = self._full or entity.path not in self._sources
            if self._facts[entity.path].done() or not is_read_whole:
                continue
            reading = reading_before_metadata(entity, None if known is None else known.entities.get(entity.path))
            if reading is not None:
                early[entity.path] = reading
                self._shows_rows[entity.path] = asyncio.get_running_loop().create_future()
        return early

    async def _look_up(self, known: Tenant | None, due: Sequence[Entity[Any]]) -> None:
        if known is not None and not due:
            return

        def tell(path: str, facts: EntityFacts) -> None:
            if not self._facts[path].done():  # it is cancelled with whoever waits for it, when the sync is to leave off
                self._facts[path].set_result(facts)

        tenant = await read_tenant(
            self._client,
            at=self._started_at,
            known=known,
            entities=due,
            tell=tell,
            shows_rows=self._shows_rows.get,
        )
        await asyncio.to_thread(self._store.save_tenant, tenant)

    def _recall(self) -> Tenant | None:
        """What earlier runs left. One look after the other: several threads would wait for each other's turns."""
        with self._store.snapshot() as view:
            self._sources, self._compared = view.sources(), view.reconciliations()
            if self._sources:
                self._max_ids = view.max_ids()
            return view.tenant()

    async def _side_by_side(self, early: Mapping[str, Reading]) -> None:
        # Until the credentials are accepted one request goes ahead of all: let it be one of the entity that takes
        # longest.
        largest_first = by_size(CATALOG, self._sources)
        await together(*(self._mirror(entity, early.get(entity.path)) for entity in largest_first))

    async def _mirror(self, entity: Entity[Any], early: Reading | None) -> None:
        """Read one entity, or say why not; whatever goes wrong stays with it."""
        if early is not None and await self._read(early):
            return
        facts = await self._facts[entity.path]
        if facts.refusal is not None:
            await self._give_up(entity, facts.refusal, failed=False)
            return
        if self._ended_by is not None:
            await self._give_up(entity, explain(self._ended_by))
            return
        source, max_id = self._sources.get(entity.path), self._max_ids.get(entity.path)
        is_accepting = self._accept_deletions and source is not None and source.unconfirmed > 0
        full = self._full or is_accepting
        reading = reading_due(entity, facts, source, max_id, self._started_at, full=full)
        if reading is None:
            self._resting.append(entity)
            return
        if not await self._read(reading):
            # The metadata is missing or out of date; whole rows can always be asked for.
            await self._read(whole(entity, None), is_last_try=True)

    async def _read(self, reading: Reading, *, is_last_try: bool = False) -> bool:
        """Take in what `reading` asks for. False when the tenant lacks a field and another try is left."""
        path, began = reading.entity.path, self._clock()
        load = self._store.load(reading.entity)
        intake = Intake(load)
        problem = doubt = None
        failed = False
        try:
            try:
                await self._take_in(reading, intake)
            finally:
                self._tell_of_rows(path, there_are=False)
            facts = await self._facts[path]
            if not is_last_try and (facts.refusal is not None or not is_fulfilled(reading, facts)):
                return False
            if not intake.rows and self._is_settled(reading):
                self._unchanged[path] = reading, began
                return True
            doubt = await asyncio.to_thread(self._commit, load, reading)
        except UnknownField as error:
            if not is_last_try:
                return False
            problem, failed = explain(error), True
        except Exception as error:  # noqa: BLE001  (an entity's failure must never stop the others)
            problem = self._problem(path, error)
            failed = not isinstance(error, PermissionMissing)
        finally:
            await intake.stop()
        if problem is not None:
            await self._keep_problem(load.abandon, problem)
        self._finish(path, intake.rows, began, problem or doubt, failed=failed)
        return True

    def _tell_of_rows(self, path: str, *, there_are: bool) -> None:
        """Tell the look-up of metadata whether rows come; the first word counts."""
        told = self._shows_rows.get(path)
        if told is not None and not told.done():
            told.set_result(there_are)

    def _is_settled(self, reading: Reading) -> bool:
        """Whether an empty answer to `reading` says no more than that all is as it was."""
        earlier = self._sources.get(reading.entity.path)
        is_delta = not reading.replace and source_after(reading, self._started_at).watermark is not None
        return is_delta and earlier is not None and earlier.complete

    async def _confirm(self) -> None:
        """Note all entities of which nothing has changed, in one transaction: an idle run costs no more."""
        problem = None
        try:
            await asyncio.to_thread(self._keep_unchanged)
        except Exception as error:  # noqa: BLE001  (it is told as the entities' problem)
            problem = self._problem("what has not changed", error)
        for path, (_, began) in self._unchanged.items():
            self._finish(path, 0, began, problem, failed=problem is not None)

    def _keep_unchanged(self) -> None:
        readings = [reading for reading, _ in self._unchanged.values()]
        after = [source_after(reading, self._started_at, server_at=self._server_began()) for reading in readings]
        watermark = min((source.watermark for source in after if source.watermark), default=None)
        if watermark is not None:
            self._store.confirm([reading.entity for reading in readings], as_of=self._started_at, watermark=watermark)

    def _commit(self, load: Load, reading: Reading) -> str | None:
        """Make the rows visible; the reason why vanished ones stay, if there were too many."""
        path = reading.entity.path
        earlier = self._sources.get(path)
        source = source_after(reading, self._started_at, earlier, server_at=self._server_began())
        most = None if earlier is None else most_removable(earlier.rows)
        try:
            load.commit(source, replace=reading.replace, most_removed=most)
        except TooManyGone as many:
            if self._accept_deletions:
                self._let_go[path] = many.gone
            else:
                source = awaiting_confirmation(source, many.gone, many.held)
            load.commit(source, replace=self._accept_deletions)
        if reading.replace:
            self._read_whole.add(path)
        return source.problem

    def _server_began(self) -> datetime | None:
        """When the run began by Autotask's clock; None where no answer told the time."""
        now = self._client.server_now
        return None if now is None else now - timedelta(seconds=self._clock() - self._began)

    async def _take_in(self, reading: Reading, intake: Intake) -> None:
        arrivals = Arrivals(self._progress, reading.entity.path)

        async def take(page: Sequence[Record]) -> None:
            if self._ended_by is not None:
                raise self._ended_by
            self._tell_of_rows(reading.entity.path, there_are=True)
            await intake.take(page)
            arrivals.add(len(page))

        async def count() -> int | None:
            total = await self._total(reading.entity)
            arrivals.start(total)
            intake.total = total
            return total

        if is_worth_counting(reading):
            await read_side_by_side(self._client, reading.entity, reading.fields, count=count, take=take)
        else:
            arrivals.start(None)
            async for page in self._client.pages(reading.entity, reading.filter, reading.fields):
                await take(page)
        await intake.finish()

    async def _total(self, entity: Entity[Any]) -> int | None:
        try:
            return await self._client.count(entity)
        except ENDS_THE_RUN:
            raise
        except AutotaskError:
            return None  # without a total there is no progress bar, and one reader

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

    async def _compare(self) -> None:
        """Compare counts where that is due, and settle what differs."""
        if not any(self._is_comparing_due(entity.path) for entity in CATALOG):
            return
        try:
            candidates = await asyncio.to_thread(self._to_compare)
            reconciler = Reconciler(
                self._store, self._client, self._started_at, accepts_deletions=self._accept_deletions
            )
            for compared in await reconciler.compare(candidates):
                part = self._parts[compared.entity.path]
                self._parts[part.entity] = part.after(compared.removed, compared.added, compared.problem)
        except Exception:
            log.exception("comparing counts failed")  # the data is in place, and the next run compares again

    def _to_compare(self) -> list[Candidate]:
        sources = self._store.sources()
        candidates = []
        for entity in CATALOG:
            path = entity.path
            source = sources.get(path)
            is_sound = source is not None and (source.complete or source.unconfirmed > 0)
            if is_sound and self._is_comparing_due(path) and self._ended_by is None:
                candidates.append(Candidate(entity, self._facts[path].result().fields, self._compared.get(path)))
        return candidates

    def _is_comparing_due(self, path: str) -> bool:
        last, was_read_whole = self._compared.get(path), path in self._read_whole
        return self._verify or is_counting_due(last, self._started_at, was_read_whole=was_read_whole)

    async def _leave_alone(self, entities: Iterable[Entity[Any]]) -> None:
        """Leave those as they are that were read recently enough; what stopped all others stopped them too."""
        problems = {part.problem for part in self._parts.values()}
        if self._ended_by is not None:
            problems = {explain(self._ended_by)}
        for entity in entities:
            if len(problems) == 1 and (problem := next(iter(problems))) is not None:
                await self._give_up(entity, problem)
            else:
                self._progress.entity_started(entity.path, 0)
                self._finish(entity.path, 0, self._clock(), None)

    async def _give_up(self, entity: Entity[Any], problem: str, *, failed: bool = True) -> None:
        self._progress.entity_started(entity.path, None)
        await self._keep_problem(lambda reason: self._store.forget(entity, reason), problem)
        self._finish(entity.path, 0, self._clock(), problem, failed=failed)

    async def _keep_problem(self, keep: Callable[[str], None], problem: str) -> None:
        try:
            await asyncio.to_thread(keep, problem)
        except WarehouseError as error:
            # The summary still has the problem; a store that cannot take it cannot be told more.
            log.warning("the warehouse could not keep a problem: %s", error)

    def _finish(self, path: str, rows: int, began: float, problem: str | None, *, failed: bool = False) -> None:
        self._parts[path] = EntitySummary(
            entity=path,
            rows=rows,
            requests=0,
            seconds=self._clock() - began,
            complete=problem is None,
            problem=problem,
            failed=failed,
            removed=self._let_go[path],
        )
        self._progress.entity_finished(path, problem)
