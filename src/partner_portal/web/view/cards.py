"""The six cards of the first screen: what is counted, how it moved, what it is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from partner_portal.reports.sources import ACTIVITY_ENTITIES
from partner_portal.web.view.attention import entity_name
from partner_portal.web.view.change import Change, change, change_in_points
from partner_portal.web.view.figures import Figure, Figures
from partner_portal.web.view.happenings import Appointment
from partner_portal.web.view.sparkline import Sparkline, sparkline

DEALS_AND_DATES = {"deals": ("Opportunities",), "appointments": ("Appointments",)}
"""The entities that the other cards are read from."""

Days = Sequence[Mapping[str, Any]]
"""The document's `by_day`, up to today."""


@dataclass(frozen=True)
class Detail:
    """A smaller figure under a card's own, the words after it, and what belongs in the same breath."""

    figure: Figure
    after: str
    then: Detail | None = None


@dataclass(frozen=True)
class Card:
    """One card. `words` end the line of details, `meter` is a percentage drawn as a bar, `reason` says why an unknown
    figure is unknown.
    """

    key: str
    title: str
    figure: Figure
    details: Sequence[Detail] = ()
    words: str = ""
    change: Change | None = None
    spark: Sparkline | None = None
    meter: float | None = None
    reason: str = ""


def cards(figures: Figures, upcoming: Sequence[Appointment], today: date) -> tuple[Card, ...]:
    """The six cards of `figures`' document; `upcoming` are its appointments, `today` the organization's date."""
    days = days_begun(figures.document, today)
    return (
        calls_card(figures, days),
        conversations_card(figures, days),
        appointments_card(figures, days, upcoming),
        _open_pipeline(figures),
        _won(figures),
        close_rate(figures),
    )


def days_begun(document: Mapping[str, Any], today: date) -> Days:
    """The days of `document` that have begun on the local date `today`."""
    return [row for row in document["by_day"] if date.fromisoformat(row["date"]) <= today]


def calls_card(figures: Figures, days: Days) -> Card:
    """Calls with their directions."""
    parts = (("outbound", "out"), ("inbound", "in"), ("unspecified", "unspecified"))
    return Card(
        "calls",
        "Calls",
        figures.count("calls.total"),
        details=tuple(Detail(figures.count(f"calls.{part}"), words) for part, words in parts),
        change=change_of(figures, "calls"),
        spark=spark_of(days, "calls", "Calls"),
        reason=reason_unknown(figures, "calls.total", activity_sources(figures.document)),
    )


def conversations_card(figures: Figures, days: Days) -> Card:
    """Conversations with the kinds that the organization counts as such."""
    kinds = figures.document["conversations"]["includes"]
    return Card(
        "conversations",
        "Conversations",
        figures.count("conversations.total"),
        details=tuple(Detail(figures.count(f"{kind}.total"), kind) for kind in kinds),
        change=change_of(figures, "conversations"),
        spark=spark_of(days, "conversations", "Conversations"),
        reason=reason_unknown(figures, "conversations.total", activity_sources(figures.document)),
    )


def appointments_card(figures: Figures, days: Days, upcoming: Sequence[Appointment]) -> Card:
    """Appointments, and when the soonest of `upcoming` begins."""
    return Card(
        "appointments",
        "Appointments",
        figures.count("appointments.total"),
        words=_next_appointment(figures, upcoming),
        change=change_of(figures, "appointments"),
        spark=spark_of(days, "appointments", "Appointments"),
        reason=reason_unknown(figures, "appointments.total", DEALS_AND_DATES["appointments"]),
    )


def _open_pipeline(figures: Figures) -> Card:
    return Card(
        "open_pipeline",
        "Open pipeline",
        figures.money("pipeline.open.amount"),
        details=(
            Detail(figures.count("pipeline.open.count"), "deals"),
            Detail(figures.money("pipeline.open.weighted_amount"), "weighted"),
        ),
        reason=reason_unknown(figures, "pipeline.open.amount", DEALS_AND_DATES["deals"]),
    )


def _won(figures: Figures) -> Card:
    amount = figures.money("pipeline.won.amount")
    won, lost = figures.count("pipeline.won.count"), figures.count("pipeline.lost.count")
    return Card(
        "won",
        "Won",
        amount,
        details=(Detail(won, "won"), Detail(lost, "lost")),
        change=change(amount, figures.money("pipeline.won.previous.amount"), is_compared=is_compared(figures)),
        reason=reason_unknown(figures, "pipeline.won.amount", DEALS_AND_DATES["deals"]),
    )


def close_rate(figures: Figures) -> Card:
    """The card of the deals won of those that ended in the period, as n of m."""
    rate = figures.rate("pipeline.close_rate.rate")
    earlier = figures.rate("pipeline.close_rate.previous.rate")
    won, closed = figures.count("pipeline.close_rate.won"), figures.count("pipeline.close_rate.of")
    return Card(
        "close_rate",
        "Close rate",
        rate,
        details=(Detail(won, "of", Detail(closed, "closed deals")),),
        change=change_in_points(rate, earlier, is_compared=is_compared(figures)),
        meter=percent(figures.value(rate.path)),
        reason=reason_unknown(figures, won.path, DEALS_AND_DATES["deals"]),
    )


def is_compared(figures: Figures) -> bool:
    """Whether the document has a range to compare with."""
    return figures.document["comparison"] is not None


def change_of(figures: Figures, key: str) -> Change | None:
    """How the total of `key` moved against the comparison."""
    return change(figures.count(f"{key}.total"), figures.count(f"{key}.previous"), is_compared=is_compared(figures))


def activity_sources(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The entities that activities are read from in the organization's dialect; none before it is known."""
    return ACTIVITY_ENTITIES.get(document["data"]["dialect"], ())


def spark_of(days: Days, key: str, title: str) -> Sparkline | None:
    """The sparkline of `key` by day; None where the document does not break it down by day or does not know it."""
    values = [row.get(key) for row in days]
    return None if None in values else sparkline([value for value in values if value is not None], title)


def reason_unknown(figures: Figures, path: str, entities: Sequence[str]) -> str:
    """Why the figure at `path` is unknown: which of the entities it is read from have a problem. "" when known."""
    if figures.value(path) is not None:
        return ""
    return why_unknown(figures.document, entities)


def why_unknown(document: Mapping[str, Any], entities: Sequence[str]) -> str:
    """In one sentence, why what is read from `entities` is unknown; the full reason is under Needs attention."""
    if entities == DEALS_AND_DATES["appointments"] and leaves_out_appointments(document):
        return "Appointments name no company and no opportunity: leave these filters out to see them."
    sources = document["data"]["sources"]
    troubled = [
        entity_name(source["entity"]) for source in sources if source["entity"] in entities and source["problem"]
    ]
    return f"{' and '.join(troubled)} could not be read." if troubled else "Not read from Autotask yet."


def leaves_out_appointments(document: Mapping[str, Any]) -> bool:
    """Whether the document is narrowed by what appointments don't name."""
    return any(document["filters"][name] is not None for name in ("company", "category"))


def _next_appointment(figures: Figures, upcoming: Sequence[Appointment]) -> str:
    """When the soonest appointment begins that is still to come."""
    if figures.value("appointments.total") is None:
        return ""
    coming = next((appointment for appointment in upcoming if not appointment.has_begun), None)
    return "None to come" if coming is None else f"Next: {coming.day}, {coming.starts.text.lower()}"


def percent(part: float | None) -> float | None:
    """A part of one in percent, as a bar's width; None stays None."""
    return None if part is None else round(part * 100, 2)
