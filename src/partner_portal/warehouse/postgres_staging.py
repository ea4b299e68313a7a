"""Where the rows of a load into PostgreSQL wait: a temporary table, filled by COPY."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec

from partner_portal.autotask.catalog import Entity, Record
from partner_portal.warehouse.engine import BATCH, DEFECT
from partner_portal.warehouse.postgres_connections import Connection, Lanes, translated
from partner_portal.warehouse.postgres_session import PostgresSession, transaction
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
        self._decoder: msgspec.json.Decoder[Record] = msgspec.json.Decoder(entity.record)
        self._types = [*(_COPIED_AS[column.type] for column in table.columns), "int8"]
        self._lanes = lanes
        self._lane, self.name = lanes.take(f"staged_{entity.table}")
        self._forsaking = weakref.finalize(self, self._lane.forsaken.append, self.name)
        with self._connection() as connection:
            connection.execute(f'CREATE TEMP TABLE "{self.name}" ({table.definitions}, {BATCH} BIGINT)'.encode())

    def append(self, lines: bytes, batch: int) -> None:
        """Take rows, one JSON object a line. They go in as binary: a server reads it seven times as fast as JSON."""
        rows = [msgspec.structs.astuple(record) for record in self._decoder.decode_lines(lines)]
        try:
            self._copy(rows, batch)
        except OverflowError as error:
            raise WarehouseError(f"The PostgreSQL warehouse has no room for a number: {error}. {DEFECT}") from error
        except TypeError:  # of an instant without zone; those of Autotask have theirs
            self._copy([tuple(map(_with_zone, row)) for row in rows], batch)

    def _copy(self, rows: Sequence[tuple[Any, ...]], batch: int) -> None:
        with (
            self._connection() as connection,
            connection.cursor() as cursor,
            cursor.copy(f'COPY pg_temp."{self.name}" FROM STDIN (FORMAT BINARY)'.encode()) as copying,
        ):
            copying.set_types(self._types)
            for row in rows:
                copying.write_row((*row, batch))

    @contextmanager
    def writing(self, organization_id: int, /) -> Iterator[PostgresSession]:
        """A write transaction that also sees the staged rows, with fresh statistics for its plan."""
        with self._connection() as connection:
            connection.execute(f'ANALYZE pg_temp."{self.name}"'.encode())
            with transaction(connection, organization_id) as session:
                yield session

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


def _with_zone(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value
