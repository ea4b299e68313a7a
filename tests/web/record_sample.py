"""Documents of records written by hand: small, whole, with every type of column."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from web import sample

ADA, NORD = {"id": 11, "name": "Ana Ruiz"}, {"id": 4, "name": "Nordwind Logistik"}
URL = "https://ww5.example.test/Autotask/AutotaskExtend/ExecuteCommand.aspx?Code=OpenOpportunity&OpportunityID=51"


def _column(key: str, title: str, kind: str, *, sortable: bool = True) -> dict[str, Any]:
    return {"key": key, "title": title, "type": kind, "sortable": sortable}


COLUMNS = [
    _column("title", "Title", "text"),
    _column("company", "Company", "company"),
    _column("owner", "Owner", "person"),
    _column("contact", "Contact", "person"),
    _column("stage", "Stage", "text"),
    _column("outcome", "Outcome", "text"),
    _column("amount", "Amount", "money"),
    _column("probability", "Probability", "percent"),
    _column("created_on", "Created", "date"),
    _column("seen_at", "Seen", "instant"),
    _column("cycle_days", "Days to close", "days"),
    _column("id", "Id", "integer"),
    _column("url", "In Autotask", "link", sortable=False),
]
ROW: dict[str, Any] = {
    "title": "Firewall <renewal>",
    "company": NORD,
    "owner": ADA,
    "contact": {"id": 9, "name": None},
    "stage": "Proposal",
    "outcome": "open",
    "amount": "12345.50",
    "probability": 40,
    "created_on": "2025-11-03",
    "seen_at": "2025-11-20T09:30:00Z",
    "cycle_days": 1234,
    "id": 51123,
    "url": URL,
}
EMPTY_ROW: dict[str, Any] = {**dict.fromkeys(ROW), "id": 52}


def document(**changes: Any) -> dict[str, Any]:
    """A `records/1` document of two records of 312; `changes` replace its parts, those within a part one by one."""
    made: dict[str, Any] = {
        "schema": "records/1",
        "metric": {
            "slug": "open_amount",
            "title": "Open pipeline",
            "unit": "money",
            "formula": "Sum of the amounts of open deals.",
            "exclusions": "Open deals without amount add nothing.",
        },
        "organization": deepcopy(sample.DOCUMENT["organization"]),
        "period": deepcopy(sample.DOCUMENT["period"]),
        "filters": {"owner": None, "team": None, "company": None, "category": None, "confined_to": None},
        "data": {
            "version": 7,
            "as_of": "2025-11-20T09:42:00Z",
            "dialect": "live",
            "complete": True,
            "mapping_version": 1,
        },
        "only": None,
        "total": {"count": 312, "value": "1284500.75", "amount": "1284500.75"},
        "search": None,
        "found": 312,
        "page": {"offset": 0, "limit": 100, "sort": "amount", "descending": True},
        "columns": deepcopy(COLUMNS),
        "rows": [deepcopy(ROW), deepcopy(EMPTY_ROW)],
        "notes": [],
    }
    for name, value in changes.items():
        made[name] = made[name] | value if isinstance(value, dict) and isinstance(made[name], dict) else value
    return made


def empty(**changes: Any) -> dict[str, Any]:
    """A document without a record."""
    return document(**{"rows": [], "found": 0, "total": {"count": 0, "value": "0.00", "amount": "0.00"}} | changes)
