"""The page of records: the figure and what it means, what the list is narrowed to, its table, its pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from partner_portal.reports.heading import NOBODY
from partner_portal.web.view import formats
from partner_portal.web.view.filters import DEFAULT_PERIOD, Filters
from partner_portal.web.view.people import NOBODY_NAME
from partner_portal.web.view.picker import PERIOD_NAMES
from partner_portal.web.view.record_cells import NUMERIC, Cell, CellMaker
from partner_portal.web.view.record_query import RecordQuery

PAGE_LENGTH = 100
_FROM_THE_HIGHEST = NUMERIC | {"instant", "date"}
"""Column types that are sorted from the highest down first."""


@dataclass(frozen=True)
class Names:
    """What the ids in force are called; "" where nobody knows."""

    owner: str = ""
    company: str = ""
    category: str = ""


@dataclass(frozen=True)
class Chip:
    """One thing that the list is narrowed to; `href` leads to the list without it, "" where it can't be left out."""

    text: str
    href: str = ""


@dataclass(frozen=True)
class Heading:
    """A column's heading. `href` sorts by it, "" where that can't be; `order` is "ascending" or "descending" when it is
    sorted by this column, and `next_order` what `href` makes of it.
    """

    key: str
    title: str
    is_numeric: bool
    href: str
    order: str
    next_order: str


@dataclass(frozen=True)
class Step:
    """A way to another page of the list; `href` is "" on the page that it leads to."""

    key: str
    name: str
    href: str


@dataclass(frozen=True)
class RecordsPage:
    """Everything that the page prints. `raw` is the figure as the document has it, "" where it is not known.

    `made_of` says of how many records the figure is made, where it is not their number itself. `range` tells which of
    the records are listed, `announcement` the same for whoever does not see it. `empty` says why there are none, and
    `remedy` is a way out of it.
    """

    title: str
    slug: str
    raw: str
    figure: str
    exact: str
    made_of: str
    formula: str
    exclusions: str
    chips: Sequence[Chip]
    headings: Sequence[Heading]
    rows: Sequence[Sequence[Cell]]
    range: str
    announcement: str
    steps: Sequence[Step]
    sorted_by: str
    search: str
    hidden: Mapping[str, str]
    empty: str
    remedy: Step | None
    notes: Sequence[str]


def records_page(
    document: Mapping[str, Any], query: RecordQuery, here: str, now: datetime, names: Names = Names()
) -> RecordsPage:
    """The page at the path `here` over `document` (`records/1`), which answers `query`, as seen at `now` (aware)."""
    return _Maker(document, replace(query, version=document["data"]["version"]), here, now, names).page()


@dataclass(frozen=True)
class _Maker:
    """Makes one page out of one document."""

    document: Mapping[str, Any]
    query: RecordQuery
    here: str
    now: datetime
    names: Names

    def page(self) -> RecordsPage:
        """The whole page."""
        metric, total = self.document["metric"], self.document["total"]
        figure, exact = self._figure()
        cells = CellMaker(self.document, self.query, self.here, self.now, narrows=not self._is_confined)
        headings = tuple(self._heading(column) for column in cells.columns())
        listed, (empty, remedy) = self._range(), self._emptiness()
        return RecordsPage(
            title=metric["title"],
            slug=metric["slug"],
            raw="" if total["value"] is None else str(total["value"]),
            figure=figure,
            exact=exact if exact != figure else "",
            made_of=self._made_of(),
            formula=metric["formula"],
            exclusions=metric["exclusions"],
            chips=tuple(self._chips(cells.today)),
            headings=headings,
            rows=cells.rows(),
            range=listed,
            announcement=f"{listed}. Page {self.query.page} of {self._pages}." if listed else empty,
            steps=tuple(self._steps()),
            sorted_by=next((heading.title for heading in headings if heading.order), ""),
            search=self.document["search"] or "",
            hidden={name: value for name, value in self._to(page=1).fields().items() if name != "search"},
            empty=empty,
            remedy=remedy,
            notes=self.document["notes"] if total["count"] is not None else (),
        )

    def _to(self, **changes: Any) -> RecordQuery:
        return replace(self.query, **changes)

    def _href(self, **changes: Any) -> str:
        return self.here + self._to(**changes).query()

    def _figure(self) -> tuple[str, str]:
        """The figure as it is read, and unrounded."""
        unit, value = self.document["metric"]["unit"], self.document["total"]["value"]
        if value is None:
            return formats.UNKNOWN, ""
        if unit == "money":
            currency = self.document["organization"]["currency"]
            return formats.money(value, currency), formats.money(value, currency, places=2)
        if unit == "rate":
            return formats.rate(value), formats.rate(value, places=2)
        if unit == "ratio":
            return formats.number(Decimal(str(value)), 1), formats.number(Decimal(str(value)), 3)
        return (formats.days(value) if unit == "days" else formats.count(value)), ""

    def _made_of(self) -> str:
        count = self.document["total"]["count"]
        if count is None or self.document["metric"]["unit"] == "count":
            return ""
        return f"of {_records(count)}"

    @property
    def _is_confined(self) -> bool:
        return self.document["filters"]["confined_to"] is not None

    def _chips(self, today: date) -> Iterator[Chip]:
        yield self._range_chip(today)
        filters, only = self.query.filters, self.document["only"]
        if only is not None:
            yield Chip(only["label"], self._href(only="", page=1))
        for text, changes in _narrowings(filters, self.names):
            yield Chip(text, self.here + self.query.of_filters(replace(filters, **changes)).query())
        if self.document["search"]:
            yield Chip(f"Search: {self.document['search']}", self._href(search="", page=1))

    def _range_chip(self, today: date) -> Chip:
        period, filters = self.document["period"], self.query.filters
        if period is None:
            return Chip("As of now, whatever the range")
        dates = formats.span(date.fromisoformat(period["start"]), date.fromisoformat(period["end"]), today)
        if self.query.of_comparison:
            return Chip(f"Compared with: {dates}", self._href(of_comparison=False, page=1))
        name = PERIOD_NAMES.get(period["name"])
        text = dates if name is None or period["name"] == "custom" else f"{name}: {dates}"
        if filters.period == DEFAULT_PERIOD:
            return Chip(text)
        usual = replace(filters, period=DEFAULT_PERIOD, start=None, end=None)
        return Chip(text, self.here + self.query.of_filters(usual).query())

    def _heading(self, column: Mapping[str, Any]) -> Heading:
        page, key = self.document["page"], column["key"]
        is_sorted, is_numeric = page["sort"] == key, column["type"] in NUMERIC
        order = _order(descends=page["descending"]) if is_sorted else ""
        descends = not page["descending"] if is_sorted else column["type"] in _FROM_THE_HIGHEST
        href = self._href(sort=key, descending=descends, page=1) if column["sortable"] else ""
        return Heading(key, column["title"], is_numeric, href, order, _order(descends=descends))

    @property
    def _pages(self) -> int:
        return max(-(-(self.document["found"] or 0) // PAGE_LENGTH), 1)

    def _steps(self) -> Iterator[Step]:
        """The ways to the other pages; none where there is only one."""
        if self._pages == 1 and self.query.page == 1:
            return
        last, page = self._pages, self.query.page
        for key, name, to in (
            ("first", "First", 1),
            ("previous", "Previous", min(max(page - 1, 1), last)),
            ("next", "Next", min(page + 1, last)),
            ("last", "Last", last),
        ):
            yield Step(key, name, "" if to == page else self._href(page=to))

    def _range(self) -> str:
        """Which records are listed: "1–100 of 1,262 records"; "" without any."""
        first, count, found = self.document["page"]["offset"], len(self.document["rows"]), self.document["found"]
        if not count:
            return ""
        listed = f"{formats.count(first + 1)}{formats.NARROW_DASH}{formats.count(first + count)}"
        if self.document["search"]:
            return f"{listed} of {formats.count(found)} found among {_records(self.document['total']['count'])}"
        return f"{listed} of {_records(found)}"

    def _emptiness(self) -> tuple[str, Step | None]:
        """Why there is no row, and the way out of it."""
        found, total = self.document["found"], self.document["total"]["count"]
        if self.document["rows"]:
            return "", None
        if total is None:
            return " ".join(self.document["notes"]), None
        if found:
            return f"There is no page {self.query.page}.", Step(
                "last", "Go to the last page", self._href(page=self._pages)
            )
        if self.document["search"] and total:
            clear = Step("clear", "Clear the search", self._href(search="", page=1))
            return f"None of the {_records(total)} has “{self.document['search']}”.", clear
        if self.query.filters.is_narrowed() or self.query.only:
            whole = self._to(filters=_whole(self.query.filters), only="", search="", page=1)
            return "There are no such records.", Step("whole", "Leave out the filters", self.here + whole.query())
        if self.document["period"] is None:
            return "There are no such records now.", None
        year = self.query.of_filters(replace(self.query.filters, period="last_12_months", start=None, end=None))
        longer = Step("longer", "Look at the last 12 months", self.here + replace(year, of_comparison=False).query())
        is_longest = self.query.filters.period == "last_12_months"
        return "There are no such records in this range.", None if is_longest else longer


def _narrowings(filters: Filters, names: Names) -> Iterator[tuple[str, dict[str, Any]]]:
    """What `filters` narrow to in words, each with the change that leaves it out."""
    if filters.owner == NOBODY:
        yield NOBODY_NAME, {"owner": None}
    elif filters.owner is not None:
        yield f"Owner: {names.owner or filters.owner}", {"owner": None}
    if filters.team:
        yield f"Team: {filters.team}", {"team": ""}
    if filters.company_id is not None:
        yield f"Company: {names.company or filters.company_id}", {"company_id": None}
    if filters.category_id is not None:
        yield f"Category: {names.category or filters.category_id}", {"category_id": None}


def _whole(filters: Filters) -> Filters:
    return replace(filters, owner=None, team="", company_id=None, category_id=None)


def _order(*, descends: bool) -> str:
    return "descending" if descends else "ascending"


def _records(count: int) -> str:
    return f"{formats.count(count)} record{'' if count == 1 else 's'}"
