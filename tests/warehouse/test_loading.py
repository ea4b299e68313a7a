"""Rows on their way in: what commit shows, what abandon leaves, what moves the data version."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partner_portal.autotask.catalog import CATALOG, OPPORTUNITIES, RESOURCES, TASKS, Opportunity, Resource, Task
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.warehouse import load as loading
from partner_portal.warehouse.store import OrganizationStore, Source, Warehouse, WarehouseError
from warehouse.filling import AT, complete, deals, fill, fill_deals, held


def test_rows_are_invisible_until_the_commit(store: OrganizationStore) -> None:
    load = store.load(OPPORTUNITIES)
    load.append(deals(1, 2))
    assert held(store) == {}
    assert store.sources() == {}
    assert load.commit(complete(OPPORTUNITIES), replace=True) == 2
    assert held(store) == {1: "Deal", 2: "Deal"}


def test_the_source_is_kept_with_the_count_of_the_store(store: OrganizationStore) -> None:
    load = store.load(OPPORTUNITIES)
    load.append(deals(1, 2, 3))
    load.commit(Source("Opportunities", AT, AT - timedelta(minutes=5), rows=99, complete=True), replace=True)
    kept = Source("Opportunities", AT, AT - timedelta(minutes=5), rows=3, complete=True)
    assert store.sources() == {"Opportunities": kept}


def test_a_delta_adds_and_changes_and_leaves_the_rest(store: OrganizationStore) -> None:
    fill_deals(store, 1, 2)
    assert fill_deals(store, 2, 3, title="Changed") == 3
    assert held(store) == {1: "Deal", 2: "Changed", 3: "Changed"}


def test_a_full_read_removes_what_it_did_not_bring(store: OrganizationStore) -> None:
    fill_deals(store, 1, 2, 3)
    assert fill_deals(store, 2, replace=True) == 1
    assert held(store) == {2: "Deal"}


def test_a_full_read_without_rows_empties_the_entity(store: OrganizationStore) -> None:
    fill_deals(store, 1)
    assert fill(store, OPPORTUNITIES, replace=True) == 0
    assert held(store) == {}


@pytest.mark.parametrize("replace", [True, False])
def test_the_later_of_two_rows_with_one_id_wins(store: OrganizationStore, replace: bool) -> None:
    batches = ([*deals(1, title="first"), *deals(1, title="second")], deals(2), deals(1, title="third"))
    assert fill(store, OPPORTUNITIES, *batches, replace=replace) == 2
    assert held(store) == {1: "third", 2: "Deal"}


def test_a_value_that_became_null_is_stored_as_null(store: OrganizationStore) -> None:
    fill(store, OPPORTUNITIES, [Opportunity(id=1, title="x", amount=Decimal(5))])
    fill(store, OPPORTUNITIES, [Opportunity(id=1, title="x")])
    assert store.rows("SELECT amount FROM opportunities") == [(None,)]


def test_an_abandoned_load_leaves_the_earlier_data_and_its_reason(store: OrganizationStore) -> None:
    fill_deals(store, 1)
    load = store.load(OPPORTUNITIES)
    load.append(deals(1, 2, title="half"))
    load.abandon("page 2 failed")
    assert held(store) == {1: "Deal"}
    assert store.sources()["Opportunities"] == Source("Opportunities", AT, AT, 1, problem="page 2 failed")


def test_an_abandoned_first_load_is_known_and_has_no_data(store: OrganizationStore) -> None:
    load = store.load(OPPORTUNITIES)
    load.append(deals(1))
    load.abandon("page 2 failed")
    assert store.sources()["Opportunities"] == Source("Opportunities", problem="page 2 failed")
    assert held(store) == {}


def test_an_interrupted_load_leaves_nothing_to_the_next(store: OrganizationStore) -> None:
    store.load(OPPORTUNITIES).append(deals(1, 2))
    assert fill_deals(store, 3, replace=True) == 1
    assert held(store) == {3: "Deal"}


def test_an_ended_load_takes_nothing_more(store: OrganizationStore) -> None:
    load = store.load(OPPORTUNITIES)
    load.commit(complete(OPPORTUNITIES), replace=True)
    for act in (
        lambda: load.append(deals(1)),
        lambda: load.commit(complete(OPPORTUNITIES), replace=True),
        lambda: load.abandon("late"),
    ):
        with pytest.raises(WarehouseError, match="load of Opportunities is over"):
            act()
    assert store.sources()["Opportunities"].complete


def test_a_value_too_large_for_its_column_is_an_error_and_never_a_null(store: OrganizationStore) -> None:
    fill_deals(store, 1)
    load = store.load(OPPORTUNITIES)
    load.append([Opportunity(id=1, amount=Decimal("1e17"))])
    load.append(deals(2, title="fits"))
    for act in (load.write, lambda: load.commit(complete(OPPORTUNITIES), replace=True)):
        with pytest.raises(WarehouseError):
            act()
    load.abandon("an amount is too large")
    assert held(store) == {1: "Deal"}


def test_a_commit_that_fails_at_its_end_undoes_all_of_it(store: OrganizationStore) -> None:
    fill_deals(store, 1)
    before = (store.sources(), store.data_version())
    load = store.load(OPPORTUNITIES)
    load.append(deals(2, 3, title="half"))
    with pytest.raises(AttributeError):
        load.commit(Source("Opportunities", as_of="no instant", complete=True), replace=True)
    assert held(store) == {1: "Deal"}
    assert (store.sources(), store.data_version()) == before
    load.abandon("the commit failed")
    assert held(store) == {1: "Deal"}


def test_every_entity_of_the_catalogue_can_be_loaded_and_read(store: OrganizationStore) -> None:
    for entity in CATALOG:
        assert fill(store, entity, [entity.record(id=7)]) == 1
        assert store.rows(f"SELECT * FROM {entity.table}") == [(7,) + (None,) * (len(entity.field_names) - 1)]
    assert set(store.sources()) == {entity.path for entity in CATALOG}


def test_a_forgotten_entity_keeps_its_rows_and_says_why(store: OrganizationStore) -> None:
    fill_deals(store, 1)
    store.forget(OPPORTUNITIES, "no permission")
    store.forget(TASKS, "no permission either")
    sources = store.sources()
    assert sources["Opportunities"] == Source("Opportunities", AT, AT, 1, complete=False, problem="no permission")
    assert sources["Tasks"] == Source("Tasks", problem="no permission either")
    assert held(store) == {1: "Deal"}


def test_the_data_version_moves_only_when_something_changed(store: OrganizationStore) -> None:
    seen = [store.data_version()]

    def moved() -> bool:
        seen.append(store.data_version())
        return seen[-1] > seen[-2]

    fill_deals(store, 1, 2)
    assert moved()
    fill(store, OPPORTUNITIES, deals(1, 2), replace=True, at=AT + timedelta(minutes=5))
    assert not moved()
    fill(store, OPPORTUNITIES)
    assert not moved()
    fill_deals(store, 2, title="Changed")
    assert moved()
    fill_deals(store, 2, title="Changed", replace=True)
    assert moved()
    store.forget(OPPORTUNITIES, "no permission")
    assert moved()
    store.forget(OPPORTUNITIES, "no permission")
    assert not moved()
    fill_deals(store, 2, title="Changed", replace=True)
    assert moved()
    assert seen[0] == 0


def test_the_highest_id_is_known(store: OrganizationStore) -> None:
    assert store.max_id(OPPORTUNITIES) is None
    fill_deals(store, 5, 2**40, 7)
    assert store.max_id(OPPORTUNITIES) == 2**40


def test_entities_loaded_side_by_side_are_all_there(store: OrganizationStore) -> None:
    def one(entity_index: int) -> int:
        entity = CATALOG[entity_index]
        return fill(store, entity, *([entity.record(id=i) for i in range(n, n + 50)] for n in (0, 50)), replace=True)

    with ThreadPoolExecutor(len(CATALOG)) as threads:
        assert list(threads.map(one, range(len(CATALOG)))) == [100] * len(CATALOG)
    assert store.data_version() == len(CATALOG)


def test_several_threads_may_append_to_one_load(store: OrganizationStore) -> None:
    load = store.load(OPPORTUNITIES)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda n: load.append(deals(*range(n * 100, n * 100 + 100))), range(8)))
    assert load.commit(complete(OPPORTUNITIES), replace=True) == 800


def test_two_loads_of_one_entity_do_not_mix(store: OrganizationStore) -> None:
    one, other = store.load(OPPORTUNITIES), store.load(OPPORTUNITIES)
    one.append(deals(1, title="one"))
    other.append(deals(2, title="other"))
    assert one.commit(complete(OPPORTUNITIES), replace=True) == 1
    assert held(store) == {1: "one"}
    assert other.commit(complete(OPPORTUNITIES), replace=True) == 1
    assert held(store) == {2: "other"}


_texts = st.none() | st.text(max_size=20)
_instants = st.none() | st.datetimes(
    min_value=datetime(1975, 1, 2),  # noqa: DTZ001
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.timezones(),
)
_records = st.builds(
    Opportunity,
    id=st.integers(0, 2**63 - 1),
    title=_texts,
    stage=st.none() | st.integers(-(2**63), 2**63 - 1),
    amount=st.none() | st.decimals("-1e15", "1e15", places=2),
    create_date=_instants,
)


@given(record=_records)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_goes_in_comes_out(store: OrganizationStore, record: Opportunity) -> None:
    fill(store, OPPORTUNITIES, [record], replace=True)
    created = record.create_date and record.create_date.astimezone(UTC).replace(tzinfo=None)
    title = record.title and record.title.replace("\0", "")
    found = store.rows("SELECT id, title, stage, amount, create_date FROM opportunities")
    assert found == [(record.id, title, record.stage, record.amount, created)]


def test_booleans_and_instants_without_zone_come_back_as_they_are(store: OrganizationStore) -> None:
    fill(store, RESOURCES, [Resource(id=1, is_active=True), Resource(id=2, is_active=False)])
    assert store.rows("SELECT id FROM resources WHERE is_active") == [(1,)]
    fill(store, OPPORTUNITIES, [Opportunity(id=1, create_date=datetime(2026, 3, 29, 2, 30))])  # noqa: DTZ001
    assert store.rows("SELECT create_date FROM opportunities") == [(datetime(2026, 3, 29, 2, 30),)]  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "kept"),
    [("a\0b", "ab"), ("lone \ud83d end", "lone \ufffd end"), ("\\u0000", "\\u0000"), ("'%s' $x \"q\" 😀", None)],
)
def test_text_that_no_database_holds_is_mended(store: OrganizationStore, text: str, kept: str | None) -> None:
    fill(store, OPPORTUNITIES, [Opportunity(id=1, title=text), Opportunity(id=2, title="other")])
    assert held(store) == {1: text if kept is None else kept, 2: "other"}


_batches = st.lists(st.dictionaries(st.integers(1, 8), st.text("ab", max_size=2), max_size=5), max_size=3)


@given(loads=st.lists(st.tuples(_batches, st.sampled_from(["replace", "delta", "abandon"])), max_size=5))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_of_loads_leaves_what_a_dictionary_would(
    warehouse: Warehouse, loads: list[tuple[list[dict[int, str]], str]]
) -> None:
    expected: dict[int, str] = {}
    store = warehouse.organization(OrganizationScope(10**9))
    fill(store, OPPORTUNITIES, replace=True)
    for batches, end in loads:
        version = store.data_version()
        arrived = {i: title for batch in batches for i, title in batch.items()}
        load = store.load(OPPORTUNITIES)
        for batch in batches:
            load.append([Opportunity(id=i, title=title) for i, title in batch.items()])
        if end == "abandon":
            load.abandon("stopped")
        else:
            before = expected
            expected = arrived if end == "replace" else expected | arrived
            assert load.commit(complete(OPPORTUNITIES), replace=end == "replace") == len(expected)
            assert store.data_version() > version or before == expected
        assert held(store) == expected


@pytest.fixture
def tasks_go_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    """A first load of few rows already goes as one of many does."""
    monkeypatch.setattr(loading, "AHEAD_FROM", 2)


def tasks(*ids: int, title: str = "Task") -> list[Task]:
    return [Task(id=i, title=title) for i in ids]


def held_tasks(store: OrganizationStore) -> dict[int, str]:
    return dict(store.rows("SELECT id, title FROM tasks"))


@pytest.mark.usefixtures("tasks_go_ahead")
def test_a_large_first_load_is_invisible_until_its_commit_and_then_right(store: OrganizationStore) -> None:
    load = store.load(TASKS)
    for batch in (tasks(1, 2, 3), tasks(3, 4, title="later"), tasks(2, title="last"), tasks(5)):
        load.append(batch)
        load.write()
        assert (held_tasks(store), store.data_version()) == ({}, 0)
    load.append(tasks(5, 6, title="rest"))
    assert load.commit(complete(TASKS), replace=True) == 6
    assert held_tasks(store) == {1: "Task", 2: "last", 3: "later", 4: "later", 5: "rest", 6: "rest"}
    assert (store.sources()["Tasks"].rows, store.data_version()) == (6, 1)
    store.settle_activities()
    assert fill(store, TASKS, tasks(1, 2), replace=True) == 2


@pytest.mark.usefixtures("tasks_go_ahead")
def test_a_large_first_load_that_is_abandoned_leaves_nothing(store: OrganizationStore) -> None:
    load = store.load(TASKS)
    load.append(tasks(1, 2, 3))
    load.write()
    load.abandon("cut short")
    assert (held_tasks(store), store.sources()["Tasks"].problem) == ({}, "cut short")
    assert fill(store, TASKS, tasks(3, 4), replace=True) == 2


@pytest.mark.usefixtures("tasks_go_ahead")
def test_a_batch_that_the_store_refuses_is_not_lost_to_a_large_first_load(store: OrganizationStore) -> None:
    load = store.load(TASKS)
    load.append(tasks(1, 2, 3))
    load.write()
    load.append([Task(id=2**63)])
    with pytest.raises(WarehouseError):
        load.write()
    with pytest.raises(WarehouseError):
        load.commit(complete(TASKS), replace=True)
    load.abandon("a number too large")
    assert held_tasks(store) == {}
