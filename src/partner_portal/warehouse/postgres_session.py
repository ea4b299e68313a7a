"""SQL over one connection to PostgreSQL, in a transaction of one organization."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from partner_portal.warehouse.engine import Parameters
from partner_portal.warehouse.postgres_connections import Connection, translated
from partner_portal.warehouse.postgres_walls import ORGANIZATION_SETTING
from partner_portal.warehouse.scoped_select import for_psycopg
from partner_portal.warehouse.store import WarehouseError

_LOCK_SPACE = 0x4D49
"""The first half of our advisory lock keys, to keep clear of other users of the same database."""

LONGEST_IDLE = "10min"
"""How long a transaction of a load may wait for rows, in case whoever began it forgot to end it."""

OTHERS_LOAD_MILLISECONDS = 15_000
"""How long a commit waits for another load of the same entity; the next refresh tries again."""


class PostgresSession:
    """SQL over one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def fetch(self, sql: str, parameters: Parameters | None = None) -> list[tuple[Any, ...]]:
        """Run a SELECT and return its rows. Parameters are merged on this side: their types follow from context."""
        with translated(), psycopg.ClientCursor(self._connection) as cursor:
            return cursor.execute(for_psycopg(sql).encode(), dict(parameters or {})).fetchall()

    def change(self, sql: str, parameters: Parameters | None = None) -> int:
        """Run any other statement and return how many rows it touched."""
        with translated():
            # Not prepared: staging tables come and go under the same name.
            cursor = self._connection.execute(for_psycopg(sql).encode(), dict(parameters or {}), prepare=False)
            return max(0, cursor.rowcount)


@contextmanager
def snapshot(connection: Connection, organization_id: int) -> Iterator[PostgresSession]:
    """A transaction in which the organization's rows are seen, for a connection that only reads."""
    with connection.transaction():
        connection.execute(f"SET LOCAL {ORGANIZATION_SETTING} = '{organization_id:d}'".encode())
        yield PostgresSession(connection)


@contextmanager
def transaction(connection: Connection, organization_id: int) -> Iterator[PostgresSession]:
    """A write transaction on the organization's rows. Those of one organization queue up, in whichever process."""
    with connection.transaction():
        session = PostgresSession(connection)
        session.fetch(
            f"SELECT set_config('{ORGANIZATION_SETTING}', CAST($organization AS TEXT), TRUE), "
            "pg_advisory_xact_lock($space, $key)",
            {"organization": organization_id, "space": _LOCK_SPACE, "key": organization_id % 2**31},
        )
        yield session


def try_to_load_alone(connection: Connection, organization_id: int, entity_path: str) -> bool:
    """Let the transaction under way see the organization's rows, and alone change those of the entity.

    False where another does so. For a transaction that writes long before its commit: one that came second would wait
    for the first one's keys, perhaps while the first waits for its turn to commit.
    """
    key = _entity_lock(organization_id, entity_path)
    found = connection.execute(
        f"SELECT pg_try_advisory_xact_lock({key}), set_config('{ORGANIZATION_SETTING}', '{organization_id:d}', TRUE), "
        f"set_config('idle_in_transaction_session_timeout', '{LONGEST_IDLE}', TRUE)".encode()
    ).fetchall()
    return bool(found[0][0])


def load_alone(connection: Connection, organization_id: int, entity_path: str) -> None:
    """As `try_to_load_alone`, but wait for the other; raises `WarehouseError` where that takes long."""
    try:
        connection.execute(
            f"SET LOCAL lock_timeout = {OTHERS_LOAD_MILLISECONDS}; "
            f"SELECT pg_advisory_xact_lock({_entity_lock(organization_id, entity_path)}); "
            "SET LOCAL lock_timeout TO DEFAULT".encode()
        )
    except psycopg.errors.LockNotAvailable as error:
        raise WarehouseError(f"Another load of {entity_path} is under way. Try again when it has ended.") from error


def _entity_lock(organization_id: int, entity_path: str) -> int:
    """The key of an advisory lock; should two share one, a load waits that need not."""
    return _LOCK_SPACE << 32 | zlib.crc32(f"{organization_id}/{entity_path}".encode())
