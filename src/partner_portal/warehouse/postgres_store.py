"""The warehouse at scale: one PostgreSQL (15 or later) that any number of processes share."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from partner_portal.autotask.catalog import Entity, Record
from partner_portal.warehouse.migration import NOBODY, migrate
from partner_portal.warehouse.postgres_connections import Connections, spare, taken
from partner_portal.warehouse.postgres_indexes import add_indexes
from partner_portal.warehouse.postgres_session import PostgresSession, snapshot, transaction
from partner_portal.warehouse.postgres_staging import PostgresStaging
from partner_portal.warehouse.postgres_walls import passes_walls
from partner_portal.warehouse.store import WarehouseError
from partner_portal.warehouse.tables import ORGANIZATION, Table

log = logging.getLogger(__name__)

LEARNED_FROM = 1_000
"""Fewer rows than these make no difference to any plan."""


class PostgresEngine:
    """One database, with a few connections for readers, for writers and for loads."""

    def __init__(self, address: str) -> None:
        self._connections = Connections(address)
        self._written: Counter[Table] = Counter()
        self._noting = threading.Lock()

    @contextmanager
    def reading(self, organization_id: int, /) -> Iterator[PostgresSession]:
        """A read-only transaction in which every read sees the same state."""
        with taken(self._connections.readers) as connection, snapshot(connection, organization_id) as session:
            yield session

    @contextmanager
    def reading_beside(self, organization_id: int, /) -> Iterator[PostgresSession | None]:
        """A second reading, where a connection is idle: who holds one and waits for another may wait for ever."""
        with spare(self._connections.readers) as connection:
            if connection is None:
                yield None
                return
            with snapshot(connection, organization_id) as session:
                yield session

    @contextmanager
    def writing(self, organization_id: int, /) -> Iterator[PostgresSession]:
        """A write transaction. Those of one organization queue up, in whichever process they run."""
        with taken(self._connections.writers) as connection, transaction(connection, organization_id) as session:
            yield session

    def migrate(self) -> None:
        """Bring the tables up to date, with their indexes, and say so where the role of the address is too mighty."""
        self._connections.check()
        with self.writing(NOBODY) as session:
            migrate(session, on_server=True)
            if passes_walls(session):
                log.warning("DATABASE_URL names a role that row-level security does not hold. Name a plain one.")
        with taken(self._connections.writers) as connection:
            add_indexes(connection)

    def packed(self, records: Sequence[Record], /) -> Sequence[Record]:
        """The records themselves: their values go in one by one."""
        return records

    def staging(self, entity: Entity[Any]) -> PostgresStaging:
        """A new, empty staging table for rows of `entity`."""
        return PostgresStaging(self._connections.lanes, entity)

    def wrote(self, table: Table, rows: int, /) -> None:
        """Note it where it makes a difference to a plan."""
        if rows >= LEARNED_FROM:
            with self._noting:
                self._written[table] += rows

    def learn(self) -> None:
        """Count tables anew that grew by a tenth: the server's own housekeeping may come a minute later."""
        with self._noting:
            written, self._written = self._written, Counter()
        for table, rows in written.items():
            with taken(self._connections.writers) as connection:
                found = connection.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table.address])
                if rows * 10 > max(0, found.fetchall()[0][0]):
                    connection.execute(_counting(table).encode())

    def copy_to(self, _target: Path, _at_instant: Callable[[], None], /) -> None:
        """Refuse: a server has tools of its own for that."""
        raise WarehouseError("The warehouse is in PostgreSQL: back it up with pg_dump, restore it with pg_restore.")

    def changes(self) -> int:
        """Nothing: other processes write, too."""
        return 0

    def close(self) -> None:
        """Give every connection back."""
        self._connections.close()


def _counting(table: Table) -> str:
    """The ANALYZE of `table`, without the text that is in no key: it takes half of the time, and no plan needs it."""
    told = (column.name for column in table.columns if column.type != "VARCHAR" or column.name in table.key)
    counted = [ORGANIZATION, *(f'"{name}"' for name in told)]
    return f"ANALYZE {table.address} ({', '.join(counted)})"
