"""PostgreSQL as a server: lost connections, several processes, many readers."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from partner_portal.autotask.catalog import OPPORTUNITIES
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.warehouse.opening import open_warehouse
from partner_portal.warehouse.store import Warehouse, WarehouseError
from postgres import fresh_database
from warehouse.filling import complete, deals, fill_deals, held

OURS = OrganizationScope(1)


@pytest.fixture
def address(postgres_server: str) -> Iterator[str]:
    with fresh_database(postgres_server) as address:
        yield address


@pytest.fixture
def opened(address: str) -> Iterator[Warehouse]:
    warehouse = open_warehouse(address)
    yield warehouse
    warehouse.close()


def hang_up(address: str) -> None:
    with psycopg.connect(address) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_server_that_is_not_there_is_said_in_one_line() -> None:
    with pytest.raises(WarehouseError, match="Check that the server of DATABASE_URL runs") as refusal:
        open_warehouse("postgresql://nobody@127.0.0.1:1/none?connect_timeout=2")
    assert "\n" not in str(refusal.value)


def test_connections_lost_while_idle_are_replaced(address: str, opened: Warehouse) -> None:
    store = opened.organization(OURS)
    fill_deals(store, 1)
    hang_up(address)
    assert held(store) == {1: "Deal"}
    assert fill_deals(store, 2) == 2


def test_a_connection_lost_during_a_load_leaves_the_earlier_data(address: str, opened: Warehouse) -> None:
    store = opened.organization(OURS)
    fill_deals(store, 1)
    load = store.load(OPPORTUNITIES)
    load.append(deals(1, 2, title="half"))
    load.write()
    hang_up(address)
    with pytest.raises(WarehouseError):
        load.commit(complete(OPPORTUNITIES), replace=True)
    load.abandon("the connection was lost")
    assert held(store) == {1: "Deal"}
    assert store.sources()["Opportunities"].problem == "the connection was lost"


def test_two_processes_share_one_warehouse(address: str, opened: Warehouse) -> None:
    other = open_warehouse(address)
    fill_deals(opened.organization(OURS), 1)
    assert held(other.organization(OURS)) == {1: "Deal"}
    with ThreadPoolExecutor(4) as threads:
        loads = [(warehouse, i) for i in range(2, 8) for warehouse in (opened, other)]
        list(threads.map(lambda load: fill_deals(load[0].organization(OURS), load[1]), loads))
    assert set(held(opened.organization(OURS))) == set(range(1, 8))
    assert other.organization(OURS).data_version() == 7
    other.close()


def test_many_readers_at_once_leave_few_connections_behind(address: str, opened: Warehouse) -> None:
    store = opened.organization(OURS)
    fill_deals(store, 1)
    with ThreadPoolExecutor(12) as threads:
        assert list(threads.map(lambda _: held(store), range(24))) == [{1: "Deal"}] * 24
    with psycopg.connect(address) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchone()
    assert found is not None
    assert found[0] <= 8


def test_an_unfinished_load_keeps_its_connection_no_longer_than_itself(address: str, opened: Warehouse) -> None:
    opened.organization(OURS).load(OPPORTUNITIES).append(deals(1))
    assert opened.organization(OURS).sources() == {}
