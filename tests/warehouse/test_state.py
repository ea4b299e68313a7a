"""The state of an organization's data in one look: differs whenever a report may."""

from __future__ import annotations

from datetime import timedelta

import pytest

from partner_portal.autotask.catalog import COMPANIES, OPPORTUNITIES, Company
from partner_portal.warehouse.store import OrganizationStore, Reconciliation
from warehouse.filling import AT, fill

LATER = AT + timedelta(minutes=5)


def new_rows(store: OrganizationStore) -> None:
    fill(store, COMPANIES, [Company(id=2, company_name="B")])


def nothing_new(store: OrganizationStore) -> None:
    store.confirm([COMPANIES], as_of=LATER, watermark=LATER)


def refused(store: OrganizationStore) -> None:
    store.forget(OPPORTUNITIES, "No permission.")


def still_agreeing(store: OrganizationStore) -> None:
    store.keep_reconciliation(Reconciliation("Companies", LATER, 1, 1))


def another_difference(store: OrganizationStore) -> None:
    store.keep_reconciliation(Reconciliation("Companies", AT, 1, 3))


def another_count_of_a_difference(store: OrganizationStore) -> None:
    store.keep_reconciliation(Reconciliation("Companies", AT, 2, 3))


CHANGES = (new_rows, nothing_new, refused, still_agreeing, another_difference, another_count_of_a_difference)


def test_each_change_makes_another_state(store: OrganizationStore) -> None:
    seen = [store.state()]
    fill(store, COMPANIES, [Company(id=1, company_name="A")])
    store.keep_reconciliation(Reconciliation("Companies", AT, 1, 1))
    for change in CHANGES:
        seen.append(store.state())
        change(store)
    seen.append(store.state())
    assert len({tuple(state) for state in seen}) == len(seen)


def test_looking_changes_nothing(store: OrganizationStore) -> None:
    fill(store, COMPANIES, [Company(id=1, company_name="A")])
    assert store.state() == store.state()


@pytest.mark.parametrize("change", [new_rows, nothing_new, still_agreeing])
def test_it_is_one_organizations_own(store: OrganizationStore, stranger: OrganizationStore, change) -> None:
    fill(store, COMPANIES, [Company(id=1, company_name="A")])
    fill(stranger, COMPANIES, [Company(id=1, company_name="A")])
    before = store.state()
    change(stranger)
    assert store.state() == before
