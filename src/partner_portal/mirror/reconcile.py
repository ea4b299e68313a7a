"""Comparing the mirror with Autotask's own counts, and settling what differs.

    due | count | equal: kept with its time | differs: deletion log | search | confirm by id | remove and add | count

Rows are removed only after a query for their very ids came back without them, and never so many at once that lost
rights could be the cause (`most_removable`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from partner_portal.autotask.catalog import DELETED_TICKET_LOGS, TICKETS, Entity, Record
from partner_portal.autotask.client import AutotaskClient
from partner_portal.autotask.errors import AutotaskError
from partner_portal.autotask.filters import MOST_OR_CONDITIONS, Condition, Op, all_of
from partner_portal.mirror.decide import OVERLAP, awaiting_confirmation
from partner_portal.mirror.deletions import (
    BLOCK_ROWS,
    Answer,
    Blocks,
    CountOf,
    IdsOf,
    Located,
    OneSided,
    Question,
    most_removable,
    search,
)
from partner_portal.mirror.tenant import ENDS_THE_RUN
from partner_portal.warehouse.store import OrganizationStore, Reconciliation, Source, TooManyGone, WarehouseError

log = logging.getLogger(__name__)

MOST_SEARCH_REQUESTS = 400
"""What one run may spend on locating the differences of one entity; the next run goes on."""

MOST_REQUESTS = 1_000
"""What one run may spend on all of them together: a tenth of the hour that the tenant's integrations share."""

FEWEST_REQUESTS = 50
"""With fewer left to spend a search might locate nothing; it waits for the next run."""

MOST_IDS_KEPT = 1_000
"""How many ids of a difference are kept; more would help nobody."""

LOG_REACH = timedelta(days=1)
"""How far back the log of deletions is read where no earlier comparison says from when on."""


@dataclass(frozen=True)
class Compared:
    """What comparing one entity led to."""

    entity: Entity[Any]
    reconciliation: Reconciliation
    removed: int = 0
    added: int = 0
    problem: str | None = None


@dataclass(frozen=True)
class Candidate:
    """An entity whose counts are to be compared; `fields` are the wire names to ask for, None for whole rows."""

    entity: Entity[Any]
    fields: tuple[str, ...] | None
    last: Reconciliation | None


class Reconciler:
    """Compares the entities of one run that began at `at`; with `accepts_deletions` any number of rows may go."""

    def __init__(
        self, store: OrganizationStore, client: AutotaskClient, at: datetime, *, accepts_deletions: bool = False
    ) -> None:
        self._store = store
        self._client = client
        self._at = at
        self._accepts = accepts_deletions
        self._left = MOST_REQUESTS

    async def compare(self, candidates: Iterable[Candidate]) -> list[Compared]:
        """Compare all, side by side; settle the small differences first. What cannot be compared is left out.

        Ends early where no further request makes sense; what is not compared is due again in the next run.
        """
        counted = await asyncio.gather(*(self._counted(each) for each in candidates))
        known = [each for each in counted if each is not None]
        done = [each for each in known if each.ours == each.theirs]
        results = [await asyncio.to_thread(self._keep_agreement, each) for each in done]
        differing = [each for each in known if each.ours != each.theirs]
        for each in sorted(differing, key=lambda each: abs(each.ours - each.theirs)):
            try:
                results.append(await self._settle(each))
            except ENDS_THE_RUN as error:
                log.warning("comparing counts ended early: %s", error)
                break
            except (AutotaskError, WarehouseError) as error:
                log.warning("settling the difference of %s failed: %s", each.path, error)
        return results

    async def _counted(self, candidate: Candidate) -> _Counted | None:
        path = candidate.entity.path
        try:
            upto, source = await asyncio.to_thread(self._held, candidate.entity)
            theirs = await self._count(candidate.entity, -1, upto)
        except (AutotaskError, WarehouseError) as error:
            log.warning("comparing the count of %s failed: %s", path, error)
            return None
        return _Counted(candidate, source, upto, theirs)

    def _held(self, entity: Entity[Any]) -> tuple[int, Source]:
        with self._store.snapshot() as view:
            return view.max_id(entity) or 0, view.sources().get(entity.path, Source(entity.path))

    async def _count(self, entity: Entity[Any], after: int, upto: int) -> int:
        return await self._client.count(entity, _ids_within(after, upto))

    def _keep_agreement(self, each: _Counted) -> Compared:
        source, last = each.source, each.candidate.last
        if source.unconfirmed and last is not None and not last.agrees:
            # What was gone came back, or other rows came for it: only a full read can tell.
            self._store.load(each.entity).commit(replace(source, watermark=None), replace=False)
        return self._keep(each, each.theirs, each.ours)

    def _keep(
        self,
        each: _Counted,
        theirs: int,
        ours: int,
        *,
        located: Located | None = None,
        removed: int = 0,
        added: int = 0,
        problem: str | None = None,
    ) -> Compared:
        last, located = each.candidate.last, located or Located()
        since = None
        if theirs != ours:
            since = self._at if last is None or last.differs_since is None else last.differs_since
        kept = Reconciliation(
            each.path,
            self._at,
            ours,
            theirs,
            since,
            gone=tuple(sorted(located.gone)[:MOST_IDS_KEPT]) if since else (),
            missing=tuple(sorted(located.missing)[:MOST_IDS_KEPT]) if since else (),
        )
        self._store.keep_reconciliation(kept)
        return Compared(each.entity, kept, removed, added, problem)

    async def _settle(self, each: _Counted) -> Compared:
        """Locate what differs and act upon it, or say why not."""
        net_loss = each.ours - each.theirs
        if not self._accepts and net_loss > most_removable(each.ours):
            return await self._hold_back(each, net_loss, await self._located_once(each))
        located = await self._located(each)
        return await self._act(each, located)

    async def _located_once(self, each: _Counted) -> Located:
        """What differs, located when the difference is first seen and not again while it stays the same."""
        last = each.candidate.last
        if last is not None and (last.ours, last.theirs) == (each.ours, each.theirs):
            return Located(list(last.gone), list(last.missing))
        return await self._searched(each)

    async def _hold_back(self, each: _Counted, gone: int, located: Located) -> Compared:
        """Remove nothing: so many rows are gone that a person has to confirm it."""

        def keep() -> Compared:
            source = awaiting_confirmation(each.source, gone, each.ours)
            self._store.load(each.entity).commit(source, replace=False)
            return self._keep(each, each.theirs, each.ours, located=located, problem=source.problem)

        return await asyncio.to_thread(keep)

    async def _located(self, each: _Counted) -> Located:
        if each.entity is TICKETS and each.theirs < each.ours:
            logged = await self._logged_deletions(each)
            if len(logged) == each.ours - each.theirs:
                return Located(gone=logged)
        return await self._searched(each)

    async def _logged_deletions(self, each: _Counted) -> list[int]:
        """Tickets of ours that Autotask's log of deletions names, unless the log cannot be read."""
        last = each.candidate.last
        since = (last.at if last is not None else self._at - LOG_REACH) - OVERLAP
        deleted_since = Condition("deletedDateTime", Op.GTE, since)
        try:
            logged = [row.ticket_id async for row in self._client.query(DELETED_TICKET_LOGS, deleted_since)]
        except ENDS_THE_RUN:
            raise
        except AutotaskError:
            return []  # the search finds them too
        ids = sorted({ticket_id for ticket_id in logged if ticket_id is not None})
        if not ids:
            return []
        of_ours = f"SELECT id FROM {TICKETS.table} WHERE id = ANY($ids)"  # noqa: S608
        found = await asyncio.to_thread(self._store.rows, of_ours, {"ids": ids})
        return [row_id for (row_id,) in found]

    async def _searched(self, each: _Counted) -> Located:
        most = None if self._accepts else min(MOST_SEARCH_REQUESTS, self._left)
        if most is not None and most < FEWEST_REQUESTS:
            return Located(whole=False)
        blocks = await asyncio.to_thread(self._blocks, each)
        looking = search(blocks, each.theirs, most_requests=most)
        before = self._client.requests.get(each.path, 0)
        try:
            questions = next(looking)
            while True:
                answers = await _side_by_side(self._answer(each.entity, question) for question in questions)
                questions = looking.send(answers)
        except StopIteration as end:
            located: Located = end.value
            return located
        finally:
            self._left = max(0, self._left - (self._client.requests.get(each.path, 0) - before))

    def _blocks(self, each: _Counted) -> Blocks:
        ends = self._store.rows(
            "SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS place "  # noqa: S608
            f"FROM {each.entity.table} WHERE id <= $upto) AS placed WHERE place % $block = 0 ORDER BY id",
            {"upto": each.upto, "block": BLOCK_ROWS},
        )
        return Blocks(tuple(row_id for (row_id,) in ends), each.ours, each.upto)

    async def _answer(self, entity: Entity[Any], question: Question) -> Answer:
        if isinstance(question, CountOf):
            return await self._count(entity, question.after, question.upto)
        return await self._compared_ids(entity, question)

    async def _compared_ids(self, entity: Entity[Any], asked: IdsOf) -> OneSided:
        gone: list[int] = []
        missing: list[int] = []
        position = asked.after

        async def compare(theirs: set[int], upto: int) -> None:
            ours = await asyncio.to_thread(self._ids, entity, position, upto)
            gone.extend(ours - theirs)
            missing.extend(theirs - ours)

        async for page in self._client.pages(entity, _ids_within(asked.after, asked.upto), ("id",)):
            last = page[-1].id
            await compare({row.id for row in page}, last)
            position = last
        await compare(set(), asked.upto)
        return gone, missing

    def _ids(self, entity: Entity[Any], after: int, upto: int) -> set[int]:
        found = self._store.rows(
            f"SELECT id FROM {entity.table} WHERE id > $after AND id <= $upto",  # noqa: S608
            {"after": after, "upto": upto},
        )
        return {row_id for (row_id,) in found}

    async def _act(self, each: _Counted, located: Located) -> Compared:
        """Ask for the very rows that differ: those that come are taken in, those that don't are removed."""
        there = await self._rows_of(each.candidate, [*located.gone, *located.missing])
        gone = [row_id for row_id in located.gone if row_id not in there]
        most = None if self._accepts else most_removable(each.ours)
        # Rows that wait for a person's word since a full read are only done with by another one.
        source = replace(each.source, watermark=None) if each.source.unconfirmed else each.source
        try:
            ours = await asyncio.to_thread(self._commit, each.entity, source, there, gone, most)
        except TooManyGone as many:
            return await self._hold_back(each, many.gone, located)
        theirs = each.theirs
        if gone or there:
            upto, _ = await asyncio.to_thread(self._held, each.entity)
            theirs = await self._count(each.entity, -1, upto)
        added = sum(row_id in there for row_id in located.missing)
        left = Located(
            gone=[row_id for row_id in located.gone if row_id in there],
            missing=[row_id for row_id in located.missing if row_id not in there],
        )
        return await asyncio.to_thread(self._keep, each, theirs, ours, located=left, removed=len(gone), added=added)

    async def _rows_of(self, candidate: Candidate, ids: list[int]) -> Mapping[int, Record]:
        found: dict[int, Record] = {}
        for start in range(0, len(ids), MOST_OR_CONDITIONS):
            these = Condition("id", Op.IN, ids[start : start + MOST_OR_CONDITIONS])
            async for row in self._client.query(candidate.entity, these, candidate.fields):
                found[row.id] = row
        return found

    def _commit(
        self, entity: Entity[Any], source: Source, there: Mapping[int, Record], gone: list[int], most: int | None
    ) -> int:
        load = self._store.load(entity)
        load.append(list(there.values()))
        return load.commit(source, replace=False, most_removed=most, remove=gone)


@dataclass(frozen=True)
class _Counted:
    """One entity's counts of ids up to `upto`, the highest that we hold."""

    candidate: Candidate
    source: Source
    upto: int
    theirs: int

    @property
    def entity(self) -> Entity[Any]:
        return self.candidate.entity

    @property
    def path(self) -> str:
        return self.candidate.entity.path

    @property
    def ours(self) -> int:
        return self.source.rows


async def _side_by_side(asked: Iterable[Coroutine[Any, Any, Answer]]) -> list[Answer]:
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(each) for each in asked]
    except* AutotaskError as errors:
        raise errors.exceptions[0] from None
    return [task.result() for task in tasks]


def _ids_within(after: int, upto: int) -> Any:
    below = Condition("id", Op.LTE, upto)
    return below if after < 0 else all_of(Condition("id", Op.GT, after), below)
