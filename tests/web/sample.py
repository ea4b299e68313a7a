"""A report document written by hand: small, whole, and with known figures."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from typing import Any

NOW = datetime(2025, 11, 20, 9, 45, tzinfo=UTC)
"""10:45 in Vienna, on a Thursday."""

OWNERS = [{"id": 11, "name": "Ana Ruiz"}, {"id": 12, "name": "Björn Åkesson"}, {"id": 13, "name": "Chloé Martin"}]
OWNERS_BY_NAME = [(11, "Ana Ruiz"), (12, "Björn Åkesson"), (13, "Chloé Martin")]


def _by_day() -> list[dict[str, Any]]:
    rows = []
    for offset in range(30):
        day = date(2025, 11, 1) + timedelta(days=offset)
        busy = 0 if day.weekday() > 4 or day > date(2025, 11, 20) else 9 + offset % 7 * 3
        out, into = busy * 2 // 3, busy // 4
        rows.append(
            {
                "date": day.isoformat(),
                "calls": busy,
                "outbound": out,
                "inbound": into,
                "emails": busy // 2,
                "meetings": busy // 5,
                "appointments": busy // 6,
            }
        )
    return rows


def _source(entity: str, rows: int, problem: str | None = None) -> dict[str, Any]:
    return {
        "entity": entity,
        "as_of": "2025-11-20T09:42:00Z",
        "rows": rows,
        "complete": problem is None,
        "problem": problem,
        "reconciled": None,
    }


def _activity(number: int, kind: str, direction: str | None, subject: str, hours: int) -> dict[str, Any]:
    at = NOW - timedelta(hours=hours, minutes=7 * number)
    return {
        "id": 9000 + number,
        "source": "CompanyNotes",
        "kind": kind,
        "direction": direction,
        "happened_at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "owner": OWNERS[number % 3],
        "company": {"id": 200 + number, "name": ("Acme Dental", "Nordwind Logistik", "Ōsaka Robotics")[number % 3]},
        "contact": None,
        "subject": subject,
        "url": f"https://ww5.example.test/note/{9000 + number}",
    }


def _appointment(number: int, hours: int, title: str) -> dict[str, Any]:
    starts = datetime(2025, 11, 20, 13, 0, tzinfo=UTC) + timedelta(hours=hours)
    return {
        "id": 500 + number,
        "starts_at": starts.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "ends_at": (starts + timedelta(minutes=45)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "title": title,
        "owner": OWNERS[number % 3],
        "company": {"id": 201, "name": "Nordwind Logistik"} if number else None,
        "url": None,
    }


def _step(key: str, label: str, count: int, amount: str, share: float, conversion: float | None) -> dict[str, Any]:
    return {"key": key, "label": label, "count": count, "amount": amount, "share": share, "conversion": conversion}


DOCUMENT: dict[str, Any] = {
    "schema": "sales-report/1",
    "organization": {"slug": "acme", "name": "Acme IT", "time_zone": "Europe/Vienna", "currency": "USD"},
    "period": {
        "name": "this_month",
        "start": "2025-11-01",
        "end": "2025-11-30",
        "starts_at": "2025-10-31T23:00:00Z",
        "ends_at": "2025-11-30T23:00:00Z",
    },
    "comparison": {"name": "previous_period", "start": "2025-10-01", "end": "2025-10-20"},
    "data": {
        "version": 7,
        "as_of": "2025-11-20T09:42:00Z",
        "dialect": "live",
        "complete": True,
        "sources": [
            _source("Appointments", 812),
            _source("CompanyNotes", 50_214),
            _source("CompanyToDos", 9_021),
            _source("Opportunities", 644),
        ],
    },
    "calls": {"total": 1262, "outbound": 884, "inbound": 341, "unspecified": 37, "previous": 1127},
    "emails": {"total": 602, "previous": 640},
    "meetings": {"total": 118, "previous": 0},
    "conversations": {"total": 1380, "previous": 1380, "includes": ["calls", "meetings"]},
    "appointments": {
        "total": 64,
        "previous": 71,
        "upcoming": [
            _appointment(0, 0, "Quarterly business review"),
            _appointment(1, 2, "Firewall renewal: scope and price"),
            _appointment(2, 20, "Discovery call"),
            _appointment(3, 25, "Onboarding kick-off with the operations team and their auditors"),
            _appointment(4, 98, "Contract signature"),
        ],
    },
    "funnel": [
        _step("prospects", "Prospects", 96, "812400.00", 1.0, None),
        _step("contacted", "Contacted", 71, "640200.50", 0.7396, 0.7396),
        _step("qualified", "Qualified", 44, "402100.00", 0.4583, 0.6197),
        _step("proposal", "Proposal", 27, "301000.00", 0.2813, 0.6136),
        _step("closed_won", "Closed won", 12, "148250.00", 0.125, 0.4444),
    ],
    "conversion_rate": {"won": 12, "of": 96, "rate": 0.125},
    "pipeline": {
        "open": {"count": 143, "amount": "1284500.75", "weighted_amount": "611930.20", "without_probability": 4},
        "won": {"count": 18, "amount": "236400.00", "previous": {"count": 15, "amount": "201000.00"}},
        "lost": {"count": 7, "amount": "61000.00", "previous": {"count": 8, "amount": "70500.00"}},
        "close_rate": {"won": 18, "of": 25, "rate": 0.72, "previous": {"won": 15, "of": 23, "rate": 0.6522}},
        "sales_cycle_days": {"mean": 41.5, "median": 33.0},
    },
    "by_day": _by_day(),
    "by_owner": [
        {
            "owner": owner,
            "calls": 500 - 120 * index,
            "outbound": 350 - 90 * index,
            "inbound": 140 - 30 * index,
            "emails": 220 - 40 * index,
            "meetings": 40 - 8 * index,
            "appointments": 22 - 3 * index,
            "won": 8 - 2 * index,
            "won_amount": f"{96000 - 20000 * index}.00",
        }
        for index, owner in enumerate([*OWNERS, None])
    ],
    "recent_activity": [
        _activity(0, "call", "outbound", "Follow-up on the backup proposal", 0),
        _activity(1, "call", "inbound", "Question about the invoice of October <urgent>", 1),
        _activity(2, "email", None, "Quote 4711 sent", 2),
        _activity(3, "meeting", None, "Walk through the network plan", 4),
        _activity(4, "other", None, "", 20),
        _activity(5, "call", None, "Left a message", 22),
    ],
    "notes": ["3 to-dos that also came back as notes were counted once."],
}


def document(**changes: Any) -> dict[str, Any]:
    """A copy of the sample; each keyword is a path with `__` for dots (`calls__total=None`)."""
    copy = deepcopy(DOCUMENT)
    for path, value in changes.items():
        *steps, last = path.split("__")
        place: Any = copy
        for step in steps:
            place = place[int(step)] if step.isdecimal() else place[step]
        place[last] = value
    return copy


def never_synced() -> dict[str, Any]:
    """The document before anything has been read: every figure is unknown."""
    blank = _without_figures(deepcopy(DOCUMENT))
    blank["data"].update(version=0, as_of=None, dialect=None, complete=False)
    return blank


def _without_figures(doc: dict[str, Any]) -> dict[str, Any]:
    for part in ("calls", "emails", "meetings", "conversations"):
        doc[part].update(dict.fromkeys(set(doc[part]) - {"includes"}))
    doc["appointments"] = {"total": None, "previous": None, "upcoming": []}
    doc["funnel"] = [step | dict.fromkeys(("count", "amount", "share", "conversion")) for step in doc["funnel"]]
    doc["conversion_rate"] = dict.fromkeys(doc["conversion_rate"])
    doc["pipeline"] = {part: dict.fromkeys(values) for part, values in doc["pipeline"].items()}
    doc["data"]["sources"] = [
        source | {"as_of": None, "rows": None, "complete": False} for source in doc["data"]["sources"]
    ]
    doc["by_day"] = [{key: value if key == "date" else None for key, value in row.items()} for row in doc["by_day"]]
    doc.update(by_owner=[], recent_activity=[], notes=["Nothing was read from Autotask yet: connect it."])
    return doc
