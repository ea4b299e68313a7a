"""Appointments: counted by day and by owner, and the next ones listed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from partner_portal.reports.catalogue import metric_named
from partner_portal.reports.inquiry import Inquiry
from partner_portal.reports.listing import Listing, order_of
from partner_portal.reports.metric import Subject
from partner_portal.reports.relations import relation_of
from partner_portal.reports.span import day_of, in_span, is_earlier, is_now
from partner_portal.reports.statement import statement

UPCOMING = 10
"""How many appointments the report lists."""

STARTS_AT = "starts_at"

SHOWN = ("id", "starts_at", "ends_at", "title", "owner")
"""What the report shows of an appointment; in Autotask it names no company and has no page of its own."""


@dataclass
class AppointmentCounts:
    """Appointments that start in the period, and in the one it is compared with; and those still to come."""

    now: int = 0
    earlier: int = 0
    upcoming: int = 0
    by_day: dict[date, int] = field(default_factory=lambda: defaultdict(int))
    by_owner: dict[int | None, int] = field(default_factory=dict)


def count_appointments(inquiry: Inquiry) -> AppointmentCounts:
    """Count the appointments of both periods, and all of today and later."""
    frame, upcoming = inquiry.frame, metric_named("upcoming_appointments").selection.where
    sql = statement(
        "appointment_counts",
        appointments=relation_of(Subject.APPOINTMENTS, inquiry),
        is_now=is_now(STARTS_AT),
        is_earlier=is_earlier(STARTS_AT, frame),
        is_upcoming=upcoming,
        in_span=in_span(STARTS_AT, frame),
        day=day_of(STARTS_AT, frame),
    )
    counts = AppointmentCounts()
    for without_day, without_owner, day, owner, now, earlier, later in inquiry.answer(sql):
        if not without_day:
            if day is not None:
                counts.by_day[frame.day_within(day)] += now
        elif not without_owner:
            if now:
                counts.by_owner[owner] = now
        else:
            counts.now, counts.earlier, counts.upcoming = now, earlier, later
    return counts


def upcoming_appointments(inquiry: Inquiry) -> list[dict[str, Any]]:
    """The next appointments from today 00:00 local on as the document lists them; the period does not matter."""
    condition = metric_named("upcoming_appointments").selection.where
    listing = Listing(inquiry, Subject.APPOINTMENTS, condition)

    def read() -> list[dict[str, Any]]:
        rows = listing.rows(order_of(Subject.APPOINTMENTS), limit=UPCOMING)
        return [{key: row[key] for key in SHOWN} | {"company": None, "url": None} for row in rows]

    return inquiry.kept(f"{condition} {inquiry.confined(Subject.APPOINTMENTS)}", read)
