"""The sales report: one document out of one snapshot, from which every page, answer and file is rendered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from partner_portal.reports.breakdowns import by_day, by_owner
from partner_portal.reports.figures import Figures, figures_of
from partner_portal.reports.funnel import conversion_document, funnel_document
from partner_portal.reports.heading import filters_document, organization_document, period_document
from partner_portal.reports.mapping import TenantMapping
from partner_portal.reports.notes import notes_of
from partner_portal.reports.pipeline import pipeline_document
from partner_portal.reports.question import Frame, Question, frame_of
from partner_portal.reports.ratios import ratios_document
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
            | _lists(figures, frame)
            | {"notes": notes_of(figures)}
        )


def _head(figures: Figures, frame: Frame) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "organization": organization_document(frame),
        "period": period_document(frame.period, frame),
        "comparison": None if frame.comparison is None else period_document(frame.comparison, frame),
        "owner_id": frame.question.owner_id,
        "filters": filters_document(frame.question),
        "data": _data(figures, frame) | {"mapping_version": figures.mapping.version},
    }


def _data(figures: Figures, frame: Frame) -> dict[str, Any]:
    """The state of the mirror; how much it holds in all is nobody's own number."""
    told = figures.ground.document()
    if frame.question.confined_to is not None:
        told["sources"] = [source | {"rows": None, "reconciled": None} for source in told["sources"]]
    return told


def _counts(figures: Figures, *, compared: bool) -> dict[str, Any]:
    """Activities: now, and in the comparison period."""
    counts = figures.activities
    now: Mapping[str, int] = {} if counts is None else counts.now
    earlier: Mapping[str, int] = counts.earlier if counts is not None and compared else {}
    mails = figures.mapping.emails_are_conversations

    def total(slug: str) -> dict[str, int | None]:
        return {"total": now.get(slug), "previous": earlier.get(slug)}

    return {
        "activities": total("activities")
        | {
            "unmapped": now.get("unmapped_activities"),
            "merged": now.get("merged_duplicates"),
            "undated": None if counts is None else counts.undated,
        },
        "calls": total("calls") | {name: now.get(f"{name}_calls") for name in ("outbound", "inbound", "unspecified")},
        "emails": total("emails"),
        "meetings": total("meetings"),
        "conversations": total("conversations")
        | {"includes": ["calls", "meetings", "emails"] if mails else ["calls", "meetings"]},
    }


def _lists(figures: Figures, frame: Frame) -> dict[str, Any]:
    """Appointments, deals, and everything that lists records, days or owners."""
    appointments = figures.appointments
    compared, totals_only = frame.comparison is not None, frame.question.tells_totals_only
    return {
        "appointments": {
            "total": None if appointments is None else appointments.now,
            "previous": appointments.earlier if appointments is not None and compared else None,
            "upcoming_total": None if appointments is None else appointments.upcoming,
            "upcoming": [] if totals_only else figures.upcoming,
        },
        "funnel": funnel_document(figures.deals, compared=compared),
        "conversion_rate": conversion_document(figures.deals),
        "pipeline": pipeline_document(figures, compared=compared),
        "ratios": ratios_document(figures),
        "by_day": by_day(figures, frame),
        "by_owner": by_owner(figures),
        "recent_activity": [] if totals_only else figures.recent,
    }
