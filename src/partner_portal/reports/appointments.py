"""Appointments: counted by day and by owner, and the next ones listed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from partner_portal.lib.zone import first_instant
from partner_portal.reports.question import Frame, naive
from partner_portal.reports.span import day_of, in_span, is_earlier, is_now, is_owner
from partner_portal.reports.statement import run, statement
from partner_portal.reports.wire import full_name, instant_text, named
from partner_portal.warehouse.store import OrganizationStore

UPCOMING = 10
"""How many appointments the report lists."""


@dataclass
class AppointmentCounts:
    """Appointments that start in the period, and in the one it is compared with."""

    now: int = 0
    earlier: int = 0
    by_day: dict[date, int] = field(default_factory=lambda: defaultdict(int))
    by_owner: dict[int | None, int] = field(default_factory=dict)


def count_appointments(store: OrganizationStore, frame: Frame) -> AppointmentCounts:
    """Count the appointments of both periods."""
    sql = statement(
        "appointment_counts",
        is_now=is_now("start_date_time"),
        is_earlier=is_earlier("start_date_time", frame),
        in_span=in_span("start_date_time", frame),
        day=day_of("start_date_time", frame),
        owner=is_owner("resource_id", frame),
    )
    counts = AppointmentCounts()
    for without_day, without_owner, day, owner, now, earlier in run(store, sql, frame.parameters):
        if not without_day:
            if day is not None:
                counts.by_day[min(max(day, frame.period.start), frame.period.end)] += now
        elif not without_owner:
            counts.by_owner[owner] = now
        else:
            counts.now, counts.earlier = now, earlier
    return counts


def upcoming_appointments(store: OrganizationStore, frame: Frame) -> list[dict[str, Any]]:
    """The next appointments from today 00:00 local on as the document lists them; the period does not matter."""
    sql = statement("upcoming_appointments", owner=is_owner("resource_id", frame), limit=str(UPCOMING))
    today_starts_at = naive(first_instant(frame.today, frame.zone))
    rows = run(store, sql, frame.parameters | {"today_starts_at": today_starts_at})
    return [
        {
            "id": record_id,
            "starts_at": instant_text(starts_at),
            "ends_at": instant_text(ends_at),
            "title": title,
            "owner": named(owner, full_name(first, last)),
            "company": None,
            "url": None,
        }
        for record_id, starts_at, ends_at, title, owner, first, last in rows
    ]
