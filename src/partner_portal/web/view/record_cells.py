"""Records as rows of a table: each value by its type, with what it leads to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, html_safe
from django.utils.safestring import SafeString

from partner_portal.reports.heading import NOBODY
from partner_portal.web.view import formats
from partner_portal.web.view.moments import Moment, near_moment
from partner_portal.web.view.people import owner_name
from partner_portal.web.view.record_query import RecordQuery

NUMERIC = frozenset({"integer", "money", "percent", "days"})
"""Column types that are read as numbers: to the right, digits of one width."""
_NAMING = ("title", "subject")
"""The columns that say what a record is called; beside them stands the way into Autotask."""
_OUR_WORDS = ("kind", "direction", "outcome")
"""The columns that hold words of ours, written small in documents."""
_OPENING = (
    '<span>{}&nbsp;<a class="record-opens" href="{}" target="_blank" rel="noopener noreferrer" aria-label="{}">'
    '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#external"/></svg></a></span>'
)
LONG = 32
"""Characters of a text that may be broken into lines."""


@html_safe
@dataclass(frozen=True)
class Cell:
    """One value. `label` is its column's title; `text` is "" where Autotask has no value.

    `href` narrows the list to it; `opens` is the record's page in Autotask, which `opens_name` names. In a template it
    prints itself: a page has more than a thousand, and a template for each would take most of its time.
    """

    label: str
    text: str = ""
    is_numeric: bool = False
    moment: Moment | None = None
    href: str = ""
    opens: str = ""
    opens_name: str = ""

    @property
    def is_long(self) -> bool:
        """Whether the text may be broken into lines."""
        return len(self.text) > LONG

    def __str__(self) -> SafeString:
        if self.opens:
            return format_html(_OPENING, self.text, self.opens, self.opens_name, static("portal/icons.svg"))
        if self.moment is not None:
            moment = self.moment
            return format_html('<time datetime="{}" title="{}">{}</time>', moment.iso, moment.title, moment.text)
        if self.href:
            return format_html('<a href="{0}" hx-get="{0}" title="Only {1}">{1}</a>', self.href, self.text)
        return conditional_escape(self.text)


@dataclass(frozen=True)
class CellMaker:
    """Writes the rows of one `document` (`records/1`), as seen at `now` (aware) by who asked `query` of `here`.

    `narrows` is whether companies and owners lead to the list of their own records.
    """

    document: Mapping[str, Any]
    query: RecordQuery
    here: str
    now: datetime
    narrows: bool = True

    def rows(self) -> tuple[tuple[Cell, ...], ...]:
        """The rows, each a cell for each of `columns`."""
        return tuple(self._row(row) for row in self.document["rows"])

    def columns(self) -> Sequence[Mapping[str, Any]]:
        """The columns that are shown: links are no column of their own."""
        return [column for column in self.document["columns"] if column["type"] != "link"]

    @property
    def zone(self) -> ZoneInfo:
        """The organization's time zone."""
        return ZoneInfo(self.document["organization"]["time_zone"])

    @property
    def today(self) -> date:
        """The organization's local date."""
        return self.now.astimezone(self.zone).date()

    def _row(self, row: Mapping[str, Any]) -> tuple[Cell, ...]:
        cells = []
        for column in self.columns():
            cell = self._cell(column, row)
            if column["key"] in _NAMING and row.get("url"):
                called = cell.text or f"record {row['id']}"
                cell = replace(cell, opens=row["url"], opens_name=f"Open {called} in Autotask, in a new tab")
            cells.append(cell)
        return tuple(cells)

    def _cell(self, column: Mapping[str, Any], row: Mapping[str, Any]) -> Cell:
        kind, label, value = column["type"], column["title"], row[column["key"]]
        if column["key"] == "owner":
            owner = NOBODY if value is None else value["id"]
            return Cell(label, owner_name(value), href=self._narrowed(owner=owner))
        if value is None:
            return Cell(label)
        if kind == "company":
            name = str(value["name"] or f"Company {value['id']}")
            return Cell(label, name, href=self._narrowed(company_id=value["id"]))
        if kind == "person":
            return Cell(label, str(value["name"] or f"{label} {value['id']}"))
        if kind == "instant":
            return Cell(label, moment=near_moment(value, self.now, self.zone))
        if kind == "date":
            return Cell(label, moment=_day(date.fromisoformat(value), self.today))
        text = self._number(kind, value) if kind in NUMERIC else _word(column["key"], str(value))
        return Cell(label, text, is_numeric=kind in NUMERIC)

    def _number(self, kind: str, value: Any) -> str:
        if kind == "money":
            return formats.money(value, self.document["organization"]["currency"], places=2)
        if kind == "percent":
            return f"{formats.number(Decimal(str(value)))}%"
        return formats.count(value) if kind == "days" else str(value)

    def _narrowed(self, **changes: Any) -> str:
        if not self.narrows:
            return ""
        filters = replace(self.query.filters, **changes)
        return "" if filters == self.query.filters else self.here + self.query.of_filters(filters).query()


def _day(day: date, today: date) -> Moment:
    """A date, in full with its year in the title."""
    return Moment(day.isoformat(), formats.day(day, today), formats.span(day, day, today))


def _word(key: str, value: str) -> str:
    return value.capitalize() if key in _OUR_WORDS else value
