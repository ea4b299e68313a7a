"""Everybody with a figure in the range: what each did, sold and has open, in the order asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from partner_portal.web.view.cards import DEALS_AND_DATES, activity_sources, why_unknown
from partner_portal.web.view.charts import COUNT, MONEY
from partner_portal.web.view.figures import Figure, Figures
from partner_portal.web.view.filters import Filters
from partner_portal.web.view.owners_chart import OwnersChart, owners_chart
from partner_portal.web.view.people import owner_name, owner_slug

RATE = "rate"
NAME = "name"


@dataclass(frozen=True)
class Column:
    """One figure of each owner: its key in `by_owner`, where the document has the same for all, how it is read.

    `begins` says that another kind of figures begins here.
    """

    key: str
    title: str
    total: str
    unit: str = COUNT
    begins: bool = False


COLUMNS = (
    Column("calls", "Calls", "calls.total"),
    Column("outbound", "Out", "calls.outbound"),
    Column("inbound", "In", "calls.inbound"),
    Column("unspecified", "Unspec.", "calls.unspecified"),
    Column("emails", "E-mails", "emails.total"),
    Column("meetings", "Meetings", "meetings.total"),
    Column("conversations", "Convers.", "conversations.total"),
    Column("appointments", "Appts", "appointments.total"),
    Column("created", "Created", "funnel.0.count", begins=True),
    Column("won", "Won", "pipeline.won.count"),
    Column("won_amount", "Won amount", "pipeline.won.amount", MONEY),
    Column("lost", "Lost", "pipeline.lost.count"),
    Column("close_rate", "Close rate", "pipeline.close_rate.rate", RATE),
    Column("open", "Open", "pipeline.open.count", begins=True),
    Column("open_amount", "Open amount", "pipeline.open.amount", MONEY),
)
LONG_TITLES = {
    "outbound": "Outbound calls",
    "inbound": "Inbound calls",
    "unspecified": "Calls of unspecified direction",
    "conversations": "Conversations",
    "appointments": "Appointments",
    "created": "Opportunities created in this range",
    "won": "Deals won",
    "lost": "Deals lost",
    "close_rate": "Deals won, of those decided",
    "open": "Deals open now",
    "open_amount": "Amount of the deals open now",
}
"""What a short title stands for."""


@dataclass(frozen=True)
class Order:
    """By which column the owners stand; NAME for their names. Most calls first is the document's own order."""

    by: str = "calls"
    is_descending: bool = True

    def fields(self) -> dict[str, str]:
        """The order by its names in the URL; none for the document's own."""
        if self == Order():
            return {}
        return {"sort": self.by} | ({"descending": "true"} if self.is_descending else {})

    def by_column(self, key: str) -> Order:
        """The order that a choice of this column leads to: the other way round where it is in force already."""
        if key == self.by:
            return replace(self, is_descending=not self.is_descending)
        return Order(key, is_descending=key != NAME)


@dataclass(frozen=True)
class Heading:
    """A column's head: `order` is how it is sorted (ascending, descending, "" for not), `href` leads to it sorted."""

    key: str
    title: str
    long_title: str
    href: str
    order: str
    begins: bool


@dataclass(frozen=True)
class Cell:
    """A figure of one owner or of all. A rate has the `won` of `decided` deals that it is made of.

    `width` is the figure in percent of the highest, None where no bar is drawn.
    """

    figure: Figure
    begins: bool
    won: Figure | None = None
    decided: Figure | None = None
    width: float | None = None


@dataclass(frozen=True)
class Row:
    """One owner; `href` leads to the own page, from the page of all owners on."""

    name: str
    href: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Owners:
    """The page of all owners. `reasons` say what is unknown and why; `empty` why nobody is listed, "" where some are.

    `carried` are the choices of this page as fields of its URL, and `here` is its query with them.
    """

    name: Heading
    columns: Sequence[Heading]
    rows: Sequence[Row]
    totals: Sequence[Cell]
    chart: OwnersChart
    reasons: Sequence[str]
    empty: str
    carried: Mapping[str, str]
    here: str


def read_order(query: Mapping[str, str]) -> Order:
    """The order of a query string; the document's own where no column is called so."""
    by = query.get("sort", "")
    if by == NAME or any(column.key == by for column in COLUMNS):
        return Order(by, is_descending=query.get("descending") == "true")
    return Order()


def owners_page(figures: Figures, filters: Filters, order: Order, measure: str = "") -> Owners:
    """The owners of `figures`' document, which answers `filters`; `measure` is what the chart shows."""
    chart = owners_chart(figures, measure, lambda fields: _query(filters, {**order.fields(), **fields}))
    found = figures.document["by_owner"]
    reasons = _reasons(figures)
    carried = {**order.fields(), **chart.fields}
    own = replace(filters, owner=None)
    return Owners(
        name=_heading(NAME, "Name", filters, order, chart),
        columns=tuple(
            _heading(column.key, column.title, filters, order, chart, begins=column.begins) for column in COLUMNS
        ),
        rows=tuple(
            Row(
                owner_name(found[index]["owner"]),
                f"{owner_slug(found[index]['owner'])}/{own.query()}",
                tuple(_cell(figures, index, column, order) for column in COLUMNS),
            )
            for index in _ordered(found, order)
        ),
        totals=tuple(_total(figures, column) for column in COLUMNS),
        chart=chart,
        reasons=reasons,
        empty="" if found else " ".join(reasons) or "Nobody has a figure in this range. Choose a longer one.",
        carried=carried,
        here=_query(filters, carried),
    )


def _query(filters: Filters, more: Mapping[str, str]) -> str:
    fields = {**filters.fields(), **more}
    return f"?{urlencode(fields)}" if fields else ""


def _heading(
    key: str, title: str, filters: Filters, order: Order, chart: OwnersChart, *, begins: bool = False
) -> Heading:
    direction = "descending" if order.is_descending else "ascending"
    href = _query(filters, {**order.by_column(key).fields(), **chart.fields})
    return Heading(key, title, LONG_TITLES.get(key, title), href, direction if key == order.by else "", begins)


def _ordered(rows: Sequence[Mapping[str, Any]], order: Order) -> Sequence[int]:
    """The places of the rows in this order; what is unknown, and nobody among names, comes last either way."""
    if order.by == NAME:
        keys: list[Any] = [row["owner"] and owner_name(row["owner"]).casefold() for row in rows]
    else:
        keys = [None if row[order.by] is None else Decimal(str(row[order.by])) for row in rows]
    known = [index for index in range(len(rows)) if keys[index] is not None]
    unknown = [index for index in range(len(rows)) if keys[index] is None]
    return [*sorted(known, key=lambda index: keys[index], reverse=order.is_descending), *unknown]


def _cell(figures: Figures, index: int, column: Column, order: Order) -> Cell:
    place = f"by_owner.{index}"
    cell = Cell(_figure(figures, f"{place}.{column.key}", column.unit), column.begins)
    if column.unit == RATE:
        cell = replace(cell, won=figures.count(f"{place}.won"), decided=figures.count(f"{place}.decided"))
    if column.key != order.by or not cell.figure.is_known:
        return cell
    values = [row[column.key] for row in figures.document["by_owner"]]
    most = max(Decimal(str(value)) for value in values if value is not None)
    share = Decimal(cell.figure.raw) / most * 100 if most > 0 else Decimal(0)
    return replace(cell, width=max(0.0, round(float(share), 1)))


def _total(figures: Figures, column: Column) -> Cell:
    cell = Cell(_figure(figures, column.total, column.unit), column.begins)
    if column.unit != RATE:
        return cell
    rate = "pipeline.close_rate"
    return replace(cell, won=figures.count(f"{rate}.won"), decided=figures.count(f"{rate}.of"))


def _figure(figures: Figures, path: str, unit: str) -> Figure:
    read = {COUNT: figures.count, MONEY: figures.money, RATE: figures.rate}
    return read[unit](path)


def _reasons(figures: Figures) -> tuple[str, ...]:
    """Why figures are unknown, once for each kind."""
    sources = (
        ("calls.total", activity_sources(figures.document)),
        ("appointments.total", DEALS_AND_DATES["appointments"]),
        ("pipeline.won.count", DEALS_AND_DATES["deals"]),
    )
    found = [why_unknown(figures.document, names) for path, names in sources if figures.value(path) is None]
    return tuple(dict.fromkeys(found))
