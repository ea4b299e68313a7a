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
    days = [row for row in figures.document["by_day"] if date.fromisoformat(row["date"]) <= today]
    return (
        _calls(figures, days),
        _conversations(figures, days),
        _appointments(figures, days, upcoming),
        _open_pipeline(figures),
        _won(figures),
        _close_rate(figures),
    )


def _calls(figures: Figures, days: Days) -> Card:
    parts = (("outbound", "out"), ("inbound", "in"), ("unspecified", "unspecified"))
    return Card(
        "calls",
        "Calls",
        figures.count("calls.total"),
        details=tuple(Detail(figures.count(f"calls.{part}"), words) for part, words in parts),
        change=_change(figures, "calls"),
        spark=_spark(days, "calls", "Calls"),
        reason=_reason(figures, "calls.total", activity_sources(figures.document)),
    )


def _conversations(figures: Figures, days: Days) -> Card:
    kinds = figures.document["conversations"]["includes"]
    return Card(
        "conversations",
        "Conversations",
        figures.count("conversations.total"),
        details=tuple(Detail(figures.count(f"{kind}.total"), kind) for kind in kinds),
        change=_change(figures, "conversations"),
        spark=_spark(days, "conversations", "Conversations"),
        reason=_reason(figures, "conversations.total", activity_sources(figures.document)),
    )


def _appointments(figures: Figures, days: Days, upcoming: Sequence[Appointment]) -> Card:
    return Card(
        "appointments",
        "Appointments",
        figures.count("appointments.total"),
        words=_next_appointment(figures, upcoming),
        change=_change(figures, "appointments"),
        spark=_spark(days, "appointments", "Appointments"),
        reason=_reason(figures, "appointments.total", DEALS_AND_DATES["appointments"]),
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
        reason=_reason(figures, "pipeline.open.amount", DEALS_AND_DATES["deals"]),
    )


def _won(figures: Figures) -> Card:
    amount = figures.money("pipeline.won.amount")
    won, lost = figures.count("pipeline.won.count"), figures.count("pipeline.lost.count")
    return Card(
        "won",
        "Won",
        amount,
        details=(Detail(won, "won"), Detail(lost, "lost")),
        change=change(amount, figures.money("pipeline.won.previous.amount"), is_compared=_is_compared(figures)),
        reason=_reason(figures, "pipeline.won.amount", DEALS_AND_DATES["deals"]),
    )


def _close_rate(figures: Figures) -> Card:
    rate = figures.rate("pipeline.close_rate.rate")
    earlier = figures.rate("pipeline.close_rate.previous.rate")
    won, closed = figures.count("pipeline.close_rate.won"), figures.count("pipeline.close_rate.of")
    return Card(
        "close_rate",
        "Close rate",
        rate,
        details=(Detail(won, "of", Detail(closed, "closed deals")),),
        change=change_in_points(rate, earlier, is_compared=_is_compared(figures)),
        meter=_percent(figures.value(rate.path)),
        reason=_reason(figures, won.path, DEALS_AND_DATES["deals"]),
    )


def _is_compared(figures: Figures) -> bool:
    return figures.document["comparison"] is not None


def _change(figures: Figures, key: str) -> Change | None:
    return change(figures.count(f"{key}.total"), figures.count(f"{key}.previous"), is_compared=_is_compared(figures))


def activity_sources(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The entities that activities are read from in the organization's dialect; none before it is known."""
    return ACTIVITY_ENTITIES.get(document["data"]["dialect"], ())


def _spark(days: Days, key: str, title: str) -> Sparkline | None:
    """The sparkline of `key` by day; None where the document does not break it down by day or does not know it."""
    values = [row.get(key) for row in days]
    return None if None in values else sparkline([value for value in values if value is not None], title)


def _reason(figures: Figures, path: str, entities: Sequence[str]) -> str:
    """Why the figure at `path` is unknown: which of the entities it is read from have a problem. "" when known."""
    if figures.value(path) is not None:
        return ""
    return why_unknown(figures.document, entities)


def why_unknown(document: Mapping[str, Any], entities: Sequence[str]) -> str:
    """In one sentence, why what is read from `entities` is unknown; the full reason is under Needs attention."""
    sources = document["data"]["sources"]
    troubled = [
        entity_name(source["entity"]) for source in sources if source["entity"] in entities and source["problem"]
    ]
    return f"{' and '.join(troubled)} could not be read." if troubled else "Not read from Autotask yet."


def _next_appointment(figures: Figures, upcoming: Sequence[Appointment]) -> str:
    """When the soonest appointment begins that is still to come."""
    if figures.value("appointments.total") is None:
        return ""
    coming = next((appointment for appointment in upcoming if not appointment.has_begun), None)
    return "None to come" if coming is None else f"Next: {coming.day}, {coming.starts.text.lower()}"


def _percent(part: float | None) -> float | None:
    return None if part is None else round(part * 100, 2)
