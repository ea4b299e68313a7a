"""Rows that go: by id or by a full read, never too many at once, and what is known of comparisons."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partner_portal.autotask.catalog import OPPORTUNITIES, TICKETS
from partner_portal.warehouse.store import OrganizationStore, Reconciliation, TooManyGone
from warehouse.filling import AT, complete, deals, fill_deals, held


def test_rows_go_by_their_ids_and_others_come_in_one_commit(store: OrganizationStore) -> None:
    fill_deals(store, 1, 2, 3, 4)
    version = store.data_version()
    load = store.load(OPPORTUNITIES)
    load.append(deals(5, title="new"))
    assert load.commit(complete(OPPORTUNITIES), replace=False, remove=[2, 4, 99]) == 3
    assert held(store) == {1: "Deal", 3: "Deal", 5: "new"}
    assert store.sources()["Opportunities"].rows == 3
    assert store.data_version() == version + 1


@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ours=st.sets(st.integers(0, 60)), remove=st.sets(st.integers(0, 60)), arriving=st.sets(st.integers(61, 80)))
def test_any_rows_go_and_any_come(
    store: OrganizationStore, ours: set[int], remove: set[int], arriving: set[int]
) -> None:
    fill_deals(store, *ours, replace=True)
    load = store.load(OPPORTUNITIES)
    load.append(deals(*arriving))
    assert load.commit(complete(OPPORTUNITIES), replace=False, remove=sorted(remove)) == len((ours - remove) | arriving)
    assert set(held(store)) == (ours - remove) | arriving


def test_ids_of_a_stranger_are_safe(store: OrganizationStore, stranger: OrganizationStore) -> None:
    fill_deals(store, 1, 2)
    fill_deals(stranger, 1, 2)
    store.load(OPPORTUNITIES).commit(complete(OPPORTUNITIES), replace=False, remove=[1, 2])
    assert (held(store), len(held(stranger))) == ({}, 2)


@pytest.mark.parametrize("arriving", [(1,), ()], ids=["one left", "none left"])
def test_a_full_read_that_would_remove_too_much_changes_nothing_and_can_be_committed_otherwise(
    store: OrganizationStore, arriving: tuple[int, ...]
) -> None:
    fill_deals(store, 1, 2, 3, 4)
    version, source = store.data_version(), store.sources()["Opportunities"]
    load = store.load(OPPORTUNITIES)
    load.append(deals(*arriving, title="fresh"))
    with pytest.raises(TooManyGone) as refused:
        load.commit(complete(OPPORTUNITIES, AT + timedelta(hours=1)), replace=True, most_removed=2)
    assert (refused.value.gone, refused.value.held) == (4 - len(arriving), 4)
    assert held(store) == dict.fromkeys((1, 2, 3, 4), "Deal")
    assert (store.data_version(), store.sources()["Opportunities"]) == (version, source)
    doubtful = replace(complete(OPPORTUNITIES), complete=False, problem="rows are gone", unconfirmed=3)
    assert load.commit(doubtful, replace=False) == 4
    assert held(store) == dict.fromkeys((1, 2, 3, 4), "Deal") | dict.fromkeys(arriving, "fresh")
    assert store.sources()["Opportunities"] == replace(doubtful, rows=4)


def test_as_many_as_allowed_may_go(store: OrganizationStore) -> None:
    fill_deals(store, 1, 2, 3, 4)
    assert store.load(OPPORTUNITIES).commit(complete(OPPORTUNITIES), replace=True, most_removed=4) == 0


def test_the_last_full_read_is_known(store: OrganizationStore) -> None:
    source = replace(complete(OPPORTUNITIES), full_at=AT - timedelta(hours=3))
    store.load(OPPORTUNITIES).commit(source, replace=False)
    assert store.sources()["Opportunities"] == source


def compared(ours: int, theirs: int, at_minute: int = 0, **more: object) -> Reconciliation:
    return Reconciliation("Tickets", AT + timedelta(minutes=at_minute), ours, theirs, **more)  # type: ignore[arg-type]


def test_a_comparison_is_kept_with_its_time_and_its_ids(store: OrganizationStore, stranger: OrganizationStore) -> None:
    assert store.reconciliations() == {}
    first = compared(5, 5)
    store.keep_reconciliation(first)
    assert store.reconciliations() == {"Tickets": first}
    differing = compared(5, 4, 5, differs_since=AT, gone=(2, 7), missing=(3,))
    store.keep_reconciliation(differing)
    store.keep_reconciliation(replace(differing, entity="Contracts"))
    assert store.reconciliations() == {"Tickets": differing, "Contracts": replace(differing, entity="Contracts")}
    assert differing.is_finding
    assert not first.is_finding
    assert stranger.reconciliations() == {}
    store.clear()
    assert store.reconciliations() == {}


def test_the_data_version_moves_when_agreement_comes_or_goes(store: OrganizationStore) -> None:
    versions = []
    for ours, theirs in [(5, 5), (6, 6), (6, 5), (6, 4), (4, 4)]:
        store.keep_reconciliation(compared(ours, theirs))
        versions.append(store.data_version())
    assert versions == [1, 1, 2, 2, 3]


def test_a_snapshot_sees_the_comparison_of_its_time(store: OrganizationStore) -> None:
    store.keep_reconciliation(compared(5, 5))
    with store.snapshot() as view:
        view.reconciliations()
        store.keep_reconciliation(compared(6, 6))
        assert view.reconciliations() == {"Tickets": compared(5, 5)}
    assert TICKETS.path in store.reconciliations()
