"""What every document says of itself: whose numbers, of which period, by which filters."""

from __future__ import annotations

from typing import Any

from partner_portal.lib.period import Period
from partner_portal.reports.question import Frame, Question
from partner_portal.reports.wire import instant_text

NOBODY = "nobody"
"""What stands for the owner of records that have none."""


def organization_document(frame: Frame) -> dict[str, Any]:
    """The organization, with the calendar and currency that the figures are in."""
    facts = frame.question.organization
    return {
        "slug": facts.slug,
        "name": facts.name,
        "time_zone": facts.time_zone,
        "currency": facts.currency,
    }


def period_document(period: Period, frame: Frame) -> dict[str, Any]:
    """A period by its local dates and by its half-open interval of instants."""
    starts_at, ends_at = period.instants(frame.zone)
    return {
        "name": period.name,
        "start": period.start.isoformat(),
        "end": period.end.isoformat(),
        "starts_at": instant_text(starts_at),
        "ends_at": instant_text(ends_at),
    }


def filters_document(question: Question) -> dict[str, Any]:
    """Whose records were asked for, null where all were; and whose the asker is confined to, null for everybody's."""
    return {
        "owner": NOBODY if question.of_nobody else question.owner_id,
        "team": None if question.team is None else question.team.name,
        "company": question.company_id,
        "category": question.category_id,
        "confined_to": question.confined_to,
    }
