"""How PostgreSQL finds an organization's rows among others': by indexes that begin with the organization, nothing else.

The planner has enough rows of other organizations, has counted them, and is asked in the store's own sessions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from mirror.wired import NOW, Bench
from partner_portal.autotask.catalog import entity_at
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.reports.document import sales_report
from partner_portal.reports.question import OrganizationFacts, Question
from partner_portal.reports.records import records_document
from partner_portal.sandbox.generation.plan import Sizes
from partner_portal.sandbox.world import generate
from partner_portal.warehouse.opening import open_warehouse
from partner_portal.warehouse.postgres_session import PostgresSession
from partner_portal.warehouse.scoped_select import for_psycopg
from partner_portal.warehouse.tables import ORGANIZATION, SCHEMA, TABLES
from postgres import OWNER, fresh_database

SIZES = Sizes(companies=60, contacts=60, opportunities=120, appointments=120, tickets=60, time_entries=60)
ACTIVITIES = 600
OTHERS = 15
LARGE = 1_000
"""Rows from which a table counts: reading a smaller one from end to end is quicker than any index."""

FACTS = OrganizationFacts(slug="plans", name="Plans", time_zone="America/New_York", currency="USD")
TEXTS = {"CompanyNotes": "name", "CompanyToDos": "activityDescription", "Tasks": "title", "Opportunities": "title"}
MOVED = {
    "CompanyNotes": {"startDateTime": "2026-03-02T07:00:00Z"},
    "CompanyToDos": {"startDateTime": "2026-03-02T07:00:00Z"},
}
SOURCES = {"live": ("company_notes", "company_to_dos"), "guide": ("tasks",)}


@pytest.fixture(params=["live", "guide"], scope="module")
def address(request: pytest.FixtureRequest, postgres_server: str) -> Iterator[tuple[str, str]]:
    with fresh_database(postgres_server) as address:
        yield address, request.param


@pytest.fixture(scope="module")
def bench(address: tuple[str, str]) -> Iterator[Bench]:
    """One organization's mirror among the same rows of many others."""
    location, dialect = address
    warehouse = open_warehouse(location)
    world = generate(seed=3, today=NOW.date(), activities=ACTIVITIES, dialect=dialect, sizes=SIZES)
    bench = Bench(world, warehouse.organization(OrganizationScope(1)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(world.clock, "stopped_at", NOW)
        yield bench
    warehouse.close()
    world.close()


def repeat_for_others(location: str) -> set[str]:
    """Give others the rows of organization 1; tells which tables are large then."""
    with psycopg.connect(location.replace(f"//{OWNER}:", "//postgres:"), autocommit=True) as connection:
        for table in TABLES:
            connection.execute(
                f"INSERT INTO {table.address} ({ORGANIZATION}, {table.column_list}) SELECT other, {table.column_list} "
                f"FROM generate_series(2, {1 + OTHERS}) AS other, {table.address} WHERE {ORGANIZATION} = 1 "
                "ORDER BY other".encode()
            )
        connection.execute("ANALYZE")
        found = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind = 'r' AND reltuples >= %s",
            [SCHEMA, LARGE],
        )
        return {name for (name,) in found}


class Plans:
    """The plan of every statement that sessions run."""

    def __init__(self, patch: pytest.MonkeyPatch, large: set[str]) -> None:
        self.seen = 0
        self.wrong: list[str] = []
        self._large = large
        for name in ("fetch", "change"):
            patch.setattr(PostgresSession, name, self._explained(getattr(PostgresSession, name)))

    def _explained(self, usual: Any) -> Any:
        def run(session: PostgresSession, sql: str, parameters: Any = None) -> Any:
            if sql.startswith("ANALYZE"):  # which has no plan, and is of the load's own table
                return usual(session, sql, parameters)
            with psycopg.ClientCursor(session._connection) as cursor:
                cursor.execute(("EXPLAIN (FORMAT JSON) " + for_psycopg(sql)).encode(), dict(parameters or {}))
                [(found,)] = cursor.fetchall()
            self._judge((found if isinstance(found, list) else json.loads(found))[0]["Plan"], sql)
            return usual(session, sql, parameters)

        return run

    def _judge(self, node: dict[str, Any], sql: str) -> None:
        self.seen += 1
        relation, kind = node.get("Relation Name"), node["Node Type"]
        if relation in self._large and kind in ("Index Scan", "Index Only Scan", "Seq Scan"):
            if f"{ORGANIZATION} = " not in node.get("Index Cond", ""):
                self.wrong.append(f"{kind} of {relation}: {sql}")
        elif kind == "Bitmap Index Scan" and f"{ORGANIZATION} = " not in node["Index Cond"]:
            self.wrong.append(f"{kind} of {node['Index Name']}: {sql}")
        for child in node.get("Plans", ()):
            self._judge(child, sql)


@pytest.mark.slow
async def test_no_statement_reads_other_organizations_rows(
    address: tuple[str, str], bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    location, dialect = address
    assert (await bench.sync()).complete
    large = repeat_for_others(location)
    assert {"activities", "opportunities", "opportunity_changes", "appointments", *SOURCES[dialect]} <= large
    plans = Plans(monkeypatch, large)

    changed = [path for path in TEXTS if bench.world.rows(path)]
    for path in changed:
        first, second, *_ = (row["id"] for row in bench.world.rows(path))
        bench.world.update(path, first, **{TEXTS[path]: "changed", **MOVED.get(path, {})})
        bench.world.delete(path, second)
    assert (await bench.sync(NOW + timedelta(hours=2))).complete
    for path in changed:
        held = bench.store.rows(f"SELECT count(*) FROM {entity_at(path).table}")
        assert held == [(len(bench.world.rows(path)),)]
    assert bench.store.rows("SELECT count(*) FROM touched_activities") == [(0,)]

    now = NOW + timedelta(hours=3)
    owner = bench.store.rows("SELECT max(owner_id) FROM activities")[0][0]
    company = bench.store.rows("SELECT max(company_id) FROM activities")[0][0]
    for period, more in (
        ("this_month", {}),
        ("this_year", {"owner_id": owner}),
        ("this_month", {"company_id": company}),
    ):
        sales_report(bench.store, Question(organization=FACTS, period_name=period, now=now, **more))
    for slug in ("calls", "appointments", "open_deals", "stale_deals", "movement_won_deals"):
        records_document(bench.store, Question(organization=FACTS, period_name="this_month", now=now), slug)
    bench.store.max_ids()
    bench.store.state()

    assert plans.seen > 300
    assert plans.wrong == []
