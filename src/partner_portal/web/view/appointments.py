"""The Appointments page: how many there are, on which days, whose they are, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from partner_portal.web.view.attention import Attention, troubled_sources
from partner_portal.web.view.cards import (
    DEALS_AND_DATES,
    Card,
    Detail,
    appointments_card,
    days_begun,
    reason_unknown,
)
from partner_portal.web.view.figures import Figure, Figures
from partner_portal.web.view.filters import Filters
from partner_portal.web.view.happenings import Appointment, upcoming_appointments, why_unlisted
from partner_portal.web.view.month import Calendar, month_calendar
from partner_portal.web.view.people import owner_name, owner_slug
from partner_portal.web.view.ratios import ratio

SOURCES = DEALS_AND_DATES["appointments"]
COLUMNS = (("appointments", "Appointments"), ("calls", "Calls"), ("meetings", "Meetings"), ("won", "Won"))


@dataclass(frozen=True)
class OwnerRow:
    """One owner with a figure for each column; `href` leads to this owner's page, from the page of all owners on;
    `width` is the appointments in percent of the most.
    """

    name: str
    href: str
    figures: Sequence[Figure]
    width: float


@dataclass(frozen=True)
class AppointmentsPage:
    """The page, part by part. `unknown` says why appointments are not known, "" when they are; `unlisted` why none is
    listed although there may be some. `agenda` are those to come by their day.
    """

    cards: Sequence[Card]
    troubles: Sequence[Attention]
    calendar: Calendar
    agenda: Sequence[tuple[str, Sequence[Appointment]]]
    listed: int
    upcoming: Figure
    columns: Sequence[str]
    owners: Sequence[OwnerRow]
    records: str
    unknown: str
    unlisted: str


def appointments_page(
    figures: Figures, filters: Filters, now: datetime, *, month: str = "", week_start: int = 0
) -> AppointmentsPage:
    """The page over `figures`' document, which answers `filters`, as seen at `now` (aware).

    `month` is the month asked for ("2026-11"), `week_start` is 0 (Monday) to 6 (Sunday).
    """
    document = figures.document
    zone = ZoneInfo(document["organization"]["time_zone"])
    today = now.astimezone(zone).date()
    coming = upcoming_appointments(document, zone, now)
    return AppointmentsPage(
        cards=_cards(figures, now, coming),
        troubles=troubled_sources(document, SOURCES),
        calendar=month_calendar(figures, filters, today, month, week_start=week_start, coming=coming),
        agenda=[(day, tuple(those)) for day, those in groupby(coming, key=lambda appointment: appointment.day)],
        listed=len(coming),
        upcoming=figures.count("appointments.upcoming_total"),
        columns=tuple(name for _, name in COLUMNS),
        owners=_owners(figures, filters),
        records=figures.links.href("appointments"),
        unknown=reason_unknown(figures, "appointments.total", SOURCES),
        unlisted=why_unlisted(document),
    )


def _cards(figures: Figures, now: datetime, coming: Sequence[Appointment]) -> tuple[Card, ...]:
    zone = ZoneInfo(figures.document["organization"]["time_zone"])
    whole = appointments_card(figures, days_begun(figures.document, now.astimezone(zone).date()), coming)
    return (
        replace(whole, title="In this range", words="", spark=None),
        Card(
            "upcoming",
            "Upcoming",
            figures.count("appointments.upcoming_total"),
            words=whole.words,
            reason=whole.reason,
        ),
        _ratio_card(figures, "calls_per_appointment"),
        _ratio_card(figures, "appointments_per_won"),
    )


def _ratio_card(figures: Figures, slug: str) -> Card:
    found = ratio(figures, slug)
    return Card(
        slug,
        found.title,
        found.figure,
        details=(Detail(found.of, found.of_name), Detail(found.per, found.per_name)),
        reason=found.reason,
    )


def _owners(figures: Figures, filters: Filters) -> tuple[OwnerRow, ...]:
    """Whoever has appointments, most first."""
    held = [(index, row) for index, row in enumerate(figures.document["by_owner"]) if row["appointments"]]
    held.sort(key=lambda entry: -entry[1]["appointments"])
    query = replace(filters, owner=None).query()
    return tuple(
        OwnerRow(
            owner_name(row["owner"]),
            f"{owner_slug(row['owner'])}/{query}",
            tuple(figures.count(f"by_owner.{index}.{key}") for key, _ in COLUMNS),
            round(100 * row["appointments"] / held[0][1]["appointments"], 1),
        )
        for index, row in held
    )
