"""SQL over one connection to PostgreSQL, in a transaction of one organization."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from partner_portal.warehouse.engine import Parameters
from partner_portal.warehouse.postgres_connections import Connection, translated
from partner_portal.warehouse.postgres_walls import ORGANIZATION_SETTING
from partner_portal.warehouse.scoped_select import for_psycopg

_LOCK_SPACE = 0x4D49
"""The first half of our advisory lock keys, to keep clear of other users of the same database."""


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
