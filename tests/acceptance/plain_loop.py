"""The report's counts by plain loops over a server's rows, from the design's formulas and nothing of ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Row = dict
Rows = Callable[[str], list[Row]]

KIND_OF_GUIDE_TYPE = {4: "call", 3: "email", 6: "meeting", 7: "meeting"}


@dataclass
class Counts:
    """What a loop found, in the shape the assertions compare."""

    kinds: Counter = field(default_factory=Counter)
    directions: Counter = field(default_factory=Counter)
    by_day: Counter = field(default_factory=Counter)
    by_owner: Counter = field(default_factory=Counter)
    appointments: int = 0
    funnel: Counter = field(default_factory=Counter)
    won: int = 0
    lost: int = 0
    open: int = 0


def instant(text: str | None) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def date_only(text: str | None, zone: ZoneInfo) -> date | None:
    moment = instant(text)
    if moment is None:
        return None
    return moment.date() if moment.time() == time(0) else moment.astimezone(zone).date()


def count(rows: Rows, *, dialect: str, zone: ZoneInfo, start: date, end: date, owner: int | None = None) -> Counts:
    found = Counts()
    activities = guide_activities(rows) if dialect == "guide" else live_activities(rows)
    for kind, direction, who, happened in activities:
        day = happened.astimezone(zone).date()
        if not start <= day <= end or (owner is not None and who != owner):
            continue
        found.kinds[kind] += 1
        if kind == "call":
            found.directions[direction] += 1
        found.by_day[day, kind] += 1
        found.by_owner[who, kind] += 1
    for row in rows("Appointments"):
        begins = instant(row["startDateTime"])
        if begins and start <= begins.astimezone(zone).date() <= end and owner in (None, row["resourceID"]):
            found.appointments += 1
    count_deals(found, rows, dialect=dialect, zone=zone, start=start, end=end, owner=owner)
    return found


def guide_activities(rows: Rows) -> Iterator[tuple[str, str, int | None, datetime]]:
    for row in rows("Tasks"):
        happened = instant(row["createDateTime"])
        if happened is None:
            continue
        text = (row["description"] or "").lower()
        said = [word for word in ("outbound", "inbound") if word in text]
        direction = {1: "outbound", 2: "inbound"}.get(row["direction"], "unspecified")
        if row["direction"] is None:
            direction = said[0] if len(said) == 1 else "unspecified"
        yield KIND_OF_GUIDE_TYPE.get(row["actionType"], "other"), direction, row["assignedResourceID"], happened


def live_activities(rows: Rows) -> Iterator[tuple[str, str, int | None, datetime]]:
    labels = {row["id"]: row["name"] for row in rows("ActionTypes")}
    done = [row for row in rows("CompanyToDos") if row["completedDate"]]
    ids = {row["id"] for row in done}
    same = {echo_key(row, row["assignedToResourceID"]) for row in done if row["startDateTime"]}
    for row in done:
        yield from activity(row, labels, row["assignedToResourceID"], row["completedDate"])
    for row in rows("CompanyNotes"):
        if row["id"] not in ids and echo_key(row, row["assignedResourceID"]) not in same:
            yield from activity(row, labels, row["assignedResourceID"], row["completedDateTime"])


def echo_key(row: Row, who: int | None) -> tuple:
    return row["companyID"], row["contactID"], row["actionType"], who, instant(row["startDateTime"])


def activity(row: Row, labels: dict, who: int | None, completed: str | None) -> Iterator[tuple]:
    happened = instant(row["startDateTime"] or completed or row["createDateTime"])
    if happened is not None:
        yield *kind_of_label(labels.get(row["actionType"]) or ""), who, happened


def kind_of_label(label: str) -> tuple[str, str]:
    text = label.lower()
    if "call" in text:
        return "call", next((way for way in ("inbound", "outbound") if way in text), "unspecified")
    if "mail" in text:
        return "email", "unspecified"
    if "meeting" in text:
        return "meeting", "unspecified"
    return "other", "unspecified"


def count_deals(
    found: Counts, rows: Rows, *, dialect: str, zone: ZoneInfo, start: date, end: date, owner: int | None
) -> None:
    for row in rows("Opportunities"):
        if owner not in (None, row["ownerResourceID"]):
            continue
        won = row["stage"] == 5 if dialect == "guide" else row["status"] in (3, 4)
        lost = row["status"] == 2 and not won
        created = date_only(row["createDate"], zone)
        if created and start <= created <= end:
            found.funnel["prospects"] += 1
            found.funnel["closed_won"] += won
            if dialect == "guide":
                for rank, step in enumerate(("contacted", "qualified", "proposal"), start=1):
                    found.funnel[step] += (row["stage"] or 0) >= rank
        closed = date_only(row["closedDate"] if won else row["lostDate"] or row["closedDate"], zone)
        in_range = closed is not None and start <= closed <= end
        found.won += won and in_range
        found.lost += lost and in_range
        found.open += not won and not lost if dialect == "guide" else row["status"] == 1


def days(start: date, end: date) -> Iterator[date]:
    while start <= end:
        yield start
        start += timedelta(days=1)
