"""Periods: spans of local dates, by name or by dates, and the period that each is compared with.

A period's dates are inclusive and mean days in an organization's time zone; `Period.instants` turns them into the
half-open interval of UTC instants that records are counted in. Quarters and years are the organization's fiscal ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from partner_portal.lib.zone import first_instant

DAY = timedelta(days=1)
LONGEST_YEARS = 100
COMPARISONS = ("previous_period", "previous_year", "none")

PRESETS = (
    "today",
    "yesterday",
    "this_week",
    "last_week",
    "this_month",
    "last_month",
    "this_quarter",
    "last_quarter",
    "this_year",
    "last_year",
    "last_7_days",
    "last_30_days",
    "last_90_days",
    "last_12_months",
    "year_to_date",
    "custom",
)

_MONTHS = {
    "this_month": 1,
    "last_month": 1,
    "this_quarter": 3,
    "last_quarter": 3,
    "this_year": 12,
    "last_year": 12,
    "last_12_months": 12,
    "year_to_date": 12,
}
"""How many months before a period the one before it begins; the other periods step back by their own length."""


class PeriodError(ValueError):
    """No such period. The message is one line and names the remedy."""


@dataclass(frozen=True)
class Period:
    """The local dates from `start` to `end`, both included, under the name they were asked for by."""

    name: str
    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days the period has."""
        return (self.end - self.start).days + 1

    def dates(self) -> list[date]:
        """Every date of the period, in order."""
        return [self.start + DAY * offset for offset in range(self.days)]

    def instants(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The first instant of the first day and the first instant after the last day in `zone`, aware UTC."""
        return first_instant(self.start, zone), first_instant(self.end + DAY, zone)


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later (earlier when negative), clamped at the month's end."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, _days_in_month(year, month)))


def _days_in_month(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - date(year, month, 1)).days


def _is_month_end(day: date) -> bool:
    return day.day == _days_in_month(day.year, day.month)


def _week(today: date, week_start: int) -> date:
    """The first day of the week of `today`; `week_start` 0 is Monday, 6 is Sunday."""
    return today - DAY * ((today.weekday() - week_start) % 7)


def _block(today: date, months: int, fiscal_year_start: int) -> date:
    """The first day of the fiscal block of `months` (1, 3 or 12) that `today` lies in."""
    into_block = (today.month - fiscal_year_start) % months
    return add_months(today.replace(day=1), -into_block)


def _blocks(months: int, back: int) -> Callable[[date, int, int], tuple[date, date]]:
    """A calendar block of `months`, `back` blocks before the one of today."""

    def span(today: date, _week_start: int, fiscal_year_start: int) -> tuple[date, date]:
        start = add_months(_block(today, months, fiscal_year_start), -months * back)
        return start, add_months(start, months) - DAY

    return span


def _trailing(days: int) -> Callable[[date, int, int], tuple[date, date]]:
    """The `days` days that end today."""
    return lambda today, _week_start, _fiscal: (today - DAY * (days - 1), today)


def _weeks(back: int) -> Callable[[date, int, int], tuple[date, date]]:
    """A whole week, `back` weeks before the one of today."""

    def span(today: date, week_start: int, _fiscal: int) -> tuple[date, date]:
        start = _week(today, week_start) - DAY * 7 * back
        return start, start + DAY * 6

    return span


_SPANS: dict[str, Callable[[date, int, int], tuple[date, date]]] = {
    "today": _trailing(1),
    "yesterday": lambda today, _week_start, _fiscal: (today - DAY, today - DAY),
    "this_week": _weeks(0),
    "last_week": _weeks(1),
    "this_month": _blocks(1, 0),
    "last_month": _blocks(1, 1),
    "this_quarter": _blocks(3, 0),
    "last_quarter": _blocks(3, 1),
    "this_year": _blocks(12, 0),
    "last_year": _blocks(12, 1),
    "last_7_days": _trailing(7),
    "last_30_days": _trailing(30),
    "last_90_days": _trailing(90),
    "last_12_months": lambda today, _week_start, _fiscal: (add_months(today, -12) + DAY, today),
    "year_to_date": lambda today, _week_start, fiscal: (_block(today, 12, fiscal), today),
}


def resolve_period(
    name: str,
    today: date,
    *,
    start: date | None = None,
    end: date | None = None,
    week_start: int = 0,
    fiscal_year_start: int = 1,
) -> Period:
    """The period called `name` as seen on the local date `today`; `custom` takes its dates from `start` and `end`.

    `week_start` is 0 (Monday) to 6 (Sunday), `fiscal_year_start` the month 1-12 in which the year begins.
    `last_12_months` ends today and begins the day after the same date a year ago. Raises `PeriodError`.
    """
    if name == "custom":
        return _custom(start, end)
    if name not in _SPANS:
        raise PeriodError(f"Unknown period {name!r}: use one of {', '.join(PRESETS)}.")
    if start is not None or end is not None:
        raise PeriodError(f"The period {name} brings its own dates: leave out start and end, or ask for custom.")
    try:
        return Period(name, *_SPANS[name](today, week_start, fiscal_year_start))
    except (ValueError, OverflowError) as error:
        raise PeriodError(f"The period {name} of {today} lies outside the calendar: ask at another date.") from error


def _custom(start: date | None, end: date | None) -> Period:
    if start is None or end is None:
        raise PeriodError("A custom period needs both dates: give a start and an end, e.g. 2026-11-01 and 2026-11-30.")
    if end < start:
        raise PeriodError(f"The period ends on {end}, before it starts on {start}: swap the two dates.")
    if start.year <= 1 or end.year >= date.max.year:
        raise PeriodError(f"The period from {start} to {end} lies outside the calendar: use years from 2 to 9998.")
    if end.year > LONGEST_YEARS and add_months(end, -LONGEST_YEARS * 12) >= start:
        raise PeriodError(f"The period from {start} to {end} is longer than {LONGEST_YEARS} years: ask for less.")
    return Period("custom", start, end)


def comparison_period(period: Period, kind: str, today: date) -> Period | None:
    """What `period` is compared with: the period before it, the same dates a year before, or None for `none`.

    While the period is running (it has begun and its last day is not over) equal elapsed days are compared: as many
    days from the start of the other period as have begun of this one, but none past that period's end. Raises
    `PeriodError` for an unknown kind, and where the calendar has no such dates.
    """
    if kind not in COMPARISONS:
        raise PeriodError(f"Unknown comparison {kind!r}: use one of {', '.join(COMPARISONS)}.")
    if kind == "none":
        return None
    try:
        start, end = _year_before(period) if kind == "previous_year" else _before(period)
    except (ValueError, OverflowError) as error:
        raise PeriodError(f"There are no dates before {period.start}: compare with none.") from error
    if period.start <= today <= period.end:
        end = min(end, start + (today - period.start))
    return Period(kind, start, end)


def _before(period: Period) -> tuple[date, date]:
    """The whole period before `period`."""
    months = _MONTHS.get(period.name)
    if months is None:
        return period.start - DAY * period.days, period.start - DAY
    if period.name == "year_to_date":
        return _year_before(period)
    return add_months(period.start, -months), period.start - DAY


def neighbour(period: Period, *, is_later: bool) -> Period:
    """The range of the same kind right before or after `period`, as `custom`.

    Whole months are followed by as many whole months, a running year by a whole one, any other range by one of its
    length. Raises `PeriodError` where the calendar ends.
    """
    try:
        start, end = _after(period) if is_later else _preceding(period)
    except (ValueError, OverflowError) as error:
        raise PeriodError(f"There are no dates beside {period.start} to {period.end}: ask for others.") from error
    return _custom(start, end)


def _preceding(period: Period) -> tuple[date, date]:
    months = _months_of(period)
    start = period.start - DAY * period.days if months is None else add_months(period.start, -months)
    return start, period.start - DAY


def _after(period: Period) -> tuple[date, date]:
    months = _months_of(period)
    start = add_months(period.start, 12) if period.name == "year_to_date" else period.end + DAY
    return start, start + DAY * (period.days - 1) if months is None else add_months(start, months) - DAY


def _months_of(period: Period) -> int | None:
    """How many months the period is made of; None where it is made of days."""
    if period.name in _MONTHS:
        return _MONTHS[period.name]
    following = period.end + DAY
    if period.start.day != 1 or following.day != 1:
        return None
    return (following.year - period.start.year) * 12 + following.month - period.start.month


def _year_before(period: Period) -> tuple[date, date]:
    """The same dates a year before; a period of whole months stays one of whole months, whatever February does."""
    start, end = add_months(period.start, -12), add_months(period.end, -12)
    if period.start.day == 1 and _is_month_end(period.end):
        end = end.replace(day=_days_in_month(end.year, end.month))
    return start, end
