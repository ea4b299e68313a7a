"""A document as JSON, CSV, or tables on a terminal."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from partner_portal.reports.rendering.layout import TO_READ
from partner_portal.reports.rendering.tables import NUMERIC, Fact, Kind, Section, Tables
from partner_portal.reports.rendering.wording import (
    figure_texts,
    figures_to_read,
    printable,
    shortened,
    shown,
    storable,
)

BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""At the start of a CSV file: without it Excel reads UTF-8 as the machine's old code page."""

ON_TERMINAL = ("funnel", "by_owner", "rows")
"""The tables that a terminal shows, `rows` of records; the rest is for files."""

LONGEST_CELL = 60
LONGEST_LINE = 600

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_FORMULA_STARTS = "=+-@＝＋－＠\t\r\n"
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def as_json(doc: Mapping[str, Any]) -> str:
    """The document as indented JSON, not escaped beyond what JSON and UTF-8 need."""
    text = json.dumps(doc, ensure_ascii=False, indent=2)
    return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def as_csv(tables: Tables) -> str:
    """RFC 4180 CSV: the heading, then sections, each with a title and a header; unknown figures are empty cells.

    A text that a spreadsheet would take for a formula is written behind an apostrophe; numbers stay numbers, instants
    stay in UTC. A document without figures is its heading with the notes, an empty line, and its table without a title.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows(_safe(fact.label, *fact.values) for fact in tables.facts)
    writer.writerows(_safe("Note", note) for note in tables.notes if not tables.figures)
    if tables.figures:
        _titled(writer, "Figures")
        writer.writerow(("figure", "title", "value", "previous", "unit"))
        writer.writerows(_safe(each.path, each.title, each.value, each.previous, each.kind) for each in tables.figures)
    for section in tables.sections:
        _titled(writer, section.title if tables.figures else "")
        writer.writerow(_safe(*(column.key for column in section.columns)))
        writer.writerows(_safe(*row) for row in section.rows)
    if tables.notes and tables.figures:
        _titled(writer, "Notes")
        writer.writerows(_safe(note) for note in tables.notes)
    return out.getvalue()


def _titled(writer: Any, title: str) -> None:
    writer.writerow(())
    if title:
        writer.writerow((title,))


def _safe(*cells: object) -> list[object]:
    return [safe_cell(cell) for cell in cells]


def safe_cell(value: object) -> object:
    """`value` as a cell that no spreadsheet runs: OWASP's starting characters, also behind blanks, are neutralised."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str) or _NUMBER.fullmatch(value):
        return value
    text = storable(value)
    starts = text[:1] + text.lstrip()[:1]
    return f"'{text}" if any(character in _FORMULA_STARTS for character in starts) else text


def as_table(tables: Tables) -> RenderableType:
    """The document's figures, funnel and owners as tables for a terminal; `--` stands for what is not known."""
    parts: list[RenderableType] = [Text("\n".join(_line(tables, fact) for fact in tables.facts))]
    parts += [_figures(tables, title) for title in figures_to_read(tables)]
    parts += [_section(tables, section) for key in ON_TERMINAL if (section := tables.section(key)) is not None]
    parts += [Text(shortened(f"Note: {printable(note)}", LONGEST_LINE), style="yellow") for note in tables.notes]
    return Group(*parts)


def _line(tables: Tables, fact: Fact) -> str:
    values = (shown(value, fact.kind, ZoneInfo(tables.zone)) for value in fact.values)
    return shortened(f"{printable(fact.label)}: {' '.join(values)}", LONGEST_LINE)


def _figures(tables: Tables, title: str) -> Table:
    table = Table(title=Text(title), title_justify="left")
    for heading in ("Figure", "Now", "Before", "Change"):
        table.add_column(heading, justify="left" if heading == "Figure" else "right")
    for figure in figures_to_read(tables)[title]:
        name = f"{figure.title}, {tables.currency}" if figure.kind is Kind.MONEY else figure.title
        table.add_row(*(Text(cell) for cell in (name, *figure_texts(tables, figure))))
    return table


def _section(tables: Tables, section: Section) -> Table:
    section, zone = section.to_read(*TO_READ.get(section.key, ())), ZoneInfo(tables.zone)
    table = Table(title=Text(section.title), title_justify="left")
    for column in section.columns:
        table.add_column(Text(column.title), justify="right" if column.kind in NUMERIC else "left")
    for row in section.rows:
        cells = (shown(cell, column.kind, zone) for cell, column in zip(row, section.columns, strict=True))
        table.add_row(*(Text(shortened(cell, LONGEST_CELL)) for cell in cells))
    return table
