"""The document equals an independent computation over the same rows, whatever is asked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partner_portal.lib.period import COMPARISONS, PRESETS
from partner_portal.reports.document import sales_report
from reports.oracle import check_document, wall
from reports.pipeline_oracle import DealView, check_movement, check_pipeline
from reports.stocked import READ_AT, Deals, ask, stages, stock
from reports.worlds import GUIDE_RANKS, MEANINGS, OWNERS, RANKS, REASONS, STAGES, guide_rows, live_rows, readings

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Kathmandu", "Pacific/Kiritimati")
DAYS = st.dates(date(2026, 3, 27), date(2026, 11, 30))


@st.composite
def questions(draw: st.DrawFn):
    zone = draw(st.sampled_from(ZONES))
    name = draw(st.sampled_from(PRESETS))
    more = {"compare": draw(st.sampled_from(COMPARISONS)), "owner_id": draw(st.sampled_from(OWNERS))}
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
    picklists = [*(stages(*STAGES) if dialect == "live" else ()), *REASONS]
    earlier = readings(random, rows["Opportunities"], live=dialect == "live")
    store = stock(warehouse, rows, dialect=dialect, picklists=picklists, earlier=earlier)
    return Stocked(dialect, store, rows, earlier)


def check(world: Stocked, question) -> None:
    zone = ZoneInfo(question.organization.time_zone)
    document = sales_report(world.store, question)
    check_document(
        document,
        world.rows,
        dialect=world.dialect,
        meanings=MEANINGS,
        ranks=RANKS if world.dialect == "live" else GUIDE_RANKS,
        zone=zone,
        owner=question.owner_id,
        today=wall(question.now, zone),
    )
    labels = dict(enumerate(STAGES, start=11)) if world.dialect == "live" else {}
    view = DealView(
        world.dialect,
        RANKS if world.dialect == "live" else GUIDE_RANKS,
        zone,
        question.owner_id,
        (date.fromisoformat(document["period"]["start"]), date.fromisoformat(document["period"]["end"])),
    )
    check_pipeline(document, world.rows, view, today=wall(question.now, zone), labels=labels)
    check_movement(document["pipeline"], [*world.earlier, Deals(READ_AT, world.rows["Opportunities"])], view)


@pytest.fixture(scope="module", params=["live", "guide"])
def world(request: pytest.FixtureRequest, warehouse):
    """One large random tenant per dialect and store, asked many questions."""
    return stocked(warehouse, request.param, Random(20261122), 150)


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=questions())
def test_any_question_about_one_tenant(world, question):
    check(world, question)


@settings(deadline=None, max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    dialect=st.sampled_from(("live", "guide")),
    seed=st.integers(0, 10**6),
    size=st.integers(1, 25),
    question=questions(),
)
def test_any_small_tenant(duckdb_warehouse, dialect, seed, size, question):
    if question.owner_id is not None:
        size = max(size, 20)
    check(stocked(duckdb_warehouse, dialect, Random(seed), size), question)
