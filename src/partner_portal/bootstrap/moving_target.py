"""The PostgreSQL that an installation moves to: whether it may, and how far it has come.

What was carried is noted in a schema of the target's own, in the transactions that carry it: whoever comes after a
process that was killed finds what is there and goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from partner_portal.lib.redaction import redacted
from partner_portal.settings.database import database
from partner_portal.usecases.errors import UseCaseError

if TYPE_CHECKING:
    from partner_portal.warehouse.carrying import Content

TARGET = "moving_target"
OLDEST_SERVER = 15
_LOCK = 0x4D4F5645

_TABLES = """
    CREATE SCHEMA IF NOT EXISTS moving;
    CREATE TABLE IF NOT EXISTS moving.installation (
        identity TEXT NOT NULL, begun_at TIMESTAMPTZ NOT NULL, done_at TIMESTAMPTZ
    );
    CREATE TABLE IF NOT EXISTS moving.tables (
        name TEXT PRIMARY KEY, rows BIGINT NOT NULL, checksum TEXT NOT NULL, place BIGINT NOT NULL
    );
"""
_FOREIGN_TABLES = """
    SELECT format('%I.%I', spaces.nspname, classes.relname)
    FROM pg_class AS classes JOIN pg_namespace AS spaces ON spaces.oid = classes.relnamespace
    WHERE classes.relkind IN ('r', 'p', 'v', 'm', 'S') AND spaces.nspname NOT IN ('information_schema', 'moving')
      AND spaces.nspname NOT LIKE 'pg\\_%'
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = classes.oid AND deptype = 'e')
    ORDER BY 1 LIMIT 1
"""


class MoveRefused(UseCaseError):
    """A move that cannot be made, or not to this target. The message is one line and names the remedy."""


@dataclass(frozen=True)
class Carried:
    """A table that holds the same on both sides: its name, and how many rows."""

    name: str
    rows: int


@contextmanager
def reached(address: str) -> Iterator[Target]:
    """The database at `address`, for this move alone. Raises MoveRefused where it cannot be reached or used."""
    connections.databases.update(
        connections.configure_settings(
            {DEFAULT_DB_ALIAS: connections.databases[DEFAULT_DB_ALIAS], TARGET: database(address, Path())}
        )
    )
    connection = connections[TARGET]
    try:
        _check_server(connection)
        yield Target(connection)
    finally:
        connection.close()
        del connections[TARGET]
        del connections.databases[TARGET]


def _check_server(connection: BaseDatabaseWrapper) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            version = int(cursor.fetchone()[0]) // 10_000
            cursor.execute("SHOW server_encoding")
            encoding = cursor.fetchone()[0]
            cursor.execute("SET DateStyle TO ISO")
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
            is_alone = cursor.fetchone()[0]
    except (DatabaseError, ImproperlyConfigured) as error:
        raise MoveRefused(
            f"The target cannot be reached: {reason_of(error)}. Check the address, and that the server runs."
        ) from None
    if version < OLDEST_SERVER:
        raise MoveRefused(f"The target is PostgreSQL {version}. Take {OLDEST_SERVER} or later.")
    if encoding != "UTF8":
        raise MoveRefused(f"The target's texts are in {encoding}. Create it with ENCODING 'UTF8'.")
    if not is_alone:
        raise MoveRefused("Another move to this target is under way. Wait until it has ended.")


class Target:
    """The database that is filled, over one connection."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection

    def begin(self, identity: str, now: datetime) -> datetime | None:
        """Take the target for the installation `identity`; tell when its move was done, None where it was not.

        Raises MoveRefused where the target holds anything else.
        """
        if not self._all("SELECT 1 WHERE to_regclass('moving.installation') IS NOT NULL"):
            if found := self._all(_FOREIGN_TABLES):
                raise MoveRefused(f"The target is not empty: it holds {found[0][0]}. Name an empty database.")
            with self.cursor() as cursor:
                cursor.execute(_TABLES)
                cursor.execute("INSERT INTO moving.installation VALUES (%s, %s, NULL)", [identity, now])
        held = self._all("SELECT identity, done_at FROM moving.installation")
        if [found for found, _ in held] != [identity]:
            raise MoveRefused("The target holds another installation, or a part of one. Name an empty database.")
        done_at: datetime | None = held[0][1]
        return done_at

    def place(self, name: str, content: Content) -> int | None:
        """How far the table `name` was carried that held `content`; None where that was not begun."""
        found = self._all(
            "SELECT place FROM moving.tables WHERE name = %s AND rows = %s AND checksum = %s",
            [name, content.rows, content.checksum],
        )
        return int(found[0][0]) if found else None

    def note(self, name: str, content: Content, place: int) -> None:
        """Note in the transaction under way that of table `name`, which holds `content`, all before `place` came."""
        with self.connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO moving.tables VALUES (%s, %s, %s, %s) ON CONFLICT (name) DO UPDATE "
                "SET rows = EXCLUDED.rows, checksum = EXCLUDED.checksum, place = EXCLUDED.place",
                [name, content.rows, content.checksum, place],
            )

    def carried(self) -> list[Carried]:
        """Every table that was noted, by name."""
        return [Carried(*row) for row in self._all("SELECT name, rows FROM moving.tables ORDER BY name")]

    def end(self, now: datetime) -> None:
        """Note in the transaction under way that all is done."""
        with self.connection.cursor() as cursor:
            cursor.execute("UPDATE moving.installation SET done_at = %s", [now])

    @contextmanager
    def cursor(self) -> Iterator[psycopg.Cursor[Any]]:
        """A transaction of the driver's own cursor, which knows COPY."""
        from django.db import transaction

        with transaction.atomic(using=TARGET), self.connection.cursor() as cursor:
            yield cursor.cursor

    @contextmanager
    def as_default(self) -> Iterator[None]:
        """Let whatever asks Django for its database get this one."""
        usual = connections[DEFAULT_DB_ALIAS]
        connections[DEFAULT_DB_ALIAS] = self.connection
        try:
            yield
        finally:
            connections[DEFAULT_DB_ALIAS] = usual

    def _all(self, sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
        with self.connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found


def is_half_moved(connection: BaseDatabaseWrapper) -> bool:
    """Whether the database is being filled by a move, or by one that was cut off."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('moving.installation') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return False
        cursor.execute("SELECT 1 FROM moving.installation WHERE done_at IS NULL")
        return cursor.fetchone() is not None


def reason_of(error: Exception) -> str:
    """What the database says of an error: the first line, without secrets, without a full stop."""
    lines = redacted(str(error)).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
