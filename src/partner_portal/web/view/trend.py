"""Activity over the range: the series of the chart, the same as a table, and the same in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from partner_portal.web.view import formats
from partner_portal.web.view.charts import Chart, Series
from partner_portal.web.view.figures import Figure, Figures

SERIES = (("calls", "Calls"), ("emails", "E-mails"), ("meetings", "Meetings"))
COLUMNS = (
    ("calls", "Calls"),
    ("outbound", "Out"),
    ("inbound", "In"),
    ("emails", "E-mails"),
    ("meetings", "Meetings"),
    ("appointments", "Appointments"),
)
DIRECTIONS = (("outbound", "Out"), ("inbound", "In"), ("unspecified", "Unspecified"))
MOST_DAYS = 92
"""Longer ranges are shown by week: more bars than these cannot be told apart."""


@dataclass(frozen=True)
class Plot:
    """What a trend shows of the document's days, by key and name: bars on each other, and the table's columns.

    The days are told apart, and compared, by the sum of `counted`. In words this is the `name`, so many of which are
    `one` or `many`; `none` says that there are none at all.
    """

    series: Sequence[tuple[str, str]]
    columns: Sequence[tuple[str, str]]
    counted: Sequence[str]
    name: str
    one: str
    many: str
    none: str


CALLS_FIRST = Plot(SERIES, COLUMNS, ("calls",), "calls", "call", "calls", "No calls in this range.")
"""Everything that is done, of which calls are what counts."""
BY_KIND = Plot(
    SERIES,
    (*SERIES, ("conversations", "Conversations"), ("appointments", "Appointments")),
    tuple(key for key, _ in SERIES),
    "activity",
    "call, e-mail or meeting",
    "calls, e-mails and meetings",
    "No calls, e-mails or meetings in this range.",
)
BY_DIRECTION = replace(CALLS_FIRST, series=DIRECTIONS, columns=(("calls", "Calls"), *DIRECTIONS))


@dataclass(frozen=True)
class Row:
    """One day or week of the table view, with a figure per column."""

    label: str
    iso: str
    is_today: bool
    figures: Sequence[Figure]


@dataclass(frozen=True)
class Trend:
    """`unit` is day or week, of which the chart has one place for each; the table only for those that have begun."""

    unit: str
    chart: Chart
    columns: Sequence[str]
    rows: Sequence[Row]
    summary: str

    @property
    def has_data(self) -> bool:
        """Whether any day up to today has an activity."""
        return self.chart.has_data


@dataclass(frozen=True)
class _Place:
    """One place of the chart: the days `first` to `last` of the document; `begun` is the last that has begun."""

    first: int
    last: int
    begun: int | None


def trend(
    figures: Figures,
    today: date,
    plot: Plot = CALLS_FIRST,
    *,
    week_start: int = 0,
    earlier: Sequence[Mapping[str, Any]] | None = None,
) -> Trend:
    """The trend of `figures`' document; `today` is the organization's local date. Days after it stay empty.

    `week_start` is 0 (Monday) to 6; `earlier` are the days of the comparison, whose sums are drawn as a line.
    """
    days = figures.document["by_day"]
    dates = [date.fromisoformat(row["date"]) for row in days]
    is_by_week = len(days) > MOST_DAYS
    places = _weeks(dates, today, week_start) if is_by_week else _days(dates, today)
    series = [
        Series(
            key,
            title,
            [None if place.begun is None else _total(days, place.first, place.begun, (key,)) for place in places],
            links=[_records(figures, place, key) for place in places],
        )
        for key, title in plot.series
    ]
    if earlier:
        values = [_total(earlier, place.first, place.last, plot.counted) for place in places]
        series.append(Series("previous", f"{plot.name.capitalize()} of the comparison", values, kind="line"))
    chart = Chart(
        [formats.day(dates[place.first], today) for place in places],
        series,
        titles=[_title(dates, place, today) for place in places],
        today=next(
            (index for index, place in enumerate(places) if dates[place.first] <= today <= dates[place.last]), None
        ),
    )
    rows = tuple(_row(figures, dates, place, today, plot) for place in places if place.begun is not None)
    past = [row for day, row in zip(dates, days, strict=True) if day <= today]
    columns = tuple(title for _, title in plot.columns)
    return Trend(
        "week" if is_by_week else "day", chart, columns, rows, _summary(past, today, plot, is_by_week=is_by_week)
    )


def _days(dates: Sequence[date], today: date) -> list[_Place]:
    return [_Place(index, index, index if day <= today else None) for index, day in enumerate(dates)]


def _weeks(dates: Sequence[date], today: date, week_start: int) -> list[_Place]:
    """The weeks of the range; the first and the last may be cut."""
    firsts = [index for index, day in enumerate(dates) if index == 0 or day.weekday() == week_start]
    lasts = [*(first - 1 for first in firsts[1:]), len(dates) - 1]
    begun = sum(day <= today for day in dates) - 1
    return [
        _Place(first, last, min(last, begun) if first <= begun else None)
        for first, last in zip(firsts, lasts, strict=True)
    ]


def _total(days: Sequence[Mapping[str, Any]], first: int, last: int, keys: Sequence[str]) -> int | None:
    values = [row[key] for row in days[first : last + 1] for key in keys]
    return None if None in values or not values else sum(values)


def _records(figures: Figures, place: _Place, key: str) -> str:
    return "" if place.begun is None else figures.links.of_path(f"by_day.{place.first}-{place.begun}.{key}")


def _title(dates: Sequence[date], place: _Place, today: date) -> str:
    if place.first == place.last:
        return formats.weekday(dates[place.first], today)
    return formats.span(dates[place.first], dates[place.last], today)


def _row(figures: Figures, dates: Sequence[date], place: _Place, today: date, plot: Plot) -> Row:
    return Row(
        _title(dates, place, today),
        dates[place.first].isoformat(),
        dates[place.first] <= today <= dates[place.last],
        tuple(_figure(figures, place, key) for key, _ in plot.columns),
    )


def _figure(figures: Figures, place: _Place, key: str) -> Figure:
    if place.first == place.last or place.begun is None:
        return figures.count(f"by_day.{place.first}.{key}")
    return figures.count_of_days(place.first, place.begun, key)


def _summary(days: Sequence[Mapping[str, Any]], today: date, plot: Plot, *, is_by_week: bool) -> str:
    """The chart in words: how far it reaches, and which day had most."""
    if not days:
        return "No day of this range has begun yet."
    totals = [(total, row["date"]) for row in days if (total := _total([row], 0, 0, plot.counted)) is not None]
    if not totals:
        return "Not read from Autotask yet."
    most, best = max(totals, key=lambda found: found[0])
    if most == 0:
        return plot.none
    word = plot.one if most == 1 else plot.many
    when = formats.weekday(date.fromisoformat(best), today)
    of_days = "of a single day " if is_by_week else ""
    return f"Most {plot.name} {of_days}on {when}: {formats.count(most)} {word}."
