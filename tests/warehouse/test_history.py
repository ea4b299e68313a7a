"""Every change seen to an opportunity is kept with the instant it was seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from partner_portal.autotask.catalog import CONTRACTS, OPPORTUNITIES, Contract, Opportunity
from partner_portal.warehouse.store import OrganizationStore, TooManyGone
from warehouse.filling import AT, complete, fill, fill_deals

LATER = AT + timedelta(minutes=5)
LATEST = AT + timedelta(minutes=10)


def deal(row_id: int, **more: Any) -> Opportunity:
    return Opportunity(id=row_id, title="Deal", stage=1, status=1, amount=Decimal("10.00"), **more)


def changes(store: OrganizationStore, columns: str = "opportunity_id, kind, seen_at") -> list[tuple[Any, ...]]:
    return store.rows(f"SELECT {columns} FROM opportunity_changes ORDER BY opportunity_id, version")


def naive(at: datetime) -> datetime:
    return at.replace(tzinfo=None)


def test_the_first_sight_of_a_row_records_its_state_once(store: OrganizationStore) -> None:
    close = datetime(2026, 5, 1, tzinfo=UTC)
    fill(store, OPPORTUNITIES, [deal(1, owner_resource_id=7, projected_close_date=close)], replace=True)
    fill(store, OPPORTUNITIES, [deal(1, owner_resource_id=7, projected_close_date=close)], at=LATER)
    columns = "kind, seen_at, stage, status, amount, projected_close_date, owner_resource_id"
    assert changes(store, columns) == [("appeared", naive(AT), 1, 1, Decimal("10.00"), naive(close), 7)]


@pytest.mark.parametrize("replace", [True, False])
@pytest.mark.parametrize(
    ("change", "kept"),
    [
        ({"stage": 2}, ["appeared", "changed"]),
        ({"status": 3}, ["appeared", "changed"]),
        ({"amount": Decimal("10.01")}, ["appeared", "changed"]),
        ({"amount": None}, ["appeared", "changed"]),
        ({"projected_close_date": AT}, ["appeared", "changed"]),
        ({"owner_resource_id": 5}, ["appeared", "changed"]),
        ({"company_id": 5}, ["appeared", "changed"]),
        ({"opportunity_category_id": 5}, ["appeared", "changed"]),
        ({"title": "Other name", "create_date": AT, "last_activity": AT}, ["appeared"]),
    ],
    ids=str,
)
def test_a_change_of_what_is_followed_is_recorded_and_of_nothing_else(
    store: OrganizationStore, replace: bool, change: dict[str, Any], kept: list[str]
) -> None:
    fill(store, OPPORTUNITIES, [deal(1), deal(2)], replace=True)
    changed = deal(1).__class__(**{name: getattr(deal(1), name) for name in deal(1).__struct_fields__} | change)
    fill(store, OPPORTUNITIES, [changed, deal(2)], replace=replace, at=LATER)
    assert [kind for row_id, kind, _ in changes(store) if row_id == 1] == kept
    assert [kind for row_id, kind, _ in changes(store) if row_id == 2] == ["appeared"]
    if len(kept) == 2:
        name, value = next(iter(change.items()))
        expected = naive(value) if isinstance(value, datetime) else value
        assert store.rows(f"SELECT seen_at, {name} FROM opportunity_changes WHERE kind = 'changed'") == [
            (naive(LATER), expected)
        ]


def test_each_state_carries_whose_it_was_its_title_and_when_it_was_created(store: OrganizationStore) -> None:
    def seen(at: datetime, **more: Any) -> None:
        fill(store, OPPORTUNITIES, [Opportunity(id=1, **more)], at=at)

    seen(AT, title="First", company_id=4, opportunity_category_id=2, create_date=AT)
    seen(LATER, title="Second", company_id=4, opportunity_category_id=2, create_date=LATER)
    seen(LATER, title="Third", company_id=5, opportunity_category_id=2, create_date=LATEST)
    fill(store, OPPORTUNITIES, [], replace=True, at=LATEST)
    assert changes(store, "kind, title, company_id, opportunity_category_id, create_date") == [
        ("appeared", "First", 4, 2, naive(AT)),
        ("changed", "Third", 5, 2, naive(LATEST)),
        ("vanished", "Third", 5, 2, naive(LATEST)),
    ]


def test_a_vanished_row_is_recorded_with_its_last_state_and_may_come_back(store: OrganizationStore) -> None:
    fill(store, OPPORTUNITIES, [deal(1), deal(2)], replace=True)
    fill(store, OPPORTUNITIES, [deal(2)], replace=True, at=LATER)
    load = store.load(OPPORTUNITIES)
    load.append([deal(1)])
    load.commit(complete(OPPORTUNITIES, LATEST), replace=False, remove=[2])
    assert changes(store, "opportunity_id, kind, seen_at, stage") == [
        (1, "appeared", naive(AT), 1),
        (1, "vanished", naive(LATER), 1),
        (1, "appeared", naive(LATEST), 1),
        (2, "appeared", naive(AT), 1),
        (2, "vanished", naive(LATEST), 1),
    ]


def test_of_a_row_that_came_twice_the_last_state_counts(store: OrganizationStore) -> None:
    moved = Opportunity(id=1, stage=4)
    fill(store, OPPORTUNITIES, [deal(1)], [moved], replace=True)
    assert changes(store, "kind, stage") == [("appeared", 4)]


def test_what_is_undone_leaves_no_history(store: OrganizationStore) -> None:
    fill(store, OPPORTUNITIES, [deal(i) for i in range(1, 4)], replace=True)
    load = store.load(OPPORTUNITIES)
    load.append([Opportunity(id=1, stage=9)])
    with pytest.raises(TooManyGone):
        load.commit(complete(OPPORTUNITIES, LATER), replace=True, most_removed=1)
    assert [kind for _, kind, _ in changes(store)] == ["appeared"] * 3
    load.abandon("not today")
    assert [kind for _, kind, _ in changes(store)] == ["appeared"] * 3


def test_other_entities_and_other_organizations_leave_none(
    store: OrganizationStore, stranger: OrganizationStore
) -> None:
    fill(store, CONTRACTS, [Contract(id=1, status=1)], replace=True)
    fill_deals(stranger, 1, 2)
    assert changes(store) == []
    assert len(changes(stranger)) == 2


def test_clearing_the_organization_clears_its_history(store: OrganizationStore) -> None:
    fill_deals(store, 1, 2)
    store.clear()
    assert changes(store) == []
