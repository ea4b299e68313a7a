"""The sales report: one document out of one snapshot, from which every page, answer and file is rendered."""

from __future__ import annotations

from typing import Any

from partner_portal.lib.period import Period
from partner_portal.reports.activities import Tally, recent_activity
from partner_portal.reports.appointments import upcoming_appointments
from partner_portal.reports.breakdowns import by_day, by_owner
from partner_portal.reports.figures import Figures, figures_of
from partner_portal.reports.links import Links
from partner_portal.reports.mapping import TenantMapping
from partner_portal.reports.notes import notes_of
from partner_portal.reports.opportunities import conversion_document, funnel_document, pipeline_document
from partner_portal.reports.question import Frame, Question, frame_of
from partner_portal.reports.wire import instant_text
from partner_portal.warehouse.store import OrganizationStore

SCHEMA = "sales-report/1"


def sales_report(store: OrganizationStore, question: Question, mapping: TenantMapping | None = None) -> dict[str, Any]:
    """Answer `question` from what the mirror holds, as the JSON-able document `sales-report/1`.

    Without a `mapping` the one proposed from the tenant's labels is in force, and `notes` says so. A figure whose
    sources were never read is None. Raises `QuestionError`; needs no network.
    """
    frame = frame_of(question)
    with store.snapshot() as view:
        figures = figures_of(view, frame, mapping)
        return (
            _head(figures, frame)
            | _counts(figures, compared=frame.comparison is not None)
            | _lists(view, figures, frame)
            | {"notes": notes_of(figures)}
        )


def _head(figures: Figures, frame: Frame) -> dict[str, Any]:
    facts = frame.question.organization
    starts_at, ends_at = frame.instants
    return {
        "schema": SCHEMA,
        "organization": {
            "slug": facts.slug,
            "name": facts.name,
            "time_zone": facts.time_zone,
            "currency": facts.currency,
        },
        "period": _period(frame.period) | {"starts_at": instant_text(starts_at), "ends_at": instant_text(ends_at)},
        "comparison": None if frame.comparison is None else _period(frame.comparison),
        "owner_id": frame.question.owner_id,
        "data": figures.ground.document(),
    }


def _period(period: Period) -> dict[str, Any]:
    return {"name": period.name, "start": period.start.isoformat(), "end": period.end.isoformat()}


def _counts(figures: Figures, *, compared: bool) -> dict[str, Any]:
    """Activities: now, and in the comparison period."""
    now = None if figures.activities is None else figures.activities.now
    earlier = figures.activities.earlier if figures.activities is not None and compared else None
    mails = figures.mapping.emails_are_conversations
    return {
        "calls": {
            "total": None if now is None else now.calls,
            "outbound": None if now is None else now.outbound,
            "inbound": None if now is None else now.inbound,
            "unspecified": None if now is None else now.unspecified,
            "previous": None if earlier is None else earlier.calls,
        },
        "emails": _total(now, earlier, "emails"),
        "meetings": _total(now, earlier, "meetings"),
        "conversations": {
            "total": None if now is None else now.conversations(with_emails=mails),
            "previous": None if earlier is None else earlier.conversations(with_emails=mails),
            "includes": ["calls", "meetings", "emails"] if mails else ["calls", "meetings"],
        },
    }


def _total(now: Tally | None, earlier: Tally | None, figure: str) -> dict[str, int | None]:
    return {
        "total": None if now is None else getattr(now, figure),
        "previous": None if earlier is None else getattr(earlier, figure),
    }


def _lists(store: OrganizationStore, figures: Figures, frame: Frame) -> dict[str, Any]:
    """Appointments, deals, and everything that lists records, days or owners."""
    ground, appointments = figures.ground, figures.appointments
    compared = frame.comparison is not None
    links = Links(ground.tenant.web_url if ground.tenant is not None else None)
    return {
        "appointments": {
            "total": None if appointments is None else appointments.now,
            "previous": appointments.earlier if appointments is not None and compared else None,
            "upcoming": [] if appointments is None else upcoming_appointments(store, frame),
        },
        "funnel": funnel_document(figures.deals),
        "conversion_rate": conversion_document(figures.deals),
        "pipeline": pipeline_document(figures.deals, compared=compared),
        "by_day": by_day(figures, frame),
        "by_owner": by_owner(store, figures),
        "recent_activity": []
        if figures.activities is None
        else recent_activity(store, frame, ground.dialect, figures.mapping.actions, links),
    }
