"""Local dates in SQL equal those of the standard library, at every offset change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from partner_portal.organizations.scope import OrganizationScope
from partner_portal.reports.localtime import date_only, date_only_sql, local_date_sql

ZONES = ("UTC", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca")
START, END = datetime(2009, 1, 1, tzinfo=UTC), datetime(2012, 1, 1, tzinfo=UTC)
INSTANTS = [START + timedelta(minutes=step * 397) for step in range((END - START) // timedelta(minutes=397))]


def stored(*parts: int) -> datetime:
    """An instant as the store keeps it: UTC without zone."""
    return datetime(*parts, tzinfo=UTC).replace(tzinfo=None)


def ask_sql(warehouse, expression: str) -> list[date]:
    values = ", ".join(f"({place}, TIMESTAMP '{at:%Y-%m-%d %H:%M:%S}')" for place, at in enumerate(INSTANTS[::11]))
    sql = f"SELECT {expression} FROM (VALUES {values}) AS given(place, instant) ORDER BY place"
    return [day for (day,) in warehouse.organization(OrganizationScope(1)).rows(sql)]


@pytest.mark.parametrize("name", ZONES)
def test_local_dates(warehouse, name):
    zone = ZoneInfo(name)
    expected = [at.astimezone(zone).date() for at in INSTANTS[::11]]
    assert ask_sql(warehouse, local_date_sql("instant", zone, START, END)) == expected


@pytest.mark.parametrize("name", ["America/New_York", "Asia/Kathmandu"])
def test_date_only_fields(warehouse, name):
    zone = ZoneInfo(name)
    expected = [date_only(at.replace(tzinfo=None), zone) for at in INSTANTS[::11]]
    assert ask_sql(warehouse, date_only_sql("instant", zone, (START, END))) == expected


def test_midnight_utc_is_a_date_and_anything_else_an_instant():
    zone = ZoneInfo("America/New_York")
    assert date_only(stored(2026, 11, 1), zone) == date(2026, 11, 1)
    assert date_only(stored(2026, 11, 1, 0, 0, 1), zone) == date(2026, 10, 31)
    assert date_only(stored(2012, 10, 24, 5), zone) == date(2012, 10, 24)


def test_a_span_without_changes_needs_no_case():
    sql = local_date_sql(
        "instant", ZoneInfo("Europe/Berlin"), datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
    )
    assert sql == "CAST(instant + INTERVAL '3600 seconds' AS DATE)"
