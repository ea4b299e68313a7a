"""The report's numbers by local day and by owner."""

from __future__ import annotations

from typing import Any

from partner_portal.reports.activities import Counts
from partner_portal.reports.deals import DealCounts
from partner_portal.reports.figures import Figures
from partner_portal.reports.question import Frame
from partner_portal.reports.wire import amount_text, named, rate

ACTIVITY_FIGURES = {
    "calls": "calls",
    "outbound": "outbound_calls",
    "inbound": "inbound_calls",
    "unspecified": "unspecified_calls",
    "emails": "emails",
    "meetings": "meetings",
    "conversations": "conversations",
}
"""The counts of activities that each day and each owner shows, with the slugs of their metrics."""
DEAL_COUNTS = {
    "created": "funnel_prospects",
    "won": "won",
    "lost": "lost",
    "decided": "closed_deals",
    "open": "open_deals",
}
DEAL_AMOUNTS = {"won_amount": "won_amount", "open_amount": "open_amount"}
"""The figures of deals that each owner shows, with the slugs of their metrics."""


def by_day(figures: Figures, frame: Frame) -> list[dict[str, Any]]:
    """One entry per local date of the period, future ones included; null where the source was never read."""
    appointments = figures.appointments
    return [
        {"date": day.isoformat()}
        | _activity(figures, None if figures.activities is None else figures.activities.by_day.get(day))
        | {"appointments": None if appointments is None else appointments.by_day.get(day, 0)}
        for day in frame.period.dates()
    ]


def by_owner(figures: Figures) -> list[dict[str, Any]]:
    """One entry per owner with any figure in the period, nobody included; most calls first, then by name.

    Whoever is confined to one owner is told of no other.
    """
    asked, found = figures.inquiry.frame.question, _owners(figures)
    if asked.confined_to is not None:
        found &= {asked.confined_to}
    owners = sorted(found, key=lambda owner: (owner is None, owner))
    people = figures.ground.people
    entries = [_owner(figures, owner, people.get(owner) if owner is not None else None) for owner in owners]
    return sorted(entries, key=_rank)


def _rank(entry: dict[str, Any]) -> tuple[Any, ...]:
    name = entry["owner"]["name"] if entry["owner"] else None
    return -(entry["calls"] or 0), entry["owner"] is None, name is None, (name or "").casefold()


def _owners(figures: Figures) -> set[int | None]:
    found: set[int | None] = set()
    if figures.activities is not None:
        shown = set(ACTIVITY_FIGURES.values())
        found |= {owner for owner, counts in figures.activities.by_owner.items() if any(counts[slug] for slug in shown)}
    if figures.appointments is not None:
        found |= {owner for owner, count in figures.appointments.by_owner.items() if count}
    if figures.deals is not None:
        found |= {
            owner
            for owner, values in figures.deals.by_owner.items()
            if any(values[slug] for slug in DEAL_COUNTS.values())
        }
    return found


def _owner(figures: Figures, owner: int | None, name: str | None) -> dict[str, Any]:
    activities, appointments = figures.activities, figures.appointments
    return (
        {"owner": named(owner, name)}
        | _activity(figures, None if activities is None else activities.by_owner.get(owner))
        | {"appointments": None if appointments is None else appointments.by_owner.get(owner, 0)}
        | _deals(figures.deals, owner)
    )


def _deals(deals: DealCounts | None, owner: int | None) -> dict[str, Any]:
    if deals is None:
        return dict.fromkeys((*DEAL_COUNTS, *DEAL_AMOUNTS, "close_rate"))
    values = deals.by_owner.get(owner, {})
    counts = {figure: values.get(slug, 0) for figure, slug in DEAL_COUNTS.items()}
    amounts = {figure: amount_text(values.get(slug)) for figure, slug in DEAL_AMOUNTS.items()}
    return counts | amounts | {"close_rate": rate(counts["won"], counts["decided"])}


def _activity(figures: Figures, counts: Counts | None) -> dict[str, Any]:
    if figures.activities is None:
        return dict.fromkeys(ACTIVITY_FIGURES)
    return {figure: 0 if counts is None else counts[slug] for figure, slug in ACTIVITY_FIGURES.items()}
