"""A month of the range as a calendar: a number for each day of it that the document tells of."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from partner_portal.web.view import formats
from partner_portal.web.view.figures import Figure, Figures
from partner_portal.web.view.filters import Filters
from partner_portal.web.view.happenings import Appointment

COUNTED = "appointments"
MOST_TITLES = 2
"""So many appointments of a day are named in its place."""
LOADS = 4
"""Steps from a day with few appointments to the month's busiest."""
WEEKEND = (5, 6)
MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True)
class Day:
    """One day of the month. `figure` is None outside of the range; `load` is 0 for none to LOADS for the busiest.

    `coming` are those of its appointments that the document lists, the first of them; `more` is how many others.
    """

    iso: str
    number: str
    name: str
    figure: Figure | None
    load: int
    is_today: bool
    is_weekend: bool
    coming: Sequence[Appointment] = ()
    more: int = 0

    @property
    def word(self) -> str:
        """What the figure counts."""
        return "appointment" if self.figure is not None and self.figure.raw == "1" else "appointments"


@dataclass(frozen=True)
class MonthLink:
    """A month of the range: where it is shown, and how many appointments it has in the range."""

    name: str
    short: str
    href: str
    figure: Figure
    is_shown: bool


@dataclass(frozen=True)
class Calendar:
    """The month called `name`, `key` in the URL, as weeks of days; None stands for days of other months.

    `months` are the months of its year in the range, `earlier` and `later` those beside it, None at the range's ends.
    """

    key: str
    name: str
    weekdays: Sequence[tuple[str, str]]
    weeks: Sequence[Sequence[Day | None]]
    total: Figure
    summary: str
    months: Sequence[MonthLink]
    earlier: MonthLink | None
    later: MonthLink | None
    has_any: bool


def month_calendar(
    figures: Figures,
    filters: Filters,
    today: date,
    asked: str = "",
    *,
    week_start: int = 0,
    coming: Sequence[Appointment] = (),
) -> Calendar:
    """The month `asked` ("2026-11") of `figures`' document, else the one of `today` or the nearest to it in the range.

    `week_start` is 0 (Monday) to 6 (Sunday); `coming` are the appointments that the document lists.
    """
    range_ = _Range(figures, filters)
    first = range_.nearest(_first_of(asked) or today)
    dates = _dates_of(first)
    most = max((count for day in dates if (count := range_.count(day))), default=0)
    days = [_day(range_, day, today, most, coming) for day in dates]
    return Calendar(
        key=first.strftime("%Y-%m"),
        name=formats.month(first),
        weekdays=tuple(_weekday(week_start + offset) for offset in range(7)),
        weeks=_weeks(days, (first.weekday() - week_start) % 7),
        total=range_.total(first),
        summary=_summary(range_, dates, today),
        months=[range_.link(month, first) for month in range_.months if month.year == first.year],
        earlier=range_.beside(first, -1),
        later=range_.beside(first, 1),
        has_any=most > 0,
    )


class _Range:
    """The days of the document by their dates, and its months by their firsts."""

    def __init__(self, figures: Figures, filters: Filters) -> None:
        self.figures, self.filters = figures, filters
        self.places = {date.fromisoformat(row["date"]): place for place, row in enumerate(figures.document["by_day"])}
        self.months = sorted({day.replace(day=1) for day in self.places})

    def nearest(self, day: date) -> date:
        """The first of the month of the range that is nearest to `day`."""
        return min(max(day.replace(day=1), self.months[0]), self.months[-1])

    def count(self, day: date) -> int | None:
        """The appointments of `day`; None where nobody knows them."""
        found: int | None = self.figures.value(f"by_day.{self.places[day]}.{COUNTED}") if day in self.places else None
        return found

    def figure(self, day: date) -> Figure | None:
        """The figure of `day`; None outside of the range."""
        return self.figures.count(f"by_day.{self.places[day]}.{COUNTED}") if day in self.places else None

    def total(self, first: date) -> Figure:
        """The sum over the days of the month that are in the range."""
        places = [self.places[day] for day in _dates_of(first) if day in self.places]
        return self.figures.count_of_days(places[0], places[-1], COUNTED)

    def link(self, month: date, shown: date) -> MonthLink:
        """The way to `month` while the month `shown` is."""
        fields = self.filters.fields() | {"month": month.strftime("%Y-%m")}
        return MonthLink(
            formats.month(month),
            formats.short_month(month, month),
            f"?{urlencode(fields)}",
            self.total(month).plain,
            month == shown,
        )

    def beside(self, first: date, months: int) -> MonthLink | None:
        """The month so many after `first`; None where that is outside of the range."""
        place = self.months.index(first) + months
        return self.link(self.months[place], first) if 0 <= place < len(self.months) else None


def chosen_month(asked: str) -> Mapping[str, str]:
    """The month as a field of the URL; none where `asked` is no month."""
    return {} if _first_of(asked) is None else {"month": asked}


def _first_of(asked: str) -> date | None:
    found = MONTH.fullmatch(asked)
    return date(int(found[1]), int(found[2]), 1) if found and int(found[1]) else None


def _dates_of(first: date) -> list[date]:
    length = calendar.monthrange(first.year, first.month)[1]
    return [first + timedelta(days=offset) for offset in range(length)]


def _weekday(number: int) -> tuple[str, str]:
    """Short and long, in the active locale."""
    monday = date(2024, 1, 1)
    day = monday + timedelta(days=number % 7)
    return formats.weekday_name(day, is_short=True), formats.weekday_name(day)


def _weeks(days: Sequence[Day], blanks: int) -> tuple[tuple[Day | None, ...], ...]:
    """The days in rows of seven, after so many blanks."""
    cells: list[Day | None] = [*[None] * blanks, *days]
    cells += [None] * (-len(cells) % 7)
    return tuple(tuple(cells[at : at + 7]) for at in range(0, len(cells), 7))


def _day(range_: _Range, day: date, today: date, most: int, coming: Sequence[Appointment]) -> Day:
    count = range_.count(day) or 0
    named = [appointment for appointment in coming if appointment.on == day] if day in range_.places else []
    shown = named[:MOST_TITLES]
    return Day(
        day.isoformat(),
        str(day.day),
        formats.weekday(day, today),
        range_.figure(day),
        -(-count * LOADS // most) if most else 0,
        day == today,
        day.weekday() in WEEKEND,
        shown,
        max(count - len(shown), 0) if shown else 0,
    )


def _summary(range_: _Range, dates: Sequence[date], today: date) -> str:
    """The month in words: on how many days there are appointments, and which has most."""
    known = [(count, day) for day in dates if (count := range_.count(day)) is not None]
    busy = [(count, day) for count, day in known if count]
    if not known:
        return ""
    if not busy:
        return "No appointments in this month."
    most, best = max(busy, key=lambda found: found[0])
    days = formats.counted(len(busy), "day")
    return f"On {days}, most on {formats.weekday(best, today)}: {formats.count(most)}."
