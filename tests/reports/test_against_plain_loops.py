"""The document equals an independent computation over the same rows, whatever is asked and however ids are mapped."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partner_portal.lib.period import COMPARISONS, PRESETS
from partner_portal.reports.document import sales_report
from partner_portal.reports.question import Team
from reports.mappings import PROPOSED, confirmed, mappings
from reports.oracle import check_document
from reports.pipeline_oracle import check_movement, check_pipeline
from reports.stocked import READ_AT, Deals, ask, stock
from reports.view import View
from reports.worlds import CATEGORIES, COMPANIES, PICKLISTS, STAGE_IDS, STAGES, guide_rows, live_rows, readings

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Kathmandu", "Pacific/Kiritimati")
DAYS = st.dates(date(2026, 3, 27), date(2026, 11, 30))
EAST = Team("East", frozenset({7, 404}))
WHOSE = (
    *({} for _ in range(2)),
    *({"owner_id": owner} for owner in (7, 404)),
    *({"of_nobody": True} for _ in range(2)),
    {"team": EAST},
    {"team": EAST, "owner_id": 8},
    {"team": Team("Nobody yet", frozenset())},
)
OF_WHAT = (
    *({} for _ in range(5)),
    *({"company_id": company} for company in COMPANIES),
    *({"category_id": category} for category in CATEGORIES),
    {"company_id": 1, "category_id": 1},
)


@st.composite
def questions(draw: st.DrawFn):
    zone = draw(st.sampled_from(ZONES))
    name = draw(st.sampled_from(PRESETS))
    more = {"compare": draw(st.sampled_from(COMPARISONS))}
    more |= draw(st.sampled_from(WHOSE)) | draw(st.sampled_from(OF_WHAT))
    if name == "custom":
        start = draw(DAYS)
        more |= {"start": start, "end": start + timedelta(days=draw(st.sampled_from((0, 1, 30, 500))))}
    now = draw(st.sampled_from((datetime(2026, 11, 22, 15, tzinfo=UTC), datetime(2026, 10, 31, 23, 30, tzinfo=UTC))))
    week, fiscal = draw(st.integers(0, 6)), draw(st.integers(1, 12))
    return ask(zone, now=now, period_name=name, week_start=week, fiscal_year_start=fiscal, **more)


class Stocked:
    """A mirror, its dialect and the rows in it."""

    def __init__(self, dialect: str, store, rows, earlier) -> None:
        self.dialect, self.store, self.rows, self.earlier = dialect, store, rows, earlier


def stocked(warehouse, dialect: str, random: Random, size: int):
    rows = live_rows(random, size) if dialect == "live" else guide_rows(random, size)
    earlier = readings(random, rows["Opportunities"], live=dialect == "live")
    store = stock(warehouse, rows, dialect=dialect, picklists=PICKLISTS[dialect], earlier=earlier)
    return Stocked(dialect, store, rows, earlier)


def check(world: Stocked, question, mapping) -> None:
    document = sales_report(world.store, question, confirmed(mapping))
    labels = dict(zip(STAGE_IDS, STAGES, strict=True)) if world.dialect == "live" else {}
    period = date.fromisoformat(document["period"]["start"]), date.fromisoformat(document["period"]["end"])
    view = View(world.dialect, mapping or PROPOSED[world.dialect], question, period, tuple(labels))
    check_document(document, world.rows, view)
    check_pipeline(document, world.rows, view, labels=labels)
    check_movement(document["pipeline"], [*world.earlier, Deals(READ_AT, world.rows["Opportunities"])], view)


@pytest.fixture(scope="module", params=["live", "guide"])
def world(request: pytest.FixtureRequest, warehouse):
    """One large random tenant per dialect and store, asked many questions."""
    return stocked(warehouse, request.param, Random(20261122), 150)


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=questions(), data=st.data())
def test_any_question_about_one_tenant_under_any_mapping(world, question, data):
    check(world, question, data.draw(mappings(world.dialect), "mapping"))


@settings(deadline=None, max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    dialect=st.sampled_from(("live", "guide")),
    seed=st.integers(0, 10**6),
    size=st.integers(1, 25),
    question=questions(),
    data=st.data(),
)
def test_any_small_tenant(duckdb_warehouse, dialect, seed, size, question, data):
    if question.owner_id is not None:
        size = max(size, 20)
    mapping = data.draw(mappings(dialect), "mapping")
    check(stocked(duckdb_warehouse, dialect, Random(seed), size), question, mapping)
