"""PostgreSQL as a server: lost connections, several processes, many readers."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from partner_portal.autotask.catalog import COMPANY_NOTES, OPPORTUNITIES, TASKS, Task
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.warehouse import load as loading
from partner_portal.warehouse import postgres_connections, postgres_session
from partner_portal.warehouse.opening import open_warehouse
from partner_portal.warehouse.postgres_connections import LANES, OWN_LANES, READERS, WRITERS
from partner_portal.warehouse.postgres_store import LEARNED_FROM
from partner_portal.warehouse.store import Load, Warehouse, WarehouseError
from postgres import fresh_database
from warehouse.filling import complete, deals, fill, fill_deals, held

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


def connections_of(address: str) -> int:
    with psycopg.connect(address) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchone()
    assert found is not None
    return int(found[0])


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
    assert connections_of(address) <= READERS + WRITERS


def test_an_unfinished_load_keeps_its_connection_no_longer_than_itself(address: str, opened: Warehouse) -> None:
    opened.organization(OURS).load(OPPORTUNITIES).append(deals(1))
    assert opened.organization(OURS).sources() == {}


def test_more_loads_than_connections_share_them_and_each_keeps_its_rows(address: str, opened: Warehouse) -> None:
    loads = []
    for number in range(1, 2 * LANES + 2):
        load = opened.organization(OrganizationScope(number)).load(OPPORTUNITIES)
        load.append(deals(number, title=f"of {number}"))
        load.write()
        loads.append(load)
    assert connections_of(address) <= LANES + WRITERS + READERS
    for load in loads:
        load.commit(complete(OPPORTUNITIES), replace=True)
    for number in range(1, 2 * LANES + 2):
        assert held(opened.organization(OrganizationScope(number))) == {number: f"of {number}"}


def test_loads_that_nobody_ended_make_room_for_others(address: str, opened: Warehouse) -> None:
    for _ in range(3 * LANES):
        load = opened.organization(OURS).load(OPPORTUNITIES)
        load.append(deals(1))
        load.write()
    del load
    assert fill_deals(opened.organization(OURS), 2) == 1
    with psycopg.connect(address) as connection:
        left = connection.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'staged%'").fetchone()
    assert left == (0,)


def test_a_lost_connection_takes_with_it_the_loads_that_shared_it_and_no_later_one(
    address: str, opened: Warehouse
) -> None:
    loads = [opened.organization(OrganizationScope(number)).load(OPPORTUNITIES) for number in range(1, LANES + 3)]
    for load in loads:
        load.append(deals(1))
        load.write()
    hang_up(address)
    for load in loads:
        with pytest.raises(WarehouseError):
            load.commit(complete(OPPORTUNITIES), replace=True)
        load.abandon("the connection was lost")
    assert fill_deals(opened.organization(OURS), 5) == 1


def test_whoever_waits_too_long_for_a_connection_is_told_what_to_do(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_connections, "READERS", 1)
    warehouse = open_warehouse(address)
    warehouse._engine._connections.readers.timeout = 0.05
    with warehouse.organization(OURS).snapshot(), pytest.raises(WarehouseError, match=r"No connection .* came free"):
        warehouse.organization(OURS).sources()
    assert warehouse.organization(OURS).sources() == {}
    warehouse.close()


def test_what_is_written_much_is_counted_at_once(address: str, opened: Warehouse) -> None:
    fill(opened.organization(OURS), COMPANY_NOTES, [COMPANY_NOTES.record(id=n) for n in range(LEARNED_FROM)])
    opened.organization(OURS).settle_activities()
    with psycopg.connect(address) as connection:
        for table in ("company_notes", "activities"):
            counted = connection.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [table]).fetchone()
            assert counted == (LEARNED_FROM,)


@pytest.mark.parametrize("readers", [1, 2])
def test_a_report_reads_through_a_second_connection_only_where_one_is_idle(
    address: str, monkeypatch: pytest.MonkeyPatch, readers: int
) -> None:
    monkeypatch.setattr(postgres_connections, "READERS", readers)
    warehouse = open_warehouse(address)
    store = warehouse.organization(OURS)
    fill_deals(store, 1)
    if readers > 1:
        with store.snapshot(), store.snapshot():  # so that two are open
            pass
    monkeypatch.setattr(postgres_connections, "NO_WAIT_SECONDS", 0.001 if readers == 1 else 10.0)
    with store.snapshot() as view, view.twin() as twin:
        assert (None if twin is None else held(twin)) == (None if readers == 1 else {1: "Deal"})
        assert held(view) == {1: "Deal"}
    warehouse.close()


def going_ahead(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, *ids: int, scope: OrganizationScope = OURS
) -> Load:
    """A first load whose rows are in their place, unseen, before its commit."""
    monkeypatch.setattr(loading, "AHEAD_FROM", 1)
    load = warehouse.organization(scope).load(TASKS)
    load.append([Task(id=i) for i in ids])
    load.write()
    return load


def task_ids(warehouse: Warehouse, scope: OrganizationScope = OURS) -> list[int]:
    return [row_id for (row_id,) in warehouse.organization(scope).rows("SELECT id FROM tasks ORDER BY id")]


def test_a_second_load_of_the_same_rows_waits_for_the_first_and_then_tells_why(
    opened: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_session, "OTHERS_LOAD_MILLISECONDS", 10)
    first = going_ahead(opened, monkeypatch, 1, 2)
    second = going_ahead(opened, monkeypatch, 2, 3)
    with pytest.raises(WarehouseError, match="Another load of Tasks is under way"):
        second.commit(complete(TASKS), replace=True)
    assert first.commit(complete(TASKS), replace=True) == 2
    assert second.commit(complete(TASKS), replace=True) == 2
    assert task_ids(opened) == [2, 3]


def test_a_first_load_whose_connection_is_lost_leaves_nothing(
    address: str, opened: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = going_ahead(opened, monkeypatch, 1, 2)
    hang_up(address)
    load.append([Task(id=3)])
    with pytest.raises(WarehouseError):
        load.write()
    with pytest.raises(WarehouseError):
        load.commit(complete(TASKS), replace=True)
    load.abandon("the connection was lost")
    assert task_ids(opened) == []
    assert fill(opened.organization(OURS), TASKS, [Task(id=4)]) == 1


def test_a_first_load_that_nobody_ended_makes_room_for_the_next(
    opened: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = going_ahead(opened, monkeypatch, 1, 2)
    del load
    assert going_ahead(opened, monkeypatch, 2, 3).commit(complete(TASKS), replace=True) == 2
    assert task_ids(opened) == [2, 3]


def test_rows_that_came_from_elsewhere_meanwhile_are_not_mixed_with_a_first_load(
    address: str, opened: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = going_ahead(opened, monkeypatch, 1, 2)
    with psycopg.connect(address) as connection:  # as an older portal would: without asking
        connection.execute("SELECT set_config('portal.organization', '1', TRUE)")
        connection.execute(
            "INSERT INTO mirror.sources (organization_id, entity, held_rows, complete) VALUES (1, 'Tasks', 7, TRUE)"
        )
    with pytest.raises(WarehouseError, match="came from elsewhere"):
        load.commit(complete(TASKS), replace=True)
    load.abandon("mixed")
    assert task_ids(opened) == []


def test_many_first_loads_at_once_keep_few_connections_and_each_its_rows(
    address: str, opened: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    scopes = [OrganizationScope(number) for number in range(1, 2 * LANES)]
    loads = [going_ahead(opened, monkeypatch, scope.organization_id, scope=scope) for scope in scopes]
    assert connections_of(address) <= LANES + OWN_LANES + WRITERS + READERS
    for load in loads:
        load.commit(complete(TASKS), replace=True)
    assert [task_ids(opened, scope) for scope in scopes] == [[scope.organization_id] for scope in scopes]
