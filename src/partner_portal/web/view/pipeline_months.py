"""When open deals should close: bars by month, the same as a table, and the same in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from partner_portal.web.view import formats
from partner_portal.web.view.charts import MONEY, Chart, Series
from partner_portal.web.view.figures import Figures
from partner_portal.web.view.pipeline_rows import AmountRow, Entry, amount_row, in_words, largest, worth

MOST_MONTHS = 24
"""The chart ends after these; later months are in the table alone."""
MONTHS_OF_A_YEAR = 12


@dataclass(frozen=True)
class Months:
    """The months from the present one on, and what no month holds: `apart` are overdue deals and those without a date.

    Rows, `apart` and nothing else make up `total`, the open pipeline. `later` is how many months the chart leaves out.
    """

    chart: Chart
    rows: Sequence[AmountRow]
    apart: Sequence[AmountRow]
    total: AmountRow
    summary: str
    later: int


def projected_months(figures: Figures, today: date) -> Months:
    """The open deals of `figures`' document by the month that they should close in; `today` is the local date."""
    found: Sequence[Entry] = figures.value("pipeline.projected_close") or []
    return Months(
        chart=_chart(figures, found, today),
        rows=tuple(
            amount_row(figures, _name(entry["month"]), f"pipeline.projected_close.{index}")
            for index, entry in enumerate(found)
        ),
        apart=(
            amount_row(figures, "Overdue", "pipeline.overdue", is_weighted=False),
            amount_row(figures, "No projected close", "pipeline.unprojected", is_weighted=False),
        ),
        total=amount_row(figures, "Open pipeline", "pipeline.open"),
        summary=_summary(found, figures.currency),
        later=sum(_distance(entry["month"], today) >= MOST_MONTHS for entry in found),
    )


def _chart(figures: Figures, found: Sequence[Entry], today: date) -> Chart:
    """Every month from the present one to the last that holds a deal, so that gaps are seen as gaps."""
    places = {
        distance: index
        for index, entry in enumerate(found)
        if (distance := _distance(entry["month"], today)) < MOST_MONTHS
    }
    months = range(max(places, default=-1) + 1)
    shown = [(_month_after(today, distance), places.get(distance)) for distance in months]

    def values(key: str) -> list[float]:
        return [0.0 if index is None else worth(found[index], key) for _, index in shown]

    def links(key: str) -> list[str]:
        return [
            "" if index is None else figures.links.of_path(f"pipeline.projected_close.{index}.{key}")
            for _, index in shown
        ]

    return Chart(
        [formats.short_month(month, today) for month, _ in shown],
        [
            Series("open", "Amount", values("amount"), links=links("amount")),
            Series("weighted", "Weighted", values("weighted_amount"), kind="line", links=links("weighted_amount")),
        ],
        titles=[
            f"{formats.month(month)}, {formats.counted(0 if index is None else found[index]['count'], 'deal')}"
            for month, index in shown
        ],
        unit=MONEY,
        currency=figures.currency,
    )


def _distance(month: str, today: date) -> int:
    """How many months after the present one `month` ("2025-11") is."""
    year, number = map(int, month.split("-"))
    return (year - today.year) * MONTHS_OF_A_YEAR + number - today.month


def _month_after(today: date, months: int) -> date:
    years, month = divmod(today.month - 1 + months, MONTHS_OF_A_YEAR)
    return date(today.year + years, month + 1, 1)


def _name(month: str) -> str:
    return formats.month(date.fromisoformat(f"{month}-01"))


def _summary(found: Sequence[Entry], currency: str) -> str:
    if not found:
        return "No open deal is projected to close from today on."
    most = largest(found)
    if most is None:
        return "No deal that is projected to close has an amount."
    return f"Most should close in {_name(most['month'])}: {in_words(most, currency)}."
