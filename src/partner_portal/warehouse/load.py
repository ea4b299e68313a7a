"""One entity's rows on their way in: staged apart, then merged in a single transaction."""

# ruff: noqa: S608  (identifiers come from the catalogue, values are parameters)

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace as with_changes
from typing import Any

from partner_portal.autotask.catalog import Entity, Record
from partner_portal.warehouse import activities, bookkeeping, history
from partner_portal.warehouse.engine import BATCH, Engine, Session, Staging
from partner_portal.warehouse.store import Source, TooManyGone, WarehouseError
from partner_portal.warehouse.tables import ENTITY_TABLES, ORGANIZATION, Table


@dataclass(frozen=True)
class _Removal:
    """Which rows a commit removes: with `is_replacing` all that were not staged, else those of `ids`."""

    is_replacing: bool
    ids: list[int]
    most: int | None


@dataclass(frozen=True)
class _Staged:
    """What is in the staging table: how many rows, some perhaps twice, from how many batches."""

    rows: int = 0
    batches: int = 0

    def after(self, rows: int) -> _Staged:
        """What is there after another batch."""
        return _Staged(self.rows + rows, self.batches + 1)


AHEAD_FROM = 5_000
"""Rows from which a first load is worth a transaction that is open before the commit."""

MERGED_AT_ONCE = 100_000
"""Rows of one MERGE, so that its memory does not grow with the entity."""

WRITTEN_AT_ONCE = 40_000
"""Rows that wait before whoever appends has to write them; who can write beside does so earlier."""


class MirrorLoad:
    """A load under way. The staging table is made with the first rows, so that an idle delta costs none.

    Several threads may append; `commit` or `abandon` ends the load.
    """

    def __init__(self, engine: Engine, organization_id: int, entity: Entity[Any]) -> None:
        self._engine = engine
        self._organization_id = organization_id
        self._entity = entity
        self._table = ENTITY_TABLES[entity.path]
        self._staging: Staging | None = None
        self._batches = 0
        self._rows = 0
        self._staged = _Staged()
        self._brought = 0
        self._goes_ahead: bool | None = None
        self._waiting: list[Any] = []
        self._waiting_ids: set[int] = set()
        self._is_over = False
        self._adding = threading.Lock()
        self._one_at_a_time = threading.Lock()

    def append(self, records: Sequence[Record]) -> None:
        """Take one batch. Later rows win over earlier ones with the same id."""
        latest = _latest(records)
        page, ids = self._engine.packed(latest), {record.id for record in latest}
        while not self._add(page, ids):
            self.write()  # so that what is written together has each id once
        if len(self._waiting_ids) >= WRITTEN_AT_ONCE:
            self.write()

    def _add(self, page: Any, ids: set[int]) -> bool:
        """Let rows wait; False when one of them does so already."""
        with self._adding:
            self._must_be_open()
            if not self._waiting_ids.isdisjoint(ids):
                return False
            self._waiting.append(page)
            self._waiting_ids |= ids
            return True

    def write(self) -> None:
        """Bring the rows that wait into the staging table."""
        with self._one_at_a_time:
            self._must_be_open()
            self._write()
            self._bring_ahead()

    def _write(self) -> None:
        with self._adding:
            waiting, self._waiting = self._waiting, []
            ids, self._waiting_ids = self._waiting_ids, set()
        if not ids:
            return
        try:
            if self._staging is None:
                self._staging = self._engine.staging(self._entity)
            self._staging.append(waiting, self._batches)
            self._batches += 1
            self._rows += len(ids)
            self._staged = self._staged.after(len(ids))
        except BaseException:
            # They go on waiting, so that no commit can succeed without them.
            with self._adding:
                self._waiting, self._waiting_ids = waiting + self._waiting, ids | self._waiting_ids
            raise

    def commit(
        self, source: Source, *, replace: bool, most_removed: int | None = None, remove: Sequence[int] = ()
    ) -> int:
        """Make the rows and `source` visible in one transaction; return the rows now held."""
        with self._one_at_a_time:
            self._must_be_open()
            self._write()
            writer = self._staging or self._engine
            with writer.writing(self._organization_id) as session:
                held = self._settle(session, source, _Removal(replace, list(remove), most_removed))
            self._end()
            self._engine.wrote(self._table, self._rows)
            return held

    def abandon(self, problem: str) -> None:
        """Drop the rows and mark the entity incomplete with its reason; earlier data stays in place."""
        with self._one_at_a_time:
            self._must_be_open()
            self._end()
            with self._engine.writing(self._organization_id) as session:
                bookkeeping.mark_incomplete(session, self._organization_id, self._entity.path, problem)

    def _must_be_open(self) -> None:
        if self._is_over:
            raise WarehouseError(f"This load of {self._entity.path} is over. Begin another one.")

    def _end(self) -> None:
        with self._adding:
            self._is_over = True
            self._waiting, self._waiting_ids = [], set()
        if self._staging is not None:
            self._staging.close()

    def _settle(self, session: Session, source: Source, removal: _Removal) -> int:
        earlier = bookkeeping.read_sources(session, self._organization_id).get(self._entity.path)
        before = 0 if earlier is None else earlier.rows
        if self._goes_ahead and self._staging is not None:
            return self._settle_rest(session, source, earlier, self._staging)
        if before and self._staging is not None:
            self._staging.learn(session)
        touched = self._remove(session, source, removal) if before else 0
        if removal.most is not None and touched > removal.most:
            raise TooManyGone(touched, before)
        if self._staging is not None:
            touched += self._bring_in(session, source, self._staging, is_first=before == 0)
        held = self._count(session) if touched else before
        self._keep(session, source, earlier, held, is_changed=touched > 0)
        return held

    def _settle_rest(self, session: Session, source: Source, earlier: Source | None, staging: Staging) -> int:
        """Settle a load whose rows are in their place, but for the last ones."""
        if earlier is not None and earlier.rows:
            raise WarehouseError(f"Rows of {self._entity.path} came from elsewhere during this load. Sync again.")
        held = self._brought + self._bring(session, staging)
        activities.touch_all_of(session, self._organization_id, self._entity.path)
        self._keep(session, source, earlier, held, is_changed=True)
        return held

    def _keep(self, session: Session, source: Source, earlier: Source | None, held: int, *, is_changed: bool) -> None:
        bookkeeping.write_source(session, self._organization_id, with_changes(source, rows=held))
        if is_changed or _standing(earlier) != _standing(source):
            bookkeeping.move_version(session, self._organization_id)

    def _bring_ahead(self) -> None:
        """Bring rows of a first load to their place before the commit, which has the less to do then."""
        if self._goes_ahead is None and self._rows >= AHEAD_FROM:
            self._goes_ahead = self._holds_nothing()
        if not self._goes_ahead or self._staging is None:
            return
        with self._staging.ahead(self._organization_id) as session:
            brought = None if session is None else self._bring(session, self._staging)
        if brought is None:
            self._goes_ahead = False
        else:
            self._brought, self._staged = self._brought + brought, _Staged()

    def _holds_nothing(self) -> bool:
        """Whether there is nothing to compare with: no rows, and no history that must know the commit's version."""
        if history.is_followed(self._entity.path):
            return False
        with self._engine.reading(self._organization_id) as session:
            earlier = bookkeeping.read_sources(session, self._organization_id).get(self._entity.path)
        return earlier is None or not earlier.rows

    def _bring(self, session: Session, staging: Staging) -> int:
        """Bring the staged rows to their place, where rows of the same load may be; return how many are new."""
        latest, ours = self._latest(session, staging), {"organization": self._organization_id}
        new = session.change(f"{insert_statement(self._table, latest)} ON CONFLICT DO NOTHING", ours)
        if new < self._staged.rows:
            session.change(merge_statement(self._table, latest), ours)
        return new

    def _remove(self, session: Session, source: Source, removal: _Removal) -> int:
        gone, parameters = self._condition_of(removal)
        if gone is None:
            return 0
        history.record_departures(session, self._organization_id, self._entity.path, gone, parameters, source.as_of)
        activities.touch_departures(session, self._organization_id, self._entity.path, gone, parameters)
        return session.change(
            f"DELETE FROM {self._table.address} AS held WHERE held.{ORGANIZATION} = $organization AND {gone}",
            {"organization": self._organization_id, **parameters},
        )

    def _condition_of(self, removal: _Removal) -> tuple[str | None, dict[str, Any]]:
        """What is true of the held rows that go, and its parameters; None when none do."""
        if not removal.is_replacing:
            return ("held.id = ANY($ids)", {"ids": removal.ids}) if removal.ids else (None, {})
        if self._staging is None:
            return "TRUE", {}
        return f'NOT EXISTS (SELECT 1 FROM "{self._staging.name}" AS staged WHERE staged.id = held.id)', {}

    def _latest(self, session: Session, staging: Staging) -> str:
        """The staged rows, of each id the last that came, as a table expression."""
        staged = f'"{staging.name}"'
        if self._staged.batches <= 1 or not _has_duplicates(session, staging):
            return staged
        return f"(SELECT * FROM {staged} WHERE (id, {BATCH}) IN (SELECT id, max({BATCH}) FROM {staged} GROUP BY id))"

    def _bring_in(self, session: Session, source: Source, staging: Staging, *, is_first: bool) -> int:
        latest = self._latest(session, staging)
        history.record_arrivals(session, self._organization_id, self._entity.path, latest, source.as_of)
        ours = {"organization": self._organization_id}
        if is_first:  # there is nothing to compare with
            activities.touch_all_of(session, self._organization_id, self._entity.path)
            return session.change(insert_statement(self._table, latest), ours)
        slices = 1 + self._rows // MERGED_AT_ONCE
        return sum(self._merge(session, latest, Slice(number, slices)) for number in range(slices))

    def _merge(self, session: Session, latest: str, part: Slice) -> int:
        staged = f"(SELECT * FROM {latest} AS staged WHERE {part.condition('staged')})"
        activities.touch_arrivals(
            session, self._organization_id, self._entity.path, staged, held=part.condition("held")
        )
        return session.change(merge_statement(self._table, latest, part), {"organization": self._organization_id})

    def _count(self, session: Session) -> int:
        found = session.fetch(
            f"SELECT count(*) FROM {self._table.address} WHERE {ORGANIZATION} = $organization",
            {"organization": self._organization_id},
        )
        return int(found[0][0])


def _latest(records: Sequence[Record]) -> Sequence[Record]:
    latest = {record.id: record for record in records}
    return records if len(latest) == len(records) else list(latest.values())


def _has_duplicates(session: Session, staging: Staging) -> bool:
    return bool(session.fetch(f'SELECT count(*) > count(DISTINCT id) FROM "{staging.name}"')[0][0])


def _standing(source: Source | None) -> tuple[bool, str | None] | None:
    return None if source is None else (source.complete, source.problem)


def insert_statement(table: Table, latest: str) -> str:
    """The INSERT that brings the rows of `latest` into `table`, which holds none of the organization."""
    return (
        f"INSERT INTO {table.address} ({ORGANIZATION}, {table.column_list}) "
        f"SELECT $organization, {table.column_list} FROM {latest} AS fresh"
    )


@dataclass(frozen=True)
class Slice:
    """Every `of`-th id, beginning with `number`."""

    number: int
    of: int

    def condition(self, alias: str) -> str:
        """What is true of the rows of this slice."""
        return "TRUE" if self.of == 1 else f"{alias}.id % {self.of} = {self.number}"


WHOLE = Slice(0, 1)


def merge_statement(table: Table, latest: str, part: Slice = WHOLE) -> str:
    """The MERGE that brings the rows of `latest` into `table`: new ones added, differing ones changed, no others.

    Of both it looks at `part` only.
    """
    names = [f'"{column.name}"' for column in table.columns]
    others = [name for name in names if name != '"id"']
    return (
        f"MERGE INTO {table.address} AS held "
        f"USING (SELECT * FROM {latest} AS staged WHERE {part.condition('staged')}) AS fresh "
        f"ON held.{ORGANIZATION} = $organization AND {part.condition('held')} AND held.id = fresh.id "
        f"WHEN MATCHED AND ({_prefixed('held', others)}) IS DISTINCT FROM ({_prefixed('fresh', others)}) "
        f"THEN UPDATE SET {', '.join(f'{name} = fresh.{name}' for name in others)} "
        f"WHEN NOT MATCHED THEN INSERT ({ORGANIZATION}, {', '.join(names)}) "
        f"VALUES ($organization, {_prefixed('fresh', names)})"
    )


def _prefixed(alias: str, names: Sequence[str]) -> str:
    return ", ".join(f"{alias}.{name}" for name in names)
