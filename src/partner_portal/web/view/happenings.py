"""What happened last and what comes next: recent activity and upcoming appointments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from partner_portal.web.view import formats
from partner_portal.web.view.moments import Moment

KINDS = {"call": "Call", "email": "E-mail", "meeting": "Meeting", "other": "Other"}
DIRECTIONS = {"outbound": "Outbound call", "inbound": "Inbound call"}
ICONS = {"outbound": "call-out", "inbound": "call-in", "call": "call", "email": "mail", "meeting": "people"}
NO_SUBJECT = "No subject"


@dataclass(frozen=True)
class Activity:
    """One line of recent activity."""

    icon: str
    kind: str
    subject: str
    company: str
    contact: str
    owner: str
    at: Moment
    url: str


@dataclass(frozen=True)
class Appointment:
    """One upcoming appointment `on` a local date: `day` is relative ("Today"), `starts` and `ends` are times of day.

    From midnight to midnight it is all day, and has no end. Today's are listed even when they are over.
    """

    on: date
    day: str
    starts: Moment
    ends: str
    title: str
    company: str
    owner: str
    url: str
    has_begun: bool
    is_over: bool


def recent_activity(document: Mapping[str, Any], zone: ZoneInfo, today: date) -> tuple[Activity, ...]:
    """The document's recent activity, newest first as it comes."""
    return tuple(_activity(row, zone, today) for row in document["recent_activity"])


def upcoming_appointments(document: Mapping[str, Any], zone: ZoneInfo, now: datetime) -> tuple[Appointment, ...]:
    """The document's upcoming appointments, soonest first as they come."""
    return tuple(_appointment(row, zone, now) for row in document["appointments"]["upcoming"])


def appointments_hold_until(document: Mapping[str, Any], now: datetime) -> datetime | None:
    """Until when `upcoming_appointments` tells the same as at `now` (aware), on the same day; None for all of it."""
    listed = document["appointments"]["upcoming"]
    turns = (formats.instant(row[name]) for row in listed for name in ("starts_at", "ends_at") if row[name])
    return min((turn for turn in turns if turn >= now), default=None)


def why_unlisted(document: Mapping[str, Any]) -> str:
    """Why the document lists no records, whatever there are: of a team, some are told totals only. "" when it may."""
    filters = document["filters"]
    if filters["confined_to"] is None or filters["owner"] == filters["confined_to"]:
        return ""
    return "Of a team you see totals only. Choose no team to see your own records."


def _activity(row: Mapping[str, Any], zone: ZoneInfo, today: date) -> Activity:
    direction = row["direction"] or ""
    at = formats.instant(row["happened_at"])
    return Activity(
        icon=ICONS.get(direction) or ICONS.get(row["kind"], "note"),
        kind=DIRECTIONS.get(direction) or KINDS.get(row["kind"], row["kind"]),
        subject=row["subject"] or NO_SUBJECT,
        company=_name(row["company"]),
        contact=_name(row["contact"]),
        owner=_name(row["owner"]),
        at=Moment(row["happened_at"], _near_time(at, zone, today), formats.full_instant(at, zone)),
        url=row["url"] or "",
    )


def _appointment(row: Mapping[str, Any], zone: ZoneInfo, now: datetime) -> Appointment:
    today = now.astimezone(zone).date()
    starts = formats.instant(row["starts_at"])
    ends = formats.instant(row["ends_at"]) if row["ends_at"] else None
    is_all_day = ends is not None and ends > starts and _is_midnight(starts, zone) and _is_midnight(ends, zone)
    begins = "All day" if is_all_day else formats.clock_time(starts, zone)
    on = starts.astimezone(zone).date()
    return Appointment(
        on=on,
        day=formats.relative_day(on, today),
        starts=Moment(row["starts_at"], begins, formats.full_instant(starts, zone)),
        ends="" if ends is None or is_all_day else formats.clock_time(ends, zone),
        title=row["title"] or NO_SUBJECT,
        company=_name(row["company"]),
        owner=_name(row["owner"]),
        url=row["url"] or "",
        has_begun=starts < now,
        is_over=(ends or starts) < now,
    )


def _is_midnight(moment: datetime, zone: ZoneInfo) -> bool:
    return moment.astimezone(zone).time() == time()


def _near_time(at: datetime, zone: ZoneInfo, today: date) -> str:
    """The time of day today, else the date and the time."""
    local = at.astimezone(zone).date()
    time_of_day = formats.clock_time(at, zone)
    if local == today:
        return time_of_day
    return f"{formats.day(local, today)}, {time_of_day}"


def _name(named: Mapping[str, Any] | None) -> str:
    """A record's name; its id where nobody knows the name; "" where there is no record."""
    if named is None:
        return ""
    return str(named["name"] or f"No. {named['id']}")
