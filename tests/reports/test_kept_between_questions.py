"""What does not depend on the period is read once per state, however many periods are asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from partner_portal.autotask.catalog import Company, Opportunity, Resource
from partner_portal.reports.document import sales_report
from partner_portal.warehouse.organization_store import MirrorStore
from reports.stocked import NOW, add, ask, live

STALE = "touched_at"


@pytest.fixture
def statements(monkeypatch):
    """The SQL that was run."""
    told: list[str] = []
    rows = MirrorStore.rows

    def listening(self, sql, parameters=None):
        told.append(sql)
        return rows(self, sql, parameters)

    monkeypatch.setattr(MirrorStore, "rows", listening)
    return told


def stale(told: list[str]) -> int:
    return sum(STALE in sql for sql in told)


def test_other_periods_of_the_same_state_do_not_ask_again(duckdb_warehouse, statements):
    store = live(duckdb_warehouse, Opportunities=[Opportunity(id=1, status=1)])
    for period in ("this_month", "last_month", "this_year"):
        sales_report(store, ask(period_name=period))
    assert stale(statements) == 1


@pytest.mark.parametrize(
    "other", [{"owner_id": 7}, {"of_nobody": True}, {"company_id": 4}, {"now": NOW + timedelta(1)}]
)
def test_other_filters_and_another_day_do(duckdb_warehouse, statements, other):
    store = live(
        duckdb_warehouse,
        Opportunities=[Opportunity(id=1, status=1)],
        Resources=[Resource(id=7)],
        Companies=[Company(id=4)],
    )
    sales_report(store, ask())
    sales_report(store, ask(**other))
    assert stale(statements) == 2


def test_another_state_does(duckdb_warehouse):
    store = live(duckdb_warehouse, Opportunities=[Opportunity(id=1, status=1)])
    assert sales_report(store, ask())["pipeline"]["stale"]["count"] == 1
    add(store, "Opportunities", [Opportunity(id=1, status=1), Opportunity(id=2, status=1)])
    assert sales_report(store, ask())["pipeline"]["stale"]["count"] == 2
