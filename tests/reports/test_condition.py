"""What a condition says as SQL, and what Python reads in it, is the same."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partner_portal.organizations.scope import OrganizationScope
from partner_portal.reports.catalogue import CATALOGUE
from partner_portal.reports.condition import test_of as reads

ATOMS = (
    "TRUE",
    "flag",
    "NOT flag",
    "word = 'won'",
    "word <> 'won'",
    "number IS NULL",
    "number IS NOT NULL",
    "number > 0",
    "number <= 2",
    "number > other",
    "number < other",
    "day >= $today",
    "day < $today",
)
TODAY = date(2026, 11, 23)
ROWS = st.fixed_dictionaries(
    {
        "flag": st.booleans(),
        "word": st.sampled_from((None, "won", "lost", "open")),
        "number": st.none() | st.integers(-1, 3),
        "other": st.none() | st.integers(-1, 3),
        "day": st.sampled_from((None, date(2026, 11, 22), TODAY, date(2026, 11, 24))),
    }
)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(row=ROWS, atoms=st.lists(st.sampled_from(ATOMS), min_size=1, max_size=3))
def test_a_store_and_python_agree(duckdb_warehouse, row, atoms):
    where = " AND ".join(atoms)
    types = {"flag": "BOOLEAN", "word": "VARCHAR", "number": "BIGINT", "other": "BIGINT", "day": "DATE"}
    columns = ", ".join(f"CAST(${name} AS {kind}) AS {name}" for name, kind in types.items())
    sql = f"SELECT COUNT(*) FROM (SELECT {columns}) AS row WHERE {where}"
    store = duckdb_warehouse.organization(OrganizationScope(1))
    counted = store.rows(sql, row | ({"today": TODAY} if "$today" in where else {}))
    assert reads(where)(row | {"$today": TODAY}) is bool(counted[0][0])


def test_python_reads_every_metric_that_is_counted_by_groups():
    for metric in CATALOGUE:
        if metric.selection.dated != "starts_at" and "$today_starts_at" not in metric.selection.where:
            reads(metric.selection.where)


@pytest.mark.parametrize(
    "where", ["amount + 1 > 2", "word LIKE 'w%'", "word IN ('a', 'b')", "flag OR flag", "word = 'a' OR flag", ""]
)
def test_what_only_a_store_can_read_is_refused(where):
    with pytest.raises(ValueError, match="only a store"):
        reads(where)
