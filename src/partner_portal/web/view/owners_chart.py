"""Owners beside each other, as lying bars: calls, conversations by kind, or what was won."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from partner_portal.web.view import formats
from partner_portal.web.view.charts import COUNT, MONEY, ROWS, Chart, Series
from partner_portal.web.view.figures import Figures
from partner_portal.web.view.people import owner_name

MOST_BARS = 12
"""More bars than these are a list; that is what the table is for."""
KIND_NAMES = {"calls": "Calls", "meetings": "Meetings", "emails": "E-mails"}


@dataclass(frozen=True)
class Measure:
    """What can be drawn: its key in `by_owner`, its name, where the document has it for all, its unit."""

    key: str
    name: str
    total: str
    unit: str = COUNT


MEASURES = (
    Measure("calls", "Calls", "calls.total"),
    Measure("conversations", "Conversations", "conversations.total"),
    Measure("won_amount", "Won amount", "pipeline.won.amount", MONEY),
)


@dataclass(frozen=True)
class MeasureChoice:
    """A measure that can be drawn, the way to it, and whether it is."""

    name: str
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class OwnersChart:
    """The chart, the same in words, what else can be drawn; `fields` are the choice in the URL, `rest` counts the
    owners that are not drawn.
    """

    title: str
    chart: Chart
    summary: str
    choices: Sequence[MeasureChoice]
    fields: Mapping[str, str]
    rest: int


def owners_chart(figures: Figures, wanted: str, query: Callable[[Mapping[str, str]], str]) -> OwnersChart:
    """The chart of the measure that `wanted` is the key of, calls without one; `query` makes the way to another."""
    measure = next((measure for measure in MEASURES if measure.key == wanted), MEASURES[0])
    ranked = _ranked(figures, measure)
    drawn = ranked[:MOST_BARS]
    rows = figures.document["by_owner"]
    chart = Chart(
        [owner_name(rows[index]["owner"]) for index in drawn],
        [_series(figures, key, name, drawn) for key, name in _parts(figures, measure)],
        kind=ROWS,
        unit=measure.unit,
        currency=figures.currency if measure.unit == MONEY else "",
    )
    return OwnersChart(
        f"{measure.name} by person",
        chart,
        _summary(figures, measure, ranked),
        tuple(MeasureChoice(each.name, query(_fields(each)), each == measure) for each in MEASURES),
        _fields(measure),
        len(ranked) - len(drawn),
    )


def _fields(measure: Measure) -> dict[str, str]:
    return {} if measure == MEASURES[0] else {"chart": measure.key}


def _ranked(figures: Figures, measure: Measure) -> list[int]:
    """The places of the owners who have any, the most first."""
    values = [Decimal(str(row[measure.key] or 0)) for row in figures.document["by_owner"]]
    return sorted((place for place, value in enumerate(values) if value > 0), key=lambda place: -values[place])


def _parts(figures: Figures, measure: Measure) -> Sequence[tuple[str, str]]:
    """The series of a measure: conversations are drawn by the kinds that count as such."""
    if measure.key == "conversations":
        return [(kind, KIND_NAMES[kind]) for kind in figures.document["conversations"]["includes"]]
    return [(measure.key, measure.name)]


def _series(figures: Figures, key: str, name: str, places: Sequence[int]) -> Series:
    paths = [f"by_owner.{place}.{key}" for place in places]
    values = [figures.value(path) for path in paths]
    return Series(
        "won" if key == "won_amount" else key,
        name,
        [None if value is None else float(value) for value in values],
        links=[figures.links.of_path(path) for path in paths],
    )


def _summary(figures: Figures, measure: Measure, ranked: Sequence[int]) -> str:
    """The chart in words: who has most, and how much that is of all."""
    what = measure.name.lower()
    if figures.value(measure.total) is None:
        return f"{measure.name}: not read from Autotask yet."
    if not ranked:
        return f"No {what} in this range."
    rows = figures.document["by_owner"]
    best = rows[ranked[0]]
    most, whole = (_text(figures, measure, value) for value in (best[measure.key], figures.value(measure.total)))
    equals = sum(rows[place][measure.key] == best[measure.key] for place in ranked) - 1
    word = "Highest" if measure.unit == MONEY else "Most"
    if equals:
        return f"{word} {what}: {owner_name(best['owner'])} and {equals} more, {most} each of {whole}."
    return f"{word} {what}: {owner_name(best['owner'])}, {most} of {whole}."


def _text(figures: Figures, measure: Measure, value: int | str) -> str:
    return formats.money(str(value), figures.currency) if measure.unit == MONEY else formats.count(int(value))
