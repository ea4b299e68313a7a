"""A document as an XLSX workbook: a sheet that says what it is, one sheet for each table, and the definitions.

Figures are numbers, days are dates, instants are times on the organization's clocks, texts are never formulas, and what
is not known is an empty cell.
"""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime, time
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from partner_portal.reports.rendering.tables import Column, Kind, Section, Tables, Value
from partner_portal.reports.rendering.wording import local, number, printable, shortened, shown, storable

MOST_ROWS = 1_048_576
"""Rows of a sheet, its header included; what doesn't fit goes on with a further sheet."""
MOST_CHARACTERS = 32_767
"""Of a cell, in UTF-16 units."""
CUT = " … (cut: a cell holds no more)"
MOST_LINKS = 65_530
"""Of a sheet; further addresses are plain texts."""
MOST_LINK_CHARACTERS = 2_079
MOST_TITLE_CHARACTERS = 31
EXACT_DIGITS = 15
"""Of a number; a longer one is written as text, or a spreadsheet would round it."""

FIRST_DAY = datetime(1900, 3, 1)  # noqa: DTZ001 - cells have no zone
"""Earlier days differ by one between spreadsheets, and are written as text."""
UNKNOWN_IS_EMPTY = "An empty cell is not known or not there; it never means zero."
EPOCH = datetime(1980, 1, 1, tzinfo=UTC)
LONGEST_NAME = 40
"""Of an organization, in the line at the foot of printed pages, which must stay short."""

WIDTHS = (9, 60)
MEASURED_ROWS = 200

Cell = tuple[Value, Kind]

_FORMATS = {
    Kind.ID: "0",
    Kind.INTEGER: "#,##0",
    Kind.NUMBER: "#,##0.00",
    Kind.PERCENT: "0.0%",
    Kind.DAYS: "#,##0.0",
    Kind.DATE: "yyyy-mm-dd",
    Kind.INSTANT: "yyyy-mm-dd hh:mm",
}
_FORBIDDEN_IN_TITLES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_CURRENCY = re.compile(r"[A-Z]{3}")


def as_xlsx(tables: Tables, *, most_rows: int = MOST_ROWS) -> bytes:
    """The workbook. The same document makes the same bytes."""
    out = io.BytesIO()
    # Rows are flushed as they are written: memory doesn't grow with the number of rows.
    book = Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    made_at = datetime.fromisoformat(tables.as_of) if tables.as_of else EPOCH
    book.set_properties({"title": tables.title, "company": storable(tables.organization), "created": made_at})
    _Writing(book, tables, most_rows).write()
    book.close()
    return out.getvalue()


class _Writing:
    """One workbook being written, sheet after sheet."""

    def __init__(self, book: Workbook, tables: Tables, most_rows: int) -> None:
        self.book, self.tables, self.most_rows = book, tables, most_rows
        self.zone = ZoneInfo(tables.zone)
        self.titles: set[str] = set()
        self.bold = book.add_format({"bold": True})
        self.heading = book.add_format({"bold": True, "bg_color": "#E6EDF5", "bottom": 1, "text_wrap": True})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.formats = {kind: book.add_format({"num_format": text}) for kind, text in _FORMATS.items()}
        known = _CURRENCY.fullmatch(tables.currency)
        money = f"[${tables.currency}] #,##0.00" if known else "#,##0.00"
        self.formats[Kind.MONEY] = book.add_format({"num_format": money})

    def write(self) -> None:
        """All sheets, in the order in which people read them."""
        self._about()
        if self.tables.figures:
            self._figures()
        for section in self.tables.sections:
            self._table(section.title, [self._named(column) for column in section.columns], self._typed(section))
        self._definitions()

    def _about(self) -> None:
        sheet = self._sheet(self.tables.title)
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 2, 60)
        facts = self.tables.facts
        for at, fact in enumerate(facts):
            self._text(sheet, at, 0, fact.label, self.bold)
            for place, value in enumerate(fact.values, start=1):
                written = shown(value, fact.kind, self.zone) if value is not None else ""
                told = f"{written} ({self.tables.zone})" if fact.kind is Kind.INSTANT and written else written
                self._text(sheet, at, place, told, self.wrapped)
        for at, note in enumerate((*self.tables.notes, UNKNOWN_IS_EMPTY), start=len(facts) + 1):
            self._text(sheet, at, 0, "Note", self.bold)
            self._text(sheet, at, 1, note, self.wrapped)

    def _figures(self) -> None:
        money = f", {self.tables.currency}"
        rows: list[list[Cell]] = [
            [
                (each.group, Kind.TEXT),
                (f"{each.title}{money if each.kind is Kind.MONEY else ''}", Kind.TEXT),
                (each.value, each.kind),
                (each.previous, each.kind),
                (each.path, Kind.TEXT),
            ]
            for each in self.tables.figures
        ]
        self._table("Figures", ["Part", "Figure", "Value", "Previous", "Key"], rows)

    def _definitions(self) -> None:
        titles = ["Figure", "Unit", "Definition", "Leaves out", "Reads"]
        rows: list[list[Cell]] = [
            [
                (text, Kind.TEXT)
                for text in (each.title, each.unit, each.formula, each.exclusions, ", ".join(each.reads))
            ]
            for each in self.tables.definitions
        ]
        self._table("Definitions", titles, rows, self.wrapped)

    def _named(self, column: Column) -> str:
        """The header names the zone of instants and the currency of money."""
        units = {Kind.INSTANT: self.tables.zone, Kind.MONEY: self.tables.currency}
        return f"{column.title} ({units[column.kind]})" if column.kind in units else column.title

    @staticmethod
    def _typed(section: Section) -> list[list[Cell]]:
        kinds = [column.kind for column in section.columns]
        return [list(zip(row, kinds, strict=True)) for row in section.rows]

    def _table(self, title: str, header: list[str], rows: list[list[Cell]], style: Format | None = None) -> None:
        """A header that stays in sight, and the rows, on as many sheets as they need."""
        room = self.most_rows - 1
        widths = [_width(name, [row[at] for row in rows[:MEASURED_ROWS]], self.zone) for at, name in enumerate(header)]
        for start in range(0, len(rows) or 1, room):
            sheet = self._sheet(title)
            for at, (name, width) in enumerate(zip(header, widths, strict=True)):
                sheet.set_column(at, at, width)
                self._text(sheet, 0, at, name, self.heading)
            sheet.freeze_panes(1, 0)
            part = rows[start : start + room]
            if header:
                sheet.autofilter(0, 0, max(len(part), 1), len(header) - 1)
            self._rows(sheet, part, style)

    def _rows(self, sheet: Worksheet, rows: list[list[Cell]], style: Format | None) -> None:
        links = MOST_LINKS
        for at, row in enumerate(rows, start=1):
            for place, (value, kind) in enumerate(row):
                if kind is Kind.LINK and links and is_link(value):
                    sheet.write_url(at, place, str(value), string=str(value))
                    links -= 1
                else:
                    self._cell(sheet, at, place, value, kind, style)

    def _cell(
        self, sheet: Worksheet, row: int, column: int, value: Value, kind: Kind, style: Format | None = None
    ) -> None:
        if value is None:
            return
        amount = exact(value) if kind in self.formats else None
        moment = _moment(value, kind, self.zone)
        if moment is not None:
            sheet.write_datetime(row, column, moment, self.formats[kind])
        elif amount is not None:
            sheet.write_number(row, column, amount, self.formats[kind])
        else:
            self._text(sheet, row, column, ("yes" if value else "no") if isinstance(value, bool) else value, style)

    @staticmethod
    def _text(sheet: Worksheet, row: int, column: int, value: object, style: Format | None = None) -> None:
        sheet.write_string(row, column, fitting(storable(str(value))), style)

    def _sheet(self, title: str) -> Worksheet:
        """A new sheet of a free title, whose printed pages say what they show."""
        sheet = self.book.add_worksheet(free_title(title, self.titles))
        name = shortened(printable(self.tables.organization), LONGEST_NAME)
        told = f"{name} · {self.tables.range} · {self.tables.zone} · data version {self.tables.version}"
        footer = told.replace("&", "&&")
        sheet.set_footer(f"&L{footer}&R&P / &N")
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        return sheet


def _moment(value: Value, kind: Kind, zone: ZoneInfo) -> datetime | None:
    """A day or instant that every spreadsheet understands in the same way; None for all else."""
    moment = local(value, zone) if kind is Kind.INSTANT else _day(value) if kind is Kind.DATE else None
    return moment if moment is not None and moment >= FIRST_DAY else None


def _day(value: Value) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(str(value)), time())
    except ValueError:
        return None


def exact(value: Value) -> float | int | None:
    """`value` as a number that a spreadsheet holds to the last digit; None for what is none or too long."""
    amount = number(value)
    if amount is None:
        return None
    if isinstance(value, float):
        return value
    return None if len(amount.normalize().as_tuple().digits) > EXACT_DIGITS else float(amount)


def fitting(text: str) -> str:
    """`text`, cut with a word about it where a cell cannot hold it."""
    if len(text) <= MOST_CHARACTERS // 2 or _units(text) <= MOST_CHARACTERS:
        return text
    encoded = text.encode("utf-16-le")[: 2 * (MOST_CHARACTERS - len(CUT))]
    return encoded.decode("utf-16-le", "ignore") + CUT


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def is_link(value: Value) -> bool:
    """Whether `value` is a web address that may be followed from a sheet."""
    if not isinstance(value, str) or len(value) > MOST_LINK_CHARACTERS or storable(value) != value:
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not any(map(str.isspace, value))


def free_title(title: str, taken: set[str]) -> str:
    """A sheet's title made of `title`: allowed, short enough, and not yet in `taken`, which it joins."""
    plain = _FORBIDDEN_IN_TITLES.sub(" ", storable(title)).strip("' ") or "Sheet"
    if plain.casefold() == "history":
        plain = "Records"
    for turn in range(1, len(taken) + 2):
        ending = f" ({turn})" if turn > 1 else ""
        name = f"{plain[: MOST_TITLE_CHARACTERS - len(ending)].rstrip()}{ending}"
        if name.casefold() not in taken:
            break
    taken.add(name.casefold())
    return name


def _width(name: str, cells: list[Cell], zone: ZoneInfo) -> int:
    """Columns as wide as what stands in them, within reason."""
    narrowest, widest = WIDTHS
    longest = max((len(shown(value, kind, zone)) for value, kind in cells if value is not None), default=0)
    return min(max(longest, len(name), narrowest) + 2, widest)
