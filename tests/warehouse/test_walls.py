"""Row-level security: what a statement without any condition of its own can see and write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from partner_portal.autotask.catalog import COMPANY_NOTES
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.warehouse.opening import open_warehouse
from partner_portal.warehouse.postgres_store import PostgresEngine
from partner_portal.warehouse.store import WarehouseError
from partner_portal.warehouse.tables import ORGANIZATION, SCHEMA, TABLES
from postgres import OWNER, fresh_database
from warehouse.filling import fill, fill_deals

OURS, THEIRS = OrganizationScope(1), OrganizationScope(2)


@pytest.fixture(scope="module")
def address(postgres_server: str) -> Iterator[str]:
    """A database with rows of two organizations in it."""
    with fresh_database(postgres_server) as address:
        warehouse = open_warehouse(address)
        fill_deals(warehouse.organization(OURS), 1, 2, title="ours")
        fill_deals(warehouse.organization(THEIRS), 2, 3, title="theirs")
        fill(warehouse.organization(THEIRS), COMPANY_NOTES, [COMPANY_NOTES.record(id=9)])
        warehouse.organization(THEIRS).settle_activities()
        warehouse.close()
        yield address


@pytest.fixture
def engine(address: str) -> Iterator[PostgresEngine]:
    engine = PostgresEngine(address)
    yield engine
    engine.close()


@contextmanager
def as_plain_owner(address: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(address, autocommit=True) as connection:
        assert connection.info.user == OWNER
        yield connection


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_bare_select_sees_nothing_of_another_organization(engine: PostgresEngine, table: Any) -> None:
    with engine.reading(1) as session:
        assert session.fetch(f"SELECT count(*) FROM {table.address} WHERE {ORGANIZATION} <> 1") == [(0,)]


def test_a_bare_select_sees_ones_own(engine: PostgresEngine) -> None:
    for organization, titles in ((1, ["ours", "ours"]), (2, ["theirs", "theirs"]), (3, [])):
        with engine.reading(organization) as session:
            assert session.fetch("SELECT title FROM mirror.opportunities") == [(title,) for title in titles]


def test_nobody_sees_anything_without_saying_who(address: str) -> None:
    with as_plain_owner(address) as connection:
        for table in TABLES:
            assert connection.execute(f"SELECT count(*) FROM {table.address}".encode()).fetchall() == [(0,)]


def test_what_a_transaction_said_ends_with_it(engine: PostgresEngine) -> None:
    with engine.writing(1) as session:
        connection = session._connection
        assert session.fetch("SELECT count(*) FROM mirror.opportunities") == [(2,)]
    assert connection.execute("SELECT count(*) FROM mirror.opportunities").fetchall() == [(0,)]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO mirror.opportunities (organization_id, id) VALUES (2, 99)",
        "UPDATE mirror.opportunities SET organization_id = 2 WHERE id = 1",
    ],
)
def test_writing_rows_of_another_organization_is_refused(engine: PostgresEngine, statement: str) -> None:
    with pytest.raises(WarehouseError, match="row-level security"), engine.writing(1) as session:
        session.change(statement)


class Undone(Exception):
    """Ends a transaction so that nothing of it stays."""


def change_and_undo(engine: PostgresEngine, statement: str) -> None:
    with engine.writing(1) as session:
        assert session.change(statement) == 2
        raise Undone


@pytest.mark.parametrize(
    "statement", ["UPDATE mirror.opportunities SET title = 'mine'", "DELETE FROM mirror.opportunities"]
)
def test_a_change_without_condition_leaves_the_others_alone(engine: PostgresEngine, statement: str) -> None:
    with pytest.raises(Undone):
        change_and_undo(engine, statement)
    with engine.reading(2) as session:
        assert session.fetch("SELECT DISTINCT title FROM mirror.opportunities") == [("theirs",)]


def test_opening_walls_in_a_store_of_before_and_fills_its_history_behind_them(postgres_server: str) -> None:
    with fresh_database(postgres_server) as address:
        warehouse = open_warehouse(address)
        for scope in (OURS, THEIRS):
            fill_deals(warehouse.organization(scope), 1)
        warehouse.close()
        with as_plain_owner(address) as connection:
            for table in TABLES:
                connection.execute(f"ALTER TABLE {table.address} NO FORCE ROW LEVEL SECURITY".encode())
                connection.execute(f"ALTER TABLE {table.address} DISABLE ROW LEVEL SECURITY".encode())
                connection.execute(f"DROP POLICY own_organization ON {table.address}".encode())
            connection.execute("DROP TABLE mirror.opportunity_changes")
        for _ in range(2):
            warehouse = open_warehouse(address)
            for scope in (OURS, THEIRS):
                assert warehouse.organization(scope).rows("SELECT kind FROM opportunity_changes") == [("appeared",)]
            warehouse.close()
        with as_plain_owner(address) as connection:
            unwalled = connection.execute(
                "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind = 'r' "
                "AND NOT (relrowsecurity AND relforcerowsecurity)",
                [SCHEMA],
            ).fetchall()
        assert unwalled == [("schema_version",)]


@pytest.mark.parametrize("is_mighty", [True, False])
def test_opening_warns_of_a_role_that_walls_do_not_hold(
    postgres_server: str, caplog: pytest.LogCaptureFixture, is_mighty: bool
) -> None:
    with fresh_database(postgres_server) as address:
        open_warehouse(address.replace(f"//{OWNER}:", "//postgres:") if is_mighty else address).close()
    assert ("row-level security does not hold" in caplog.text) is is_mighty
