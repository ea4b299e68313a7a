"""The report's numbers by local day and by owner."""

from __future__ import annotations

from typing import Any

from partner_portal.reports.activities import Tally
from partner_portal.reports.figures import Figures
from partner_portal.reports.opportunities import Deals
from partner_portal.reports.question import Frame
from partner_portal.reports.statement import is_one_of
from partner_portal.reports.wire import amount_text, full_name, named
from partner_portal.warehouse.store import OrganizationStore

_NOTHING_DONE = Tally()
_NOTHING_WON = Deals()
ACTIVITY_FIGURES = ("calls", "outbound", "inbound", "unspecified", "emails", "meetings")
"""The counts of activities that each day and each owner shows."""


def by_day(figures: Figures, frame: Frame) -> list[dict[str, Any]]:
    """One entry per local date of the period, future ones included; null where the source was never read."""
    appointments = figures.appointments
    return [
        {"date": day.isoformat()}
        | _activity(figures, None if figures.activities is None else figures.activities.by_day.get(day))
        | {"appointments": None if appointments is None else appointments.by_day.get(day, 0)}
        for day in frame.period.dates()
    ]


def by_owner(store: OrganizationStore, figures: Figures) -> list[dict[str, Any]]:
    """One entry per owner with any figure in the period, nobody included; most calls first, then by name."""
    owners = sorted(_owners(figures), key=lambda owner: (owner is None, owner))
    names = _names(store, [owner for owner in owners if owner is not None])
    entries = [_owner(figures, owner, names.get(owner) if owner is not None else None) for owner in owners]
    return sorted(entries, key=_rank)


def _rank(entry: dict[str, Any]) -> tuple[Any, ...]:
    name = entry["owner"]["name"] if entry["owner"] else None
    return -(entry["calls"] or 0), entry["owner"] is None, name is None, (name or "").casefold()


def _owners(figures: Figures) -> set[int | None]:
    found: set[int | None] = set()
    if figures.activities is not None:
        found |= {
            owner
            for owner, tally in figures.activities.by_owner.items()
            if tally.calls or tally.emails or tally.meetings
        }
    if figures.appointments is not None:
        found |= {owner for owner, count in figures.appointments.by_owner.items() if count}
    if figures.deals is not None:
        found |= {owner for owner, won in figures.deals.won_by_owner.items() if won.count}
    return found


def _owner(figures: Figures, owner: int | None, name: str | None) -> dict[str, Any]:
    activities, appointments, deals = figures.activities, figures.appointments, figures.deals
    won = None if deals is None else deals.won_by_owner.get(owner, _NOTHING_WON)
    return (
        {"owner": named(owner, name)}
        | _activity(figures, None if activities is None else activities.by_owner.get(owner))
        | {
            "appointments": None if appointments is None else appointments.by_owner.get(owner, 0),
            "won": None if won is None else won.count,
            "won_amount": None if won is None else amount_text(won.amount),
        }
    )


def _activity(figures: Figures, tally: Tally | None) -> dict[str, Any]:
    if figures.activities is None:
        return dict.fromkeys((*ACTIVITY_FIGURES, "conversations"))
    done = tally or _NOTHING_DONE
    conversations = done.conversations(with_emails=figures.mapping.emails_are_conversations)
    return {figure: getattr(done, figure) for figure in ACTIVITY_FIGURES} | {"conversations": conversations}


def _names(store: OrganizationStore, owners: list[int]) -> dict[int, str | None]:
    if not owners:
        return {}
    columns = "SELECT id, first_name, last_name FROM resources WHERE "
    return {owner: full_name(first, last) for owner, first, last in store.rows(columns + is_one_of("id", owners))}
