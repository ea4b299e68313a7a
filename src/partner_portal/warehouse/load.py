"""One entity's rows on their way in: staged apart, then merged in a single transaction."""

# ruff: noqa: S608  (identifiers come from the catalogue, values are parameters)

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace as with_changes
from typing import Any

from partner_portal.autotask.catalog import Entity, Record
from partner_portal.warehouse import bookkeeping
from partner_portal.warehouse.engine import BATCH, Engine, Session, Staging
from partner_portal.warehouse.payload import batch_payload
from partner_portal.warehouse.store import Source, WarehouseError
from partner_portal.warehouse.tables import ENTITY_TABLES, ORGANIZATION, Table


class MirrorLoad:
    """A load under way. The staging table is made with the first row, so that an idle delta costs none.

    Several threads may append; `commit` or `abandon` ends the load.
    """

    def __init__(self, engine: Engine, organization_id: int, entity: Entity[Any]) -> None:
        self._engine = engine
        self._organization_id = organization_id
        self._entity = entity
        self._table = ENTITY_TABLES[entity.path]
        self._staging: Staging | None = None
        self._batches = 0
        self._is_over = False
        self._one_at_a_time = threading.Lock()

    def append(self, records: Sequence[Record]) -> None:
        """Take one batch. Later rows win over earlier ones with the same id."""
        with self._one_at_a_time:
            self._must_be_open()
            if not records:
                return
            if self._staging is None:
                self._staging = self._engine.staging(self._entity)
            self._staging.append(batch_payload(records))
            self._batches += 1

    def commit(self, source: Source, *, replace: bool) -> int:
        """Make the rows and `source` visible in one transaction; return the rows now held."""
        with self._one_at_a_time:
            self._must_be_open()
            writer = self._staging or self._engine
            with writer.writing(self._organization_id) as session:
                held = self._settle(session, source, replace=replace)
            self._end()
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
        self._is_over = True
        if self._staging is not None:
            self._staging.close()

    def _settle(self, session: Session, source: Source, *, replace: bool) -> int:
        earlier = bookkeeping.read_sources(session, self._organization_id).get(self._entity.path)
        before = 0 if earlier is None else earlier.rows
        touched = self._remove_unstaged(session) if replace and before else 0
        if self._staging is not None:
            touched += self._bring_in(session, self._staging, is_first=before == 0)
        held = self._count(session) if touched else before
        bookkeeping.write_source(session, self._organization_id, with_changes(source, rows=held))
        if touched or _standing(earlier) != _standing(source):
            bookkeeping.move_version(session, self._organization_id)
        return held

    def _remove_unstaged(self, session: Session) -> int:
        unstaged = ""
        if self._staging is not None:
            unstaged = f' AND NOT EXISTS (SELECT 1 FROM "{self._staging.name}" AS staged WHERE staged.id = held.id)'
        return session.change(
            f"DELETE FROM {self._table.address} AS held WHERE {ORGANIZATION} = $organization{unstaged}",
            {"organization": self._organization_id},
        )

    def _bring_in(self, session: Session, staging: Staging, *, is_first: bool) -> int:
        latest = f'"{staging.name}"'
        if self._batches > 1 and _has_duplicates(session, staging):
            latest = (
                f"(SELECT * FROM {latest} WHERE (id, {BATCH}) IN (SELECT id, max({BATCH}) FROM {latest} GROUP BY id))"
            )
        # Where nothing is held there is nothing to compare with.
        statement = insert_statement if is_first else merge_statement
        return session.change(statement(self._table, latest), {"organization": self._organization_id})

    def _count(self, session: Session) -> int:
        found = session.fetch(
            f"SELECT count(*) FROM {self._table.address} WHERE {ORGANIZATION} = $organization",
            {"organization": self._organization_id},
        )
        return int(found[0][0])


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


def merge_statement(table: Table, latest: str) -> str:
    """The MERGE that brings the rows of `latest` into `table`: new ones added, differing ones changed, no others."""
    names = [f'"{column.name}"' for column in table.columns]
    others = [name for name in names if name != '"id"']
    return (
        f"MERGE INTO {table.address} AS held USING {latest} AS fresh "
        f"ON held.{ORGANIZATION} = $organization AND held.id = fresh.id "
        f"WHEN MATCHED AND ({_prefixed('held', others)}) IS DISTINCT FROM ({_prefixed('fresh', others)}) "
        f"THEN UPDATE SET {', '.join(f'{name} = fresh.{name}' for name in others)} "
        f"WHEN NOT MATCHED THEN INSERT ({ORGANIZATION}, {', '.join(names)}) "
        f"VALUES ($organization, {_prefixed('fresh', names)})"
    )


def _prefixed(alias: str, names: Sequence[str]) -> str:
    return ", ".join(f"{alias}.{name}" for name in names)
