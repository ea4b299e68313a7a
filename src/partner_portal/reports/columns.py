"""The columns of a list of records: what they hold, how they are asked for, and how a value of theirs is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from partner_portal.reports.metric import Subject
from partner_portal.reports.names import Named
from partner_portal.reports.wire import amount_text, instant_text, named


class Type(StrEnum):
    """What a column holds, and so how it is shown, sorted and exported."""

    TEXT = "text"
    INTEGER = "integer"
    MONEY = "money"
    PERCENT = "percent"
    DAYS = "days"
    DATE = "date"
    INSTANT = "instant"
    PERSON = "person"
    COMPANY = "company"
    LINK = "link"


@dataclass(frozen=True)
class Column:
    """One column: its key in a row, its heading, and its SQL over `record`.

    `write` makes the value in the row of the one selected; where that is an id of something `named`, it is given the
    name, too. `sorts` is SQL to sort by, over the names joined to the record as well; empty where that makes no sense.
    """

    key: str
    title: str
    type: Type
    selects: str
    sorts: tuple[str, ...] = ()
    write: Callable[..., Any] = lambda value: value
    named: Named | None = None


def _plain(key: str, title: str, of: Type, write: Callable[..., Any] = lambda value: value) -> Column:
    return Column(key, title, of, f"record.{key}", (f"record.{key}",), write)


def _person(key: str, title: str, of: Named) -> Column:
    sorts = tuple(f'lower({key}.{name}) COLLATE "C"' for name in ("last_name", "first_name"))
    return Column(key, title, Type.PERSON, f"record.{key}_id", sorts, named, of)


def _instant(key: str, title: str) -> Column:
    return _plain(key, title, Type.INSTANT, instant_text)


def _date(key: str, title: str) -> Column:
    return _plain(key, title, Type.DATE, lambda day: None if day is None else day.isoformat())


def _text(key: str, title: str) -> Column:
    return Column(key, title, Type.TEXT, f"record.{key}", (f'lower(record.{key}) COLLATE "C"',))


def _money(key: str, title: str) -> Column:
    return _plain(key, title, Type.MONEY, lambda amount: None if amount is None else amount_text(amount))


def _weighted(by_percent: Any) -> str | None:
    """Exact, so that the rows sum to the figure: an amount times a whole percentage has four decimals at most."""
    return None if by_percent is None else f"{Decimal(by_percent) / 100:.4f}"


_COMPANY = Column(
    "company",
    "Company",
    Type.COMPANY,
    "record.company_id",
    ('lower(company.company_name) COLLATE "C"',),
    named,
    Named.COMPANY,
)
_OWNER = _person("owner", "Owner", Named.RESOURCE)

_DEALS = (
    _text("title", "Title"),
    _COMPANY,
    _OWNER,
    _plain("stage", "Stage", Type.TEXT),
    _plain("status", "Status", Type.TEXT),
    _text("outcome", "Outcome"),
    _money("amount", "Amount"),
    _plain("probability", "Probability", Type.PERCENT),
    Column(
        "weighted_amount",
        "Weighted",
        Type.MONEY,
        "record.amount_by_percent",
        ("record.amount_by_percent",),
        _weighted,
    ),
    _money("onetime_revenue", "One-time revenue"),
    _money("monthly_revenue", "Monthly revenue"),
    _date("created_on", "Created"),
    _date("projected_on", "Projected close"),
    _date("ended_on", "Closed"),
    _plain("cycle_days", "Days to close", Type.DAYS),
    _plain("id", "Id", Type.INTEGER),
)

COLUMNS: dict[Subject, tuple[Column, ...]] = {
    Subject.ACTIVITIES: (
        _instant("happened_at", "Happened"),
        _text("kind", "Kind"),
        _text("direction", "Direction"),
        _plain("action_type", "Action type", Type.TEXT),
        _OWNER,
        _COMPANY,
        _person("contact", "Contact", Named.CONTACT),
        _text("source", "Source"),
        _plain("id", "Id", Type.INTEGER),
    ),
    Subject.APPOINTMENTS: (
        _instant("starts_at", "Starts"),
        _instant("ends_at", "Ends"),
        _text("title", "Title"),
        _OWNER,
        _plain("id", "Id", Type.INTEGER),
    ),
    Subject.DEALS: _DEALS,
    Subject.STALE_DEALS: _DEALS,
    Subject.CHANGES: (
        _instant("seen_at", "Seen"),
        _text("title", "Title"),
        _COMPANY,
        _OWNER,
        _plain("stage_before", "Stage before", Type.TEXT),
        _plain("stage", "Stage", Type.TEXT),
        _plain("status", "Status", Type.TEXT),
        _text("outcome", "Outcome"),
        _money("amount", "Amount"),
        _money("gain", "Increase"),
        _money("loss", "Decrease"),
        _date("projected_on", "Projected close"),
        _plain("version", "Data version", Type.INTEGER),
        _plain("id", "Id", Type.INTEGER),
    ),
}
"""What a list of records shows, by their subject."""

ORDER: dict[Subject, tuple[str, bool]] = {
    Subject.ACTIVITIES: ("happened_at", True),
    Subject.APPOINTMENTS: ("starts_at", False),
    Subject.DEALS: ("amount", True),
    Subject.STALE_DEALS: ("amount", True),
    Subject.CHANGES: ("seen_at", True),
}
"""The column that a list is sorted by when nothing else is asked for, and whether from the highest down."""
