"""Calls, e-mails and meetings: counted by day and by owner, and the latest of them listed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from partner_portal.reports.links import Links
from partner_portal.reports.mapping import ActionMapping, Direction, Kind
from partner_portal.reports.question import Frame
from partner_portal.reports.span import day_of, in_span, is_earlier, is_now, is_owner
from partner_portal.reports.statement import run, statement
from partner_portal.reports.subject import subject_of
from partner_portal.reports.wire import full_name, instant_text, named
from partner_portal.warehouse.store import OrganizationStore

RECENT = 20
"""How many activities the report lists."""


_SLOTS = {Kind.CALL: "unspecified", Kind.EMAIL: "emails", Kind.MEETING: "meetings", Kind.OTHER: "other"}


@dataclass
class Tally:
    """Activities counted by kind, calls also by direction."""

    outbound: int = 0
    inbound: int = 0
    unspecified: int = 0
    emails: int = 0
    meetings: int = 0
    other: int = 0

    @property
    def calls(self) -> int:
        """Calls in every direction."""
        return self.outbound + self.inbound + self.unspecified

    def conversations(self, *, with_emails: bool) -> int:
        """Calls and meetings, and e-mails where the organization counts them."""
        return self.calls + self.meetings + (self.emails if with_emails else 0)

    def add(self, kind: Kind, direction: Direction | None, count: int) -> None:
        """Count `count` more activities of one kind; `direction` is a call's."""
        slot = _SLOTS[kind] if direction is None else direction.value
        setattr(self, slot, getattr(self, slot) + count)


@dataclass
class ActivityCounts:
    """What one pass over the activities found.

    `by_action` counts the period's activities by action type id, `merged` the notes that only echo a done to-do,
    `undated` the rows of any time that no period can hold.
    """

    now: Tally = field(default_factory=Tally)
    earlier: Tally = field(default_factory=Tally)
    by_day: dict[date, Tally] = field(default_factory=lambda: defaultdict(Tally))
    by_owner: dict[int | None, Tally] = field(default_factory=lambda: defaultdict(Tally))
    by_action: dict[int | None, int] = field(default_factory=lambda: defaultdict(int))
    merged: int = 0
    undated: int = 0


def activities_sql(dialect: str, frame: Frame, *, with_earlier: bool) -> str:
    """SQL for the activities of the period, with those of the comparison period when asked for."""

    def span(column: str) -> str:
        return in_span(column, frame) if with_earlier else is_now(column)

    if dialect == "guide":
        return statement("activities_guide", task_in_span=span("create_date_time"))
    return statement(
        "activities_live",
        note_in_span=span("COALESCE(note.start_date_time, note.completed_date_time, note.create_date_time)"),
        twin_in_span=span("start_date_time"),
        to_do_in_span=span("COALESCE(start_date_time, completed_date, create_date_time)"),
    )


def count_activities(store: OrganizationStore, frame: Frame, dialect: str, actions: ActionMapping) -> ActivityCounts:
    """Count the activities of both periods."""
    sql = statement(
        "activity_counts",
        activities=activities_sql(dialect, frame, with_earlier=True),
        is_now=is_now("happened_at"),
        is_earlier=is_earlier("happened_at", frame),
        day=day_of("happened_at", frame),
        owner=is_owner("owner_id", frame),
    )
    counts = ActivityCounts()
    for without_day, without_owner, day, owner, action, told, is_echo, now, earlier in run(
        store, sql, frame.parameters
    ):
        if is_echo:
            counts.merged += now if without_day and without_owner else 0
            continue
        what = actions.kind(action), actions.direction(action, told)
        if not without_day:
            if now:
                counts.by_day[_within(day, frame)].add(*what, now)
        elif not without_owner:
            counts.by_owner[owner].add(*what, now)
        else:
            counts.now.add(*what, now)
            counts.earlier.add(*what, earlier)
            counts.by_action[action] += now
    counts.undated = _undated(store, frame, dialect)
    return counts


def _within(day: date, frame: Frame) -> date:
    """`day`, or the nearest of the period: where clocks went back over midnight, yesterday's wall shows twice."""
    return min(max(day, frame.period.start), frame.period.end)


def _undated(store: OrganizationStore, frame: Frame, dialect: str) -> int:
    if dialect == "guide":
        sql = statement("undated_guide", task_owner=is_owner("assigned_resource_id", frame))
    else:
        sql = statement("undated_live", note_owner=is_owner("assigned_resource_id", frame))
    return int(run(store, sql, frame.parameters)[0][0])


_TEXTS = {
    "guide": ("task.title", "task.description", "LEFT JOIN tasks AS task ON task.id = latest.id"),
    "live": (
        "note.name",
        "CASE latest.source WHEN 'CompanyNotes' THEN note.note ELSE to_do.activity_description END",
        """LEFT JOIN company_notes AS note ON note.id = latest.id AND latest.source = 'CompanyNotes'
        LEFT JOIN company_to_dos AS to_do ON to_do.id = latest.id AND latest.source = 'CompanyToDos'""",
    ),
}
"""Where a dialect keeps an activity's title and its text, and how those rows are found."""


def recent_activity(
    store: OrganizationStore, frame: Frame, dialect: str, actions: ActionMapping, links: Links
) -> list[dict[str, Any]]:
    """The latest activities of the period as the document lists them, newest first."""
    title, text, texts = _TEXTS[dialect]
    sql = statement(
        "recent_activity",
        activities=activities_sql(dialect, frame, with_earlier=False),
        owner=is_owner("owner_id", frame),
        title=title,
        text=text,
        texts=texts,
        limit=str(RECENT),
    )
    return [_activity(row, actions, links) for row in run(store, sql, frame.parameters)]


def _activity(row: tuple[Any, ...], actions: ActionMapping, links: Links) -> dict[str, Any]:
    source, record_id, action, told, happened_at, *people, opportunity, title, text = row
    owner, owner_first, owner_last, company, company_name, contact, contact_first, contact_last = people
    at: datetime = happened_at
    return {
        "id": record_id,
        "source": source,
        "kind": actions.kind(action).value,
        "direction": actions.direction(action, told),
        "happened_at": instant_text(at),
        "owner": named(owner, full_name(owner_first, owner_last)),
        "company": named(company, company_name),
        "contact": named(contact, full_name(contact_first, contact_last)),
        "subject": subject_of(title, text),
        "url": links.activity(company, opportunity),
    }
