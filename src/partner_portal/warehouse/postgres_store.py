"""The warehouse at scale: one PostgreSQL (15 or later) that any number of processes share."""

# ruff: noqa: S608  (identifiers come from the catalogue, values are parameters)

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from partner_portal.autotask.catalog import Entity
from partner_portal.warehouse.engine import BATCH, DEFECT, Parameters
from partner_portal.warehouse.payload import wire_columns
from partner_portal.warehouse.scoped_select import for_psycopg
from partner_portal.warehouse.store import WarehouseError
from partner_portal.warehouse.tables import ENTITY_TABLES

Connection = psycopg.Connection[tuple[Any, ...]]

_SESSION = "-c TimeZone=UTC -c search_path=pg_catalog"
_READER = f"{_SESSION} -c default_transaction_read_only=on -c default_transaction_isolation=repeatable\\ read"
_LOCK_SPACE = 0x4D49
"""The first half of our advisory lock keys, to keep clear of other users of the same database."""


class PostgresSession:
    """SQL over one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def fetch(self, sql: str, parameters: Parameters | None = None) -> list[tuple[Any, ...]]:
        """Run a SELECT and return its rows. Parameters are merged on this side: their types follow from context."""
        with _translated(), psycopg.ClientCursor(self._connection) as cursor:
            return cursor.execute(for_psycopg(sql).encode(), dict(parameters or {})).fetchall()

    def change(self, sql: str, parameters: Parameters | None = None) -> int:
        """Run any other statement and return how many rows it touched."""
        with _translated():
            # Not prepared: staging tables come and go under the same name.
            cursor = self._connection.execute(for_psycopg(sql).encode(), dict(parameters or {}), prepare=False)
            return max(0, cursor.rowcount)


class Pool:
    """Idle connections of one kind, kept for the next caller; more are opened as callers need them."""

    def __init__(self, address: str, options: str, *, kept: int = 4) -> None:
        self._address = address
        given = conninfo_to_dict(address).get("options")
        self._options = f"{given} {options}" if given else options
        self._kept = kept
        self._idle: list[Connection] = []
        self._guard = threading.Lock()
        self._is_closed = False

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """One connection for the caller alone, in autocommit. A broken one is not given out again."""
        connection = self.take()
        try:
            yield connection
        finally:
            self.give_back(connection)

    def take(self) -> Connection:
        """A live connection; the caller must give it back."""
        with self._guard:
            if self._is_closed:
                raise WarehouseError("The warehouse is closed. Open it again.")
            idle = self._idle.pop() if self._idle else None
        if idle is not None and _is_alive(idle):
            return idle
        with _translated():
            return psycopg.connect(self._address, autocommit=True, options=self._options)

    def give_back(self, connection: Connection) -> None:
        """Keep `connection` for the next caller, unless it is broken, in a transaction, or one too many."""
        is_idle = connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        with self._guard:
            if is_idle and not self._is_closed and len(self._idle) < self._kept:
                self._idle.append(connection)
                return
        connection.close()

    def close(self) -> None:
        """Close the idle connections; those in use are closed when given back."""
        with self._guard:
            self._is_closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()


class PostgresStaging:
    """A temporary table of one connection, which the load holds until it ends."""

    def __init__(self, pool: Pool, entity: Entity[Any]) -> None:
        self.name = f"staged_{entity.table}"
        columns = wire_columns(entity)
        shape = ", ".join(f'"{wire}" {column.type}' for wire, column in columns)
        picked = ", ".join(f'"{wire}"' for wire, _ in columns)
        self._taking_in = (
            f'INSERT INTO pg_temp."{self.name}" SELECT {picked}, $batch '
            f"FROM json_to_recordset($rows::json) AS arrived({shape})"
        )
        self._pool = pool
        self._connection: Connection | None = pool.take()
        # A load that nobody ends gives its connection up with itself.
        self._giving_up = weakref.finalize(self, self._connection.close)
        self._session = PostgresSession(self._connection)
        definitions = ENTITY_TABLES[entity.path].definitions
        self._session.change(f'CREATE TEMP TABLE "{self.name}" ({definitions}, {BATCH} BIGINT)')

    def append(self, lines: bytes, batch: int) -> None:
        """Take rows, one JSON object a line."""
        array = b"[" + lines.rstrip(b"\n").replace(b"\n", b",") + b"]"
        self._session.change(self._taking_in, {"rows": array.decode(), "batch": batch})

    @contextmanager
    def writing(self, organization_id: int, /) -> Iterator[PostgresSession]:
        """A write transaction that also sees the staged rows, with fresh statistics for its plan."""
        if self._connection is None:
            raise WarehouseError("This load is over. Begin another one.")
        self._session.change(f'ANALYZE pg_temp."{self.name}"')
        with _transaction(self._connection, organization_id) as session:
            yield session

    def close(self) -> None:
        """Drop the table and give the connection back."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        self._giving_up.detach()
        try:
            self._session.change(f'DROP TABLE pg_temp."{self.name}"')
        except WarehouseError:
            # The connection is gone and the table with it.
            connection.close()
        self._pool.give_back(connection)


class PostgresEngine:
    """One database, with a few connections kept for readers and a few for writers."""

    reads_beside = False
    """Who holds one connection and waits for another may wait for somebody who does the same."""

    def __init__(self, address: str) -> None:
        self._readers = Pool(address, _READER)
        self._writers = Pool(address, _SESSION)

    @contextmanager
    def reading(self) -> Iterator[PostgresSession]:
        """A read-only transaction in which every read sees the same state."""
        with self._readers.connection() as connection, _translated(), connection.transaction():
            yield PostgresSession(connection)

    @contextmanager
    def writing(self, organization_id: int, /) -> Iterator[PostgresSession]:
        """A write transaction. Those of one organization queue up, in whichever process they run."""
        with self._writers.connection() as connection, _transaction(connection, organization_id) as session:
            yield session

    def staging(self, entity: Entity[Any]) -> PostgresStaging:
        """A new, empty staging table for rows of `entity`."""
        return PostgresStaging(self._writers, entity)

    def copy_to(self, _target: Path, _at_instant: Callable[[], None], /) -> None:
        """Refuse: a server has tools of its own for that."""
        raise WarehouseError("The warehouse is in PostgreSQL: back it up with pg_dump, restore it with pg_restore.")

    def close(self) -> None:
        """Give every connection back."""
        self._readers.close()
        self._writers.close()


@contextmanager
def _transaction(connection: Connection, organization_id: int) -> Iterator[PostgresSession]:
    with _translated(), connection.transaction():
        session = PostgresSession(connection)
        session.fetch(
            "SELECT pg_advisory_xact_lock($space, $organization)",
            {"space": _LOCK_SPACE, "organization": organization_id % 2**31},
        )
        yield session


def _is_alive(connection: Connection) -> bool:
    """Ask the server; it may have been restarted since the connection was last used."""
    try:
        connection.execute("")
    except psycopg.Error:
        connection.close()
        return False
    return True


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        is_passing = isinstance(error, psycopg.OperationalError)
        remedy = "Check that the server of DATABASE_URL runs and has room." if is_passing else DEFECT
        raise WarehouseError(f"The PostgreSQL warehouse answered: {reason}. {remedy}") from error
