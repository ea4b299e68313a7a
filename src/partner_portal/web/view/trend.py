"""Activity per day: the series of the chart, the same as a table, and the same in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from partner_portal.web.view import formats
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


@dataclass(frozen=True)
class Row:
    """One day of the table view, with a figure per column."""

    label: str
    iso: str
    is_today: bool
    figures: Sequence[Figure]


@dataclass(frozen=True)
class Trend:
    """`chart` is what the script draws: labels, series (null after today), the index of today."""

    chart: Mapping[str, Any]
    columns: Sequence[str]
    rows: Sequence[Row]
    summary: str

    @property
    def has_data(self) -> bool:
        """Whether any day up to today has an activity."""
        return any(any(series["values"]) for series in self.chart["series"])


def trend(figures: Figures, today: date) -> Trend:
    """The trend of `figures`' document; `today` is the organization's local date. Days after it stay empty."""
    days = figures.document["by_day"]
    dates = [date.fromisoformat(row["date"]) for row in days]
    past = [(index, row) for index, row in enumerate(days) if dates[index] <= today]
    chart = {
        "labels": [formats.day(value, today) for value in dates],
        "titles": [formats.weekday(value, today) for value in dates],
        "today": dates.index(today) if today in dates else None,
        "series": [
            {
                "key": key,
                "name": title,
                "values": [row[key] if day <= today else None for day, row in zip(dates, days, strict=True)],
            }
            for key, title in SERIES
        ],
    }
    rows = tuple(_row(figures, index, dates[index], today) for index, _ in past)
    return Trend(chart, tuple(title for _, title in COLUMNS), rows, _summary([row for _, row in past], today))


def _row(figures: Figures, index: int, value: date, today: date) -> Row:
    return Row(
        formats.weekday(value, today),
        value.isoformat(),
        value == today,
        tuple(figures.count(f"by_day.{index}.{key}") for key, _ in COLUMNS),
    )


def _summary(days: Sequence[Mapping[str, Any]], today: date) -> str:
    """The chart in words: how far it reaches, and which day had most calls."""
    if not days:
        return "No day of this range has begun yet."
    known = [row for row in days if row["calls"] is not None]
    if not known:
        return "Calls have not been read from Autotask yet."
    best = max(known, key=lambda row: row["calls"])
    if best["calls"] == 0:
        return "No calls in this range."
    word = "call" if best["calls"] == 1 else "calls"
    when = formats.weekday(date.fromisoformat(best["date"]), today)
    return f"Most calls on {when}: {formats.count(best['calls'])} {word}."
