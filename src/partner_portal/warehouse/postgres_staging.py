"""Where the rows of a load into PostgreSQL wait: a temporary table, filled by COPY."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
import psycopg

from partner_portal.autotask.catalog import Entity, Record
from partner_portal.warehouse.engine import BATCH, DEFECT, Session
from partner_portal.warehouse.payload import storable
from partner_portal.warehouse.postgres_connections import Connection, Lanes, translated
from partner_portal.warehouse.postgres_session import PostgresSession, load_alone, transaction, try_to_load_alone
from partner_portal.warehouse.store import WarehouseError
from partner_portal.warehouse.tables import ENTITY_TABLES

_COPIED_AS = {
    "BIGINT": "int8",
    "VARCHAR": "varchar",
    "BOOLEAN": "bool",
    "DECIMAL(18,2)": "numeric",
    "TIMESTAMP": "timestamptz",
}
"""The types of values on their way, by column type. An instant with its zone arrives as what it is in UTC."""


class PostgresStaging:
    """A temporary table in a lane, which the load holds until it ends."""

    def __init__(self, lanes: Lanes, entity: Entity[Any]) -> None:
        table = ENTITY_TABLES[entity.path]
        self._types = [*(_COPIED_AS[column.type] for column in table.columns), "int8"]
        self._lanes = lanes
        self._lane, self.name = lanes.take(f"staged_{entity.table}")
        self._entity_path = entity.path
        self._is_begun = False
        self._forsaking = weakref.finalize(self, self._lane.forsaken.append, self.name)
        with self._connection() as connection:
            connection.execute(f'CREATE TEMP TABLE "{self.name}" ({table.definitions}, {BATCH} BIGINT)'.encode())

    def append(self, pages: Sequence[Sequence[Record]], batch: int) -> None:
        """Take rows. They go in as binary: a server reads it seven times as fast as JSON."""
        try:
            with self._connection() as connection, self._lanes.encoding:
                try:
                    self._copy(connection, pages, batch, msgspec.structs.astuple)
                except (TypeError, UnicodeEncodeError, psycopg.DataError):
                    self._copy(connection, pages, batch, _storable_values)
        except OverflowError as error:
            raise WarehouseError(f"The PostgreSQL warehouse has no room for a number: {error}. {DEFECT}") from error

    def _copy(
        self,
        connection: Connection,
        pages: Sequence[Sequence[Record]],
        batch: int,
        values: Callable[[Record], tuple[Any, ...]],
    ) -> None:
        with (
            connection.transaction(),
            connection.cursor() as cursor,
            cursor.copy(f'COPY pg_temp."{self.name}" FROM STDIN (FORMAT BINARY)'.encode()) as copying,
        ):
            copying.set_types(self._types)
            for page in pages:
                for record in page:
                    copying.write_row((*values(record), batch))

    @contextmanager
    def ahead(self, organization_id: int, /) -> Iterator[PostgresSession | None]:
        """A step in a transaction that stays open until `writing` has committed it.

        None where too many connections are held by such already, or where another load of the entity has one.
        """
        with self._connection() as connection:
            if not self._is_begun and not self._begin(connection, organization_id):
                yield None
                return
            with connection.transaction():
                yield PostgresSession(connection)
                connection.execute(f'TRUNCATE pg_temp."{self.name}"'.encode())

    def _begin(self, connection: Connection, organization_id: int) -> bool:
        if not self._lanes.keep_apart(self._lane):
            return False
        connection.execute("BEGIN")
        self._is_begun = try_to_load_alone(connection, organization_id, self._entity_path)
        if not self._is_begun:
            connection.execute("ROLLBACK")
        return self._is_begun

    @contextmanager
    def writing(self, organization_id: int, /) -> Iterator[PostgresSession]:
        """A write transaction that also sees the staged rows; the one that was begun `ahead`, where there is one."""
        with self._connection() as connection:
            with connection.transaction():
                if not self._is_begun:
                    load_alone(connection, organization_id, self._entity_path)
                with transaction(connection, organization_id) as session:
                    yield session
            if self._is_begun:
                self._commit(connection)

    def _commit(self, connection: Connection) -> None:
        try:
            connection.execute("COMMIT")
        except psycopg.Error:
            connection.close()  # what was done ahead is lost: nothing more can come of this load
            raise
        self._is_begun = False

    def learn(self, session: Session, /) -> None:
        """Count the staged rows: the server knows nothing of a temporary table otherwise."""
        session.change(f'ANALYZE pg_temp."{self.name}"')

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        if not self._forsaking.alive:
            raise WarehouseError("This load is over. Begin another one.")
        with self._lane.turn, translated():
            yield self._lane.connection

    def close(self) -> None:
        """Drop the table and give the connection back."""
        if self._forsaking.detach():
            self._lanes.give_back(self._lane, self.name)


def _storable_values(record: Record) -> tuple[Any, ...]:
    """The values of a record that the driver or the server refused as they were: few have to be looked at like this."""
    return tuple(map(_storable, msgspec.structs.astuple(record)))


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, datetime) and value.tzinfo is None:  # those of Autotask have their zone
        return value.replace(tzinfo=UTC)
    return value
