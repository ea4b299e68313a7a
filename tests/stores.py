"""The stores under the tests: in memory, or with PORTAL_TEST_STORE=postgresql a real PostgreSQL.

There each worker has a database of its own for Django's tables and the warehouse. Nothing is emptied between tests:
organizations never get an id twice, as PostgreSQL does not take numbers of a sequence back.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ON_POSTGRES = os.environ.get("PORTAL_TEST_STORE") == "postgresql"
EMBEDDED = "embedded"
"""The mark of tests that are about the embedded stores themselves."""


def leave_out_embedded(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what is about the embedded stores where the tests run on PostgreSQL."""
    if ON_POSTGRES:
        left_out = [item for item in items if item.get_closest_marker(EMBEDDED)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool) -> bool:
    """Whether Django finds its test database there: PostgreSQL's is made and dropped by the server's own fixture."""
    return ON_POSTGRES or django_db_keepdb


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest) -> None:
    """Let Django use the PostgreSQL where the tests are to run on it."""
    if ON_POSTGRES:
        _let_django_use(request.getfixturevalue("postgres_url"))
    else:
        request.getfixturevalue("django_db_modify_db_settings_parallel_suffix")


def _let_django_use(address: str) -> None:
    from django.db import DEFAULT_DB_ALIAS, connections

    from partner_portal.settings.database import database

    made = database(address, Path())
    made["TEST"] = {"NAME": made["NAME"]}
    connections.databases.update(connections.configure_settings({DEFAULT_DB_ALIAS: made}))
    connections[DEFAULT_DB_ALIAS].close()
    del connections[DEFAULT_DB_ALIAS]


@pytest.fixture(scope="session")
def shared_warehouse(django_db_setup, request: pytest.FixtureRequest) -> Iterator:
    """One warehouse for tests that write nothing to it, or to organizations of their own only."""
    from partner_portal.warehouse.opening import open_warehouse

    warehouse = open_warehouse(request.getfixturevalue("postgres_url") if ON_POSTGRES else ":memory:")
    yield warehouse
    warehouse.close()


class Lent:
    """A warehouse that others use afterwards: closed, it is so for its borrower only."""

    def __init__(self, warehouse: Any) -> None:
        self._warehouse = warehouse
        self._is_closed = False

    def __getattr__(self, name: str) -> Any:
        from partner_portal.warehouse.store import WarehouseError

        if self._is_closed:
            raise WarehouseError("The warehouse is closed. Open it again.")
        return getattr(self._warehouse, name)

    def close(self) -> None:
        self._is_closed = True


@pytest.fixture
def empty_warehouse(request: pytest.FixtureRequest) -> Iterator:
    """A warehouse that holds nothing of the organizations of this test."""
    from partner_portal.warehouse.opening import open_warehouse

    if ON_POSTGRES:
        yield Lent(request.getfixturevalue("shared_warehouse"))
        return
    warehouse = open_warehouse(":memory:")
    yield warehouse
    warehouse.close()


def database_bytes() -> bytes:
    """Everything in Django's database, as it would lie in a file: SQLite's file, or every row of PostgreSQL."""
    from django.db import connection

    connection.ensure_connection()
    if connection.vendor == "sqlite":
        return connection.connection.serialize()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL bytea_output = 'escape'")
        tables = connection.introspection.table_names(cursor)
        cursor.execute(" UNION ALL ".join(f'SELECT CAST(held AS text) FROM "{table}" AS held' for table in tables))
        return "\n".join(line for (line,) in cursor.fetchall()).encode()


def plan_of(query: str) -> str:
    """How the database would answer `query` if its tables were large."""
    from django.db import connection

    with connection.cursor() as cursor:
        if ON_POSTGRES:
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {'' if ON_POSTGRES else 'QUERY PLAN '}{query}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())
