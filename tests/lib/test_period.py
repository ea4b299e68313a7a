from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_portal.lib.period import (
    COMPARISONS,
    PRESETS,
    Period,
    PeriodError,
    add_months,
    comparison_period,
    neighbour,
    resolve_period,
)

TODAY = date(2026, 11, 22)  # a Sunday
DATES = st.dates(date(1990, 1, 1), date(2060, 12, 31))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


NAMED = [name for name in PRESETS if name != "custom"]


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("today", TODAY, TODAY),
        ("yesterday", date(2026, 11, 21), date(2026, 11, 21)),
        ("this_week", date(2026, 11, 16), date(2026, 11, 22)),
        ("last_week", date(2026, 11, 9), date(2026, 11, 15)),
        ("this_month", date(2026, 11, 1), date(2026, 11, 30)),
        ("last_month", date(2026, 10, 1), date(2026, 10, 31)),
        ("this_quarter", date(2026, 10, 1), date(2026, 12, 31)),
        ("last_quarter", date(2026, 7, 1), date(2026, 9, 30)),
        ("this_year", date(2026, 1, 1), date(2026, 12, 31)),
        ("last_year", date(2025, 1, 1), date(2025, 12, 31)),
        ("last_7_days", date(2026, 11, 16), TODAY),
        ("last_30_days", date(2026, 10, 24), TODAY),
        ("last_90_days", date(2026, 8, 25), TODAY),
        ("last_12_months", date(2025, 11, 23), TODAY),
        ("year_to_date", date(2026, 1, 1), TODAY),
    ],
)
def test_presets(name: str, start: date, end: date):
    assert resolve_period(name, TODAY) == Period(name, start, end)


@pytest.mark.parametrize(
    ("week_start", "start"), [(0, date(2026, 11, 16)), (6, date(2026, 11, 22)), (5, date(2026, 11, 21))]
)
def test_a_week_starts_where_the_organization_says(week_start: int, start: date):
    period = resolve_period("this_week", TODAY, week_start=week_start)
    assert period == Period("this_week", start, start + timedelta(days=6))


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("this_quarter", date(2026, 10, 1), date(2026, 12, 31)),
        ("this_year", date(2026, 7, 1), date(2027, 6, 30)),
        ("last_year", date(2025, 7, 1), date(2026, 6, 30)),
        ("year_to_date", date(2026, 7, 1), TODAY),
    ],
)
def test_a_fiscal_year_from_july(name: str, start: date, end: date):
    assert resolve_period(name, TODAY, fiscal_year_start=7) == Period(name, start, end)


def test_fiscal_quarters_follow_a_year_from_february():
    period = resolve_period("this_quarter", TODAY, fiscal_year_start=2)
    assert (period.start, period.end) == (date(2026, 11, 1), date(2027, 1, 31))


def test_a_custom_period_keeps_its_dates():
    period = resolve_period("custom", TODAY, start=date(2026, 2, 3), end=date(2026, 2, 3))
    assert period == Period("custom", date(2026, 2, 3), date(2026, 2, 3))
    assert period.days == 1


@pytest.mark.parametrize(
    ("name", "start", "end", "words"),
    [
        ("custom", None, date(2026, 1, 1), "both dates"),
        ("custom", date(2026, 1, 1), None, "both dates"),
        ("custom", date(2026, 1, 2), date(2026, 1, 1), "before it starts"),
        ("custom", date(1900, 1, 1), date(2100, 1, 1), "longer than 100 years"),
        ("custom", date(1926, 1, 1), date(2026, 1, 1), "longer than 100 years"),
        ("custom", date(1, 1, 1), date(2, 1, 1), "calendar"),
        ("custom", date(9990, 1, 1), date(9999, 12, 31), "calendar"),
        ("this_month", date(2026, 1, 1), date(2026, 1, 2), "custom"),
        ("next_month", None, None, "this_month, last_month"),
        ("", None, None, "this_month, last_month"),
    ],
)
def test_impossible_periods_are_refused_in_one_line(name: str, start: date | None, end: date | None, words: str):
    with pytest.raises(PeriodError, match=words) as refusal:
        resolve_period(name, TODAY, start=start, end=end)
    assert "\n" not in str(refusal.value)


def test_a_hundred_years_less_a_day_is_allowed():
    assert resolve_period("custom", TODAY, start=date(1926, 1, 2), end=date(2026, 1, 1)).days > 36_000


def test_a_preset_at_the_edge_of_the_calendar_is_refused():
    with pytest.raises(PeriodError, match="calendar"):
        resolve_period("last_12_months", date(1, 3, 1))


@given(st.sampled_from(NAMED), DATES, st.integers(0, 6), st.integers(1, 12))
def test_every_preset_is_a_span_that_touches_its_today(name: str, today: date, week_start: int, fiscal: int):
    period = resolve_period(name, today, week_start=week_start, fiscal_year_start=fiscal)
    assert period.start <= period.end
    if name.startswith("this_"):
        assert period.start <= today <= period.end
    elif name in {"yesterday", "last_week", "last_month", "last_quarter", "last_year"}:
        assert period.end < today
    else:
        assert period.end == today


@given(st.sampled_from(["week", "month", "quarter", "year"]), DATES, st.integers(0, 6), st.integers(1, 12))
def test_the_last_block_ends_where_this_one_starts(block: str, today: date, week_start: int, fiscal: int):
    this = resolve_period(f"this_{block}", today, week_start=week_start, fiscal_year_start=fiscal)
    last = resolve_period(f"last_{block}", today, week_start=week_start, fiscal_year_start=fiscal)
    assert last.end + timedelta(days=1) == this.start
    yesterday = this.start - timedelta(days=1)
    assert (
        resolve_period(f"this_{block}", yesterday, week_start=week_start, fiscal_year_start=fiscal).dates()
        == last.dates()
    )


@pytest.mark.parametrize(
    ("name", "today", "kind", "start", "end"),
    [
        # running: equal elapsed days
        ("this_month", TODAY, "previous_period", date(2026, 10, 1), date(2026, 10, 22)),
        ("this_month", date(2026, 3, 31), "previous_period", date(2026, 2, 1), date(2026, 2, 28)),
        ("this_month", date(2026, 2, 28), "previous_period", date(2026, 1, 1), date(2026, 1, 28)),
        ("this_quarter", TODAY, "previous_period", date(2026, 7, 1), date(2026, 8, 22)),
        ("this_year", TODAY, "previous_period", date(2025, 1, 1), date(2025, 11, 22)),
        ("this_week", date(2026, 11, 18), "previous_period", date(2026, 11, 9), date(2026, 11, 11)),
        ("today", TODAY, "previous_period", date(2026, 11, 21), date(2026, 11, 21)),
        ("last_7_days", TODAY, "previous_period", date(2026, 11, 9), date(2026, 11, 15)),
        ("year_to_date", TODAY, "previous_period", date(2025, 1, 1), date(2025, 11, 22)),
        ("last_12_months", TODAY, "previous_period", date(2024, 11, 23), date(2025, 11, 22)),
        ("this_month", TODAY, "previous_year", date(2025, 11, 1), date(2025, 11, 22)),
        ("this_month", date(2024, 2, 29), "previous_year", date(2023, 2, 1), date(2023, 2, 28)),
        ("today", date(2024, 2, 29), "previous_year", date(2023, 2, 28), date(2023, 2, 28)),
        # over: the whole other period
        ("last_month", TODAY, "previous_period", date(2026, 9, 1), date(2026, 9, 30)),
        ("last_month", date(2026, 4, 2), "previous_period", date(2026, 2, 1), date(2026, 2, 28)),
        ("last_quarter", TODAY, "previous_period", date(2026, 4, 1), date(2026, 6, 30)),
        ("last_year", TODAY, "previous_period", date(2024, 1, 1), date(2024, 12, 31)),
        ("yesterday", TODAY, "previous_period", date(2026, 11, 20), date(2026, 11, 20)),
        ("last_week", TODAY, "previous_period", date(2026, 11, 2), date(2026, 11, 8)),
        ("last_month", date(2025, 3, 9), "previous_year", date(2024, 2, 1), date(2024, 2, 29)),
        ("last_month", date(2024, 3, 9), "previous_year", date(2023, 2, 1), date(2023, 2, 28)),
    ],
)
def test_comparisons(name: str, today: date, kind: str, start: date, end: date):
    assert comparison_period(resolve_period(name, today), kind, today) == Period(kind, start, end)


def test_a_custom_range_is_compared_with_as_many_days_before_it():
    over = resolve_period("custom", TODAY, start=date(2026, 10, 10), end=date(2026, 10, 19))
    assert comparison_period(over, "previous_period", TODAY) == Period(
        "previous_period", date(2026, 9, 30), date(2026, 10, 9)
    )
    running = resolve_period("custom", TODAY, start=date(2026, 11, 21), end=date(2026, 11, 30))
    assert comparison_period(running, "previous_period", TODAY) == Period(
        "previous_period", date(2026, 11, 11), date(2026, 11, 12)
    )


def test_no_comparison():
    assert comparison_period(resolve_period("this_month", TODAY), "none", TODAY) is None


def test_an_unknown_comparison_lists_the_known_ones():
    with pytest.raises(PeriodError, match="previous_period, previous_year, none"):
        comparison_period(resolve_period("this_month", TODAY), "last_decade", TODAY)


def test_a_comparison_before_the_calendar_is_refused():
    early = resolve_period("custom", TODAY, start=date(2, 1, 1), end=date(9, 1, 1))
    with pytest.raises(PeriodError, match="compare with none"):
        comparison_period(early, "previous_period", TODAY)


@given(st.sampled_from(NAMED), st.sampled_from(COMPARISONS[:2]), DATES, st.integers(0, 6), st.integers(1, 12))
def test_a_comparison_lies_before_and_never_exceeds_the_elapsed_days(
    name: str, kind: str, today: date, week_start: int, fiscal: int
):
    period = resolve_period(name, today, week_start=week_start, fiscal_year_start=fiscal)
    compared = comparison_period(period, kind, today)
    assert compared is not None
    assert compared.start <= compared.end < period.start
    if period.end >= today:
        assert compared.days <= (today - period.start).days + 1


@pytest.mark.parametrize(
    ("zone", "start", "end", "starts_at", "ends_at"),
    [
        ("Europe/Berlin", date(2026, 3, 1), date(2026, 3, 31), utc(2026, 2, 28, 23), utc(2026, 3, 31, 22)),
        ("America/New_York", date(2026, 11, 1), date(2026, 11, 1), utc(2026, 11, 1, 4), utc(2026, 11, 2, 5)),
        ("America/Sao_Paulo", date(2018, 11, 3), date(2018, 11, 3), utc(2018, 11, 3, 3), utc(2018, 11, 4, 3)),
        ("UTC", date(2026, 1, 1), date(2026, 1, 1), utc(2026, 1, 1), utc(2026, 1, 2)),
    ],
)
def test_a_period_is_half_open_between_local_midnights(zone, start, end, starts_at, ends_at):
    instants = Period("custom", start, end).instants(ZoneInfo(zone))
    assert instants == (starts_at, ends_at)


def test_months_are_added_with_the_day_clamped():
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2024, 3, 31), -1) == date(2024, 2, 29)
    assert add_months(date(2026, 12, 5), 1) == date(2027, 1, 5)
    assert add_months(date(2026, 1, 5), -13) == date(2024, 12, 5)


def test_the_dates_of_a_period_are_all_of_them():
    assert Period("custom", date(2026, 2, 27), date(2026, 3, 2)).dates() == [
        date(2026, 2, 27),
        date(2026, 2, 28),
        date(2026, 3, 1),
        date(2026, 3, 2),
    ]


NEIGHBOURS = [
    ("this_month", date(2026, 11, 1), date(2026, 11, 30), date(2026, 10, 1), date(2026, 10, 31)),
    ("last_quarter", date(2026, 7, 1), date(2026, 9, 30), date(2026, 4, 1), date(2026, 6, 30)),
    ("year_to_date", date(2026, 1, 1), date(2026, 11, 22), date(2025, 1, 1), date(2025, 12, 31)),
    ("custom", date(2024, 1, 1), date(2024, 2, 29), date(2023, 11, 1), date(2023, 12, 31)),
    ("custom", date(2026, 11, 3), date(2026, 11, 9), date(2026, 10, 27), date(2026, 11, 2)),
    ("today", date(2026, 11, 22), date(2026, 11, 22), date(2026, 11, 21), date(2026, 11, 21)),
    ("last_12_months", date(2025, 11, 23), date(2026, 11, 22), date(2024, 11, 23), date(2025, 11, 22)),
]


@pytest.mark.parametrize(("name", "start", "end", "before_start", "before_end"), NEIGHBOURS)
def test_the_range_before(name: str, start: date, end: date, before_start: date, before_end: date):
    found = neighbour(Period(name, start, end), is_later=False)
    assert (found.name, found.start, found.end) == ("custom", before_start, before_end)


def test_the_range_after_a_running_year_is_the_next_whole_one():
    found = neighbour(Period("year_to_date", date(2026, 1, 1), date(2026, 11, 22)), is_later=True)
    assert (found.start, found.end) == (date(2027, 1, 1), date(2027, 12, 31))


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 400))
def test_after_the_one_before_comes_the_range_again(start: date, days: int):
    period = Period("custom", start, start + timedelta(days=days))
    before = neighbour(period, is_later=False)
    assert before.end + timedelta(days=1) == period.start
    again = neighbour(before, is_later=True)
    assert again.start == period.start


def test_where_the_calendar_ends_there_is_no_range_beside():
    with pytest.raises(PeriodError):
        neighbour(Period("custom", date(2, 1, 1), date(2, 12, 31)), is_later=False)
