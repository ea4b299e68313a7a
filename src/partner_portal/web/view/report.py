"""The Sales report page: everything its template prints, from one document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from partner_portal.web.view.attention import Attention, attention
from partner_portal.web.view.cards import DEALS_AND_DATES, Card, activity_sources, cards, why_unknown
from partner_portal.web.view.figures import Figures
from partner_portal.web.view.filters import Filters
from partner_portal.web.view.funnel import Funnel, funnel
from partner_portal.web.view.happenings import Activity, Appointment, recent_activity, upcoming_appointments
from partner_portal.web.view.people import OwnerTable, owner_table
from partner_portal.web.view.trend import Trend, trend


@dataclass(frozen=True)
class ReportPage:
    """The page's numbers, part by part. `has_data` says that anything was ever read; `activity_unknown` and
    `appointments_unknown` say why a list cannot be shown, "" when it can.
    """

    currency: str
    zone: str
    cards: Sequence[Card]
    funnel: Funnel
    attention: Sequence[Attention]
    trend: Trend
    owners: OwnerTable
    recent: Sequence[Activity]
    upcoming: Sequence[Appointment]
    has_data: bool
    activity_unknown: str
    appointments_unknown: str


def report_page(
    document: Mapping[str, Any],
    figures: Figures,
    filters: Filters,
    now: datetime,
    *,
    week_start: int = 0,
    earlier: Sequence[Mapping[str, Any]] = (),
) -> ReportPage:
    """The page over `document`, which answers `filters`, as seen at `now` (aware).

    `earlier` are the days compared with, `week_start` is 0 (Monday) to 6 (Sunday).
    """
    zone = ZoneInfo(document["organization"]["time_zone"])
    today = now.astimezone(zone).date()
    upcoming = upcoming_appointments(document, zone, now)
    return ReportPage(
        currency=figures.currency,
        zone=zone.key,
        cards=cards(figures, upcoming, today),
        funnel=funnel(figures),
        attention=attention(document),
        trend=trend(figures, today, week_start=week_start, earlier=earlier),
        owners=owner_table(figures, filters),
        recent=recent_activity(document, zone, today),
        upcoming=upcoming,
        has_data=document["data"]["as_of"] is not None,
        activity_unknown=_why_unknown(document, "calls", activity_sources(document)),
        appointments_unknown=_why_unknown(document, "appointments", DEALS_AND_DATES["appointments"]),
    )


def _why_unknown(document: Mapping[str, Any], part: str, entities: Sequence[str]) -> str:
    return why_unknown(document, entities) if document[part]["total"] is None else ""
