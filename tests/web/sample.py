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
                "unspecified": busy - out - into,
                "emails": busy // 2,
                "meetings": busy // 5,
                "conversations": busy + busy // 5,
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


def _deals(count: int, amount: str, weighted: str | None = None) -> dict[str, Any]:
    return {"count": count, "amount": amount} | ({} if weighted is None else {"weighted_amount": weighted})


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
    "filters": {"owner": None, "team": None, "company": None, "category": None, "confined_to": None},
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
    "activities": {"total": 2040, "previous": 1980, "unmapped": 25, "merged": 3, "undated": 2},
    "calls": {"total": 1262, "outbound": 884, "inbound": 341, "unspecified": 37, "previous": 1127},
    "emails": {"total": 602, "previous": 640},
    "meetings": {"total": 118, "previous": 0},
    "conversations": {"total": 1380, "previous": 1380, "includes": ["calls", "meetings"]},
    "appointments": {
        "total": 64,
        "previous": 71,
        "upcoming_total": 23,
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
        "open": {
            "count": 143,
            "amount": "1284500.75",
            "weighted_amount": "611930.20",
            "without_probability": 4,
            "onetime_revenue": "700000.00",
            "monthly_revenue": "42000.00",
        },
        "overdue": {"count": 12, "amount": "84500.75"},
        "unprojected": {"count": 6, "amount": "50000.00"},
        "won": {
            "count": 18,
            "amount": "236400.00",
            "undated": 2,
            "onetime_revenue": "120000.00",
            "monthly_revenue": "9700.00",
            "previous": {"count": 15, "amount": "201000.00"},
        },
        "lost": {"count": 7, "amount": "61000.00", "previous": {"count": 8, "amount": "70500.00"}},
        "close_rate": {"won": 18, "of": 25, "rate": 0.72, "previous": {"won": 15, "of": 23, "rate": 0.6522}},
        "cohort_win_rate": {"won": 12, "of": 20, "rate": 0.6, "open": 76},
        "sales_cycle_days": {"mean": 41.5, "median": 33.0},
        "projected_close": [
            {"month": "2025-11", **_deals(25, "150000.00", "90000.00")},
            {"month": "2025-12", **_deals(60, "600000.00", "300000.00")},
            {"month": "2026-02", **_deals(40, "400000.00", "160000.00")},
        ],
        "open_by_stage": [
            {"stage": 29, "label": "New lead", "rank": 0, **_deals(60, "300000.75", "60000.20")},
            {"stage": 30, "label": "Qualified", "rank": 2, **_deals(40, "284500.00", "150000.00")},
            {"stage": 31, "label": "Proposal sent", "rank": 3, **_deals(38, "600000.00", "381930.00")},
            {"stage": None, "label": "no stage", "rank": 0, **_deals(5, "100000.00", "20000.00")},
        ],
        "win_loss_reasons": [
            {"outcome": "won", "reason_id": 3, "reason": "Price", **_deals(9, "120000.00")},
            {"outcome": "won", "reason_id": 4, "reason": "Response", **_deals(6, "90000.00")},
            {"outcome": "won", "reason_id": None, "reason": "not recorded", **_deals(3, "26400.00")},
            {"outcome": "lost", "reason_id": 5, "reason": "Competitor", **_deals(3, "41000.00")},
            {"outcome": "lost", "reason_id": None, "reason": "not recorded", **_deals(4, "20000.00")},
        ],
        "stale": {"count": 21, "amount": "190000.00", "after_days": 30},
        "movement": {
            "since": "2025-06-02T08:00:00Z",
            "from": "2025-10-31T23:00:00Z",
            "to": "2025-11-20T09:42:00Z",
            "start": _deals(40, "400000.00"),
            "created": _deals(6, "55000.00"),
            "moved_in": _deals(4, "30000.00"),
            "increases": _deals(3, "12500.00"),
            "decreases": _deals(2, "7500.00"),
            "pushed_out": _deals(8, "90000.00"),
            "won": _deals(10, "120000.00"),
            "lost": _deals(3, "25000.00"),
            "removed": _deals(1, "5000.00"),
            "end": _deals(28, "250000.00"),
        },
        "stage_changes": {"forward": 17, "backward": 4},
    },
    "ratios": {
        "activities_per_won": {"of": 2040, "per": 18, "value": 113.3333},
        "calls_per_appointment": {"of": 1262, "per": 64, "value": 19.7188},
        "appointments_per_won": {"of": 64, "per": 18, "value": 3.5556},
        "calls_per_won": {"of": 1262, "per": 18, "value": 70.1111},
    },
    "by_day": _by_day(),
    "by_owner": [
        {
            "owner": owner,
            "calls": 500 - 120 * index,
            "outbound": 350 - 90 * index,
            "inbound": 140 - 30 * index,
            "unspecified": 10,
            "emails": 220 - 40 * index,
            "meetings": 40 - 8 * index,
            "conversations": 540 - 128 * index,
            "appointments": 22 - 3 * index,
            "won": 8 - 2 * index,
            "won_amount": f"{96000 - 20000 * index}.00",
            "created": 30 - 4 * index,
            "lost": index,
            "decided": 8 - index,
            "close_rate": round((8 - 2 * index) / (8 - index), 4),
            "open": 20 + 15 * index,
            "open_amount": f"{200000 + 45000 * index}.75",
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
    for part in ("activities", "calls", "emails", "meetings", "conversations"):
        doc[part].update(dict.fromkeys(set(doc[part]) - {"includes"}))
    doc["appointments"] = {"total": None, "previous": None, "upcoming_total": None, "upcoming": []}
    doc["ratios"] = {name: dict.fromkeys(counts) for name, counts in doc["ratios"].items()}
    doc["funnel"] = [step | dict.fromkeys(("count", "amount", "share", "conversion")) for step in doc["funnel"]]
    doc["conversion_rate"] = dict.fromkeys(doc["conversion_rate"])
    doc["pipeline"] = {
        part: None if part == "movement" or isinstance(values, list) else dict.fromkeys(values)
        for part, values in doc["pipeline"].items()
    }
    doc["data"]["sources"] = [
        source | {"as_of": None, "rows": None, "complete": False} for source in doc["data"]["sources"]
    ]
    doc["by_day"] = [{key: value if key == "date" else None for key, value in row.items()} for row in doc["by_day"]]
    doc.update(by_owner=[], recent_activity=[], notes=["Nothing was read from Autotask yet: connect it."])
    return doc
