"""Documents written down by hand, in today's shape and in an older one, and texts that mean harm."""

from __future__ import annotations

import copy
from typing import Any

HOSTILE = (
    '=HYPERLINK("http://evil.test")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    " \t=1",
    "＝1+1",
    "nul\x00 bell\x07 escape\x1b[2J",
    "half \ud800 of a pair",
    'quote " comma , semicolon ;',
    "two\r\nlines\nand\ttab",
    "_x0041_ & <b> ]]>",
    "#panic() #set page(fill: red) *bold* $x$ ] \\ // /* @label",
    "turned \u202e txt.exe",
    "山田 太郎 שרה محمد Ярослав",
    "W" * 40_000,
    "😀" * 20_000,
)


def report(**changes: Any) -> dict[str, Any]:
    """A `sales-report/1` document; `changes` replace its parts."""
    return copy.deepcopy(_REPORT) | changes


def older_report() -> dict[str, Any]:
    """The document before it had movement, stale deals, projected close, reasons, ratios and filters."""
    doc = report(owner_id=7)
    del doc["filters"], doc["ratios"], doc["data"]["mapping_version"]
    for part in ("projected_close", "overdue", "movement", "win_loss_reasons", "open_by_stage", "stale"):
        del doc["pipeline"][part]
    return doc


def unread_report() -> dict[str, Any]:
    """What there is to say before anything was read: nothing but nulls."""
    doc = _nulled(older_report(), {"calls", "emails", "meetings", "conversations", "conversion_rate", "pipeline"})
    step = {"count": None, "amount": None, "share": None, "conversion": None}
    return doc | {
        "comparison": None,
        "owner_id": None,
        "appointments": {"total": None, "previous": None, "upcoming": []},
        "funnel": [{"key": "prospects", "label": "Prospects"} | step],
        "data": {"version": 0, "as_of": None, "dialect": None, "complete": False, "sources": []},
        "by_day": [],
        "by_owner": [],
        "recent_activity": [],
        "notes": ["Nothing was read from Autotask yet: connect it, or wait for the first sync."],
    }


def records(**changes: Any) -> dict[str, Any]:
    """A `records/1` document; `changes` replace its parts."""
    return copy.deepcopy(_RECORDS) | changes


def _nulled(part: Any, keys: set[str]) -> Any:
    return {key: _emptied(value) if key in keys else value for key, value in part.items()}


def _emptied(part: Any) -> Any:
    return {key: _emptied(value) for key, value in part.items()} if isinstance(part, dict) else None


_DAY = {
    "outbound": 1,
    "inbound": 0,
    "unspecified": 1,
    "emails": 3,
    "meetings": 4,
    "conversations": 6,
    "appointments": 5,
}
_ORGANIZATION = {"slug": "acme", "name": "Acme IT", "time_zone": "Europe/Berlin", "currency": "EUR"}
_PERIOD = {
    "name": "this_month",
    "start": "2026-11-01",
    "end": "2026-11-30",
    "starts_at": "2026-10-31T23:00:00Z",
    "ends_at": "2026-11-30T23:00:00Z",
}
_REPORT: dict[str, Any] = {
    "schema": "sales-report/1",
    "organization": _ORGANIZATION,
    "period": _PERIOD,
    "comparison": {"name": "previous_period", "start": "2026-10-01", "end": "2026-10-22"},
    "owner_id": None,
    "filters": {"owner": None, "team": "North", "company": None, "category": 3},
    "data": {
        "version": 41,
        "as_of": "2026-11-22T14:55:00Z",
        "dialect": "live",
        "complete": True,
        "mapping_version": 6,
        "sources": [
            {
                "entity": "Companies",
                "as_of": "2026-11-22T14:55:00Z",
                "rows": 1200,
                "complete": True,
                "problem": None,
                "reconciled": {"at": "2026-11-22T03:00:00Z", "ours": 1200, "theirs": 1201},
            },
            {
                "entity": "Contacts",
                "as_of": None,
                "rows": None,
                "complete": False,
                "problem": "no permission",
                "reconciled": None,
            },
        ],
    },
    "calls": {"total": 1552, "outbound": 1270, "inbound": 140, "unspecified": 142, "previous": 1300},
    "emails": {"total": 197, "previous": 0},
    "meetings": {"total": 150, "previous": 150},
    "conversations": {"total": 1702, "previous": 1450, "includes": ["calls", "meetings"]},
    "appointments": {
        "total": 39,
        "previous": 40,
        "upcoming": [
            {
                "id": 501,
                "starts_at": "2026-11-25T08:00:00Z",
                "ends_at": None,
                "title": "@home",
                "owner": {"id": 7, "name": "Ann Lee"},
                "company": None,
                "url": None,
            }
        ],
    },
    "funnel": [
        {
            "key": "prospects",
            "label": "Prospects",
            "count": 159,
            "amount": "6948397.10",
            "share": 1.0,
            "conversion": None,
        },
        {
            "key": "closed_won",
            "label": "Closed won",
            "count": 24,
            "amount": "894827.25",
            "share": 0.15,
            "conversion": 0.3,
        },
    ],
    "conversion_rate": {"won": 24, "of": 159, "rate": 0.15094},
    "pipeline": {
        "open": {"count": 85, "amount": "3604932.00", "weighted_amount": "830459.20", "without_probability": 25},
        "won": {"count": 24, "amount": "894827.25", "previous": {"count": 20, "amount": "800000.00"}},
        "lost": {"count": 50, "amount": "2448638.00", "previous": {"count": 0, "amount": "0.00"}},
        "close_rate": {"won": 24, "of": 74, "rate": 0.3243, "previous": {"won": 20, "of": 20, "rate": 1.0}},
        "sales_cycle_days": {"mean": 31.26, "median": 28.5},
        "projected_close": [
            {"month": "2026-11", "count": 3, "amount": "12000.00", "weighted_amount": "6000.50"},
            {"month": "2026-12", "count": 0, "amount": "0.00", "weighted_amount": "0.00"},
        ],
        "overdue": {"count": 4, "amount": "990.00", "weighted_amount": "99.00"},
        "movement": {
            "start": {"count": 80, "amount": "100.00"},
            "created": {"count": 9, "amount": "50.00"},
            "end": {"count": 85, "amount": "3604932.00"},
            "since": "2026-10-02T07:00:00Z",
        },
        "win_loss_reasons": [
            {"outcome": "lost", "reason_id": None, "reason": "not recorded", "count": 2, "amount": "40.00"}
        ],
        "open_by_stage": [
            {
                "stage": 4,
                "label": "Offer",
                "rank": 3,
                "count": 85,
                "amount": "3604932.00",
                "weighted_amount": "830459.20",
            }
        ],
        "stale": {"count": 12, "amount": "77.70", "after_days": 30},
    },
    "ratios": {"calls_per_won": {"of": 1552, "per": 24, "value": 64.6667}},
    "by_day": [{"date": "2026-11-01", "calls": 2, **_DAY}, {"date": "2026-11-02", "calls": 12, **_DAY}],
    "by_owner": [
        {"owner": {"id": 7, "name": "Ann [bold]Lee"}, "calls": 11, **_DAY, "won": 3, "won_amount": "1250.00"},
        {"owner": {"id": 8, "name": None}, "calls": 3, **_DAY, "won": 0, "won_amount": "0.00"},
        {"owner": None, "calls": 1, **_DAY, "won": 0, "won_amount": "0.00"},
    ],
    "recent_activity": [
        {
            "id": 1,
            "source": "CompanyNotes",
            "kind": "call",
            "direction": "outbound",
            "happened_at": "2026-11-21T23:30:00Z",
            "owner": {"id": 7, "name": "Ann Lee"},
            "company": {"id": 3, "name": "=cmd|' /C calc'!A0"},
            "contact": None,
            "subject": "Intro call",
            "url": "https://ww1.example.test/Autotask/AutotaskExtend/ExecuteCommand.aspx?Code=OpenCompany&ID=3",
        }
    ],
    "notes": ["The mapping of action types is proposed from their labels."],
}
_RECORDS: dict[str, Any] = {
    "schema": "records/1",
    "metric": {"slug": "won_amount", "title": "Won", "unit": "money", "formula": "Sum of the amounts of won deals."},
    "organization": _ORGANIZATION,
    "period": _PERIOD,
    "filters": {"owner": 7, "team": None},
    "data": {"version": 41, "as_of": "2026-11-22T14:55:00Z", "complete": True},
    "total": {"count": 1202, "amount": "894827.25"},
    "page": {"offset": 100, "limit": 2, "sort": "closed_on", "descending": True},
    "columns": [
        {"key": "id", "title": "Id", "type": "integer"},
        {"key": "title", "title": "Deal", "type": "text"},
        {"key": "amount", "title": "Amount", "type": "money"},
        {"key": "probability", "title": "Probability", "type": "percent"},
        {"key": "closed_on", "title": "Closed", "type": "date"},
        {"key": "changed_at", "title": "Changed", "type": "instant"},
        {"key": "cycle", "title": "Cycle", "type": "days"},
        {"key": "owner", "title": "Owner", "type": "person"},
        {"key": "company", "title": "Company", "type": "company"},
        {"key": "url", "title": "Link", "type": "link"},
    ],
    "rows": [
        {
            "id": 11,
            "title": "=1+1",
            "amount": "1250.50",
            "probability": 0.5,
            "closed_on": "2026-11-03",
            "changed_at": "2026-11-03T23:30:00Z",
            "cycle": 12.5,
            "owner": {"id": 7, "name": "Ann Lee"},
            "company": {"id": 3, "name": "Contoso"},
            "url": "https://ww1.example.test/open?id=11",
        },
        {
            "id": 12,
            "title": None,
            "amount": None,
            "probability": None,
            "closed_on": None,
            "changed_at": None,
            "cycle": None,
            "owner": None,
            "company": None,
            "url": "javascript:alert(1)",
        },
    ],
    "notes": ["Deals without amount add nothing."],
}
