"""The report document on PostgreSQL: one large organization's, among many other organizations' rows.

`BENCH_DATABASE_URL` names the empty database to fill, or one that was filled before; without it one is filled on a
server of our own with more memory than a server comes with.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg

from benchmarks.database import own_postgres
from benchmarks.report import ACTIVITIES, filled_store, print_periods
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.warehouse.opening import open_warehouse
from partner_portal.warehouse.tables import ORGANIZATION, TABLES

COPIES = 20
"""How often the rows of the measured organization are repeated for others."""
PER_COPY = 5
"""Organizations that one copy is divided among."""
SETTINGS = {
    "shared_buffers": "2GB",
    "effective_cache_size": "8GB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "8GB",
    "random_page_cost": "1.1",
}


def run(scale: float = 1.0) -> None:
    """The document over 1,000,000 activities in PostgreSQL, among 20,000,000 of a hundred other organizations."""
    with _database() as address:
        if not _is_filled(address):
            _fill(address, round(ACTIVITIES * scale))
        with _unwalled(address) as connection:
            print("  " + _held(connection))
        warehouse = open_warehouse(address)
        print_periods(warehouse.organization(OrganizationScope(1)), datetime.now(UTC))
        warehouse.close()


@contextmanager
def _database() -> Iterator[str]:
    given = os.environ.get("BENCH_DATABASE_URL")
    if given:
        yield given
        return
    with own_postgres() as database:
        with psycopg.connect(database.server.get_uri(), autocommit=True) as connection:
            for name, value in SETTINGS.items():
                connection.execute(f"ALTER SYSTEM SET {name} = '{value}'".encode())
        database.restart()
        yield database.url


@contextmanager
def _unwalled(address: str) -> Iterator[psycopg.Connection]:
    """A connection of the tables' owner that reaches every organization's rows meanwhile."""
    with psycopg.connect(address, autocommit=True) as connection:
        for force in ("NO FORCE", "FORCE"):
            for table in TABLES:
                connection.execute(f"ALTER TABLE {table.address} {force} ROW LEVEL SECURITY".encode())
            if force == "NO FORCE":
                yield connection


def _is_filled(address: str) -> bool:
    with psycopg.connect(address) as connection:
        return connection.execute("SELECT to_regclass('mirror.activities')").fetchone() != (None,)


def _fill(address: str, activities: int) -> None:
    began = time.perf_counter()
    asyncio.run(filled_store(address, activities))
    with _unwalled(address) as connection:
        connection.execute("SET synchronous_commit = off")
        for copy in range(COPIES):
            for table in TABLES:
                columns = table.column_list
                number = f"{2 + copy * PER_COPY} + {_spread(table.key)}"
                connection.execute(
                    f"INSERT INTO {table.address} ({ORGANIZATION}, {columns}) SELECT {number}, {columns} "
                    f"FROM {table.address} WHERE {ORGANIZATION} = 1".encode()
                )
        connection.execute("VACUUM ANALYZE")
    print(f"  filled in {time.perf_counter() - began:,.0f} s")


def _spread(key: tuple[str, ...]) -> str:
    """Which of a copy's organizations a row goes to: those of entities by id, the bookkeeping to the first."""
    number = next((name for name in key if name in ("id", "opportunity_id")), None)
    return "0" if number is None else f"{number} % {PER_COPY}"


def _held(connection: psycopg.Connection) -> str:
    found = connection.execute(
        f"SELECT count(*) FILTER (WHERE {ORGANIZATION} = 1), count(*) FILTER (WHERE {ORGANIZATION} <> 1), "
        f"count(DISTINCT {ORGANIZATION}), current_setting('server_version'), "
        "pg_size_pretty(pg_database_size(current_database())) FROM mirror.activities"
    ).fetchone()
    ours, others, organizations, version, size = found or (0, 0, 0, "", "")
    return (
        f"{ours:,} activities of one organization, {others:,} of {organizations - 1} others; "
        f"PostgreSQL {version}, database of {size}"
    )
