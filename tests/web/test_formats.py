from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_portal.web.view import formats

TODAY = date(2025, 11, 20)
VIENNA = ZoneInfo("Europe/Vienna")


@pytest.mark.parametrize(
    ("value", "text"), [(None, "--"), (0, "0"), (999, "999"), (12431, "12,431"), (1_000_000, "1,000,000")]
)
def test_counts_are_grouped_and_unknown_is_not_zero(value, text):
    assert formats.count(value) == text


@pytest.mark.parametrize(
    ("amount", "currency", "places", "text"),
    [
        ("1234.50", "USD", 0, "$1,234"),
        ("1234.50", "USD", 2, "$1,234.50"),
        ("-20.00", "EUR", 2, "−€20.00"),
        ("0.00", "GBP", 0, "£0"),
        ("990.40", "CHF", 0, "CHF\N{NO-BREAK SPACE}990"),
        (None, "USD", 0, "--"),
    ],
)
def test_money_carries_its_currency(amount, currency, places, text):
    assert formats.money(amount, currency, places) == text


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_money_with_cents_loses_nothing(amount):
    text = formats.money(str(amount), "USD", 2)
    assert Decimal(text.replace("$", "").replace(",", "").replace(formats.MINUS, "-")) == amount


@pytest.mark.parametrize(("value", "text"), [(None, "--"), (0, "0%"), (0.7234, "72%"), (1, "100%"), ("0.125", "12%")])
def test_rates_read_as_percent(value, text):
    assert formats.rate(value) == text


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        (date(2025, 11, 1), date(2025, 11, 30), "Nov 1 – 30"),
        (date(2025, 10, 28), date(2025, 11, 3), "Oct 28 – Nov 3"),
        (date(2024, 10, 1), date(2024, 10, 31), "Oct 1 – 31, 2024"),
        (date(2024, 12, 28), date(2025, 1, 3), "Dec 28, 2024 – Jan 3, 2025"),
        (date(2025, 11, 20), date(2025, 11, 20), "Nov 20, 2025"),
    ],
)
def test_a_span_is_as_short_as_it_stays_clear(start, end, text):
    assert formats.span(start, end, TODAY) == text


def test_an_instant_is_told_in_the_organizations_zone():
    at = formats.instant("2025-11-20T23:30:00Z")
    assert formats.clock_time(at, VIENNA) == "00:30"
    assert formats.full_instant(at, VIENNA) == "Friday, November 21, 2025, 00:30 (Europe/Vienna)"
    assert formats.iso(at) == "2025-11-20T23:30:00Z"


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (timedelta(seconds=30), "just now"),
        (timedelta(minutes=12), "12 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(hours=47), "47 h ago"),
        (timedelta(days=2), "2 days ago"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(passed, text):
    now = datetime(2025, 11, 20, 12, tzinfo=UTC)
    assert formats.age(now - passed, now) == text


def test_days_near_today_have_names():
    near = [formats.relative_day(TODAY + timedelta(days=offset), TODAY) for offset in (-1, 0, 1, 4)]
    assert near == ["Yesterday", "Today", "Tomorrow", "Mon, Nov 24"]


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2025, 11, 20, 9, 42, tzinfo=UTC), "Today, 10:42"),
        (datetime(2025, 11, 19, 22, 59, tzinfo=UTC), "Yesterday, 23:59"),
        (datetime(2025, 11, 19, 23, 0, tzinfo=UTC), "Today, 00:00"),
        (datetime(2024, 11, 15, 9, 0, tzinfo=UTC), "Fri, Nov 15, 2024, 10:00"),
    ],
)
def test_an_instant_is_told_by_its_local_day(moment, text):
    assert formats.near_instant(moment, datetime(2025, 11, 20, 12, 0, tzinfo=UTC), VIENNA) == text
