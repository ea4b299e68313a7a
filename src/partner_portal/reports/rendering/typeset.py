"""A report as PDF, typeset by typst from `report.typ`.

Everything that is said reaches the template as JSON in `sys.inputs`, as strings that it prints: no text of a tenant is
ever read as markup. Letters that the packaged fonts lack are taken from the machine's fonts.
"""

from __future__ import annotations

import json
import re
import tempfile
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pymupdf_fonts
import typst

from partner_portal.reports.rendering.layout import TO_READ
from partner_portal.reports.rendering.tables import NUMERIC, Column, Figure, Kind, Section, Tables
from partner_portal.reports.rendering.wording import (
    UNKNOWN,
    figure_texts,
    figures_to_read,
    number,
    printable,
    shortened,
    shown,
)

FONTS = ("figo", "figbo")
"""FiraGO, regular and bold: Latin, Greek, Cyrillic, Arabic, Hebrew, Thai, Georgian and more in one design."""

MOVEMENT = "Pipeline movement"
BESIDE = "Pipeline"
"""The group of figures that stands in a column of its own, beside the others."""

LONGEST_CELL = 90
LONGEST_NOTE = 600
MOST_ROWS = 62
"""Of a table on paper: two months of days. The notice below names the files that hold all rows."""

ZERO_WIDTH_SPACE = "\N{ZERO WIDTH SPACE}"
_ENDLESS = re.compile(r"\S{25,}")
_PIECES = re.compile(r".{1,12}")

REMEMBERED_RUNS = 10
"""typst keeps the intermediate results of its last ten runs, 25 MB of each report: messense/typst-py issue 104."""

EPOCH = datetime(1980, 1, 1, tzinfo=UTC)

CARDS = (
    ("calls.total", (("calls.outbound", "out"), ("calls.inbound", "in"), ("calls.unspecified", "unspecified"))),
    ("conversations.total", (("meetings.total", "meetings"), ("emails.total", "emails"))),
    ("appointments.total", ()),
    ("pipeline.open.amount", (("pipeline.open.count", "open deals"),)),
    ("pipeline.won.amount", (("pipeline.won.count", "deals won"),)),
    ("pipeline.close_rate.rate", ()),
)
"""The figures on top, each with the figures that explain it."""


def as_pdf(tables: Tables) -> bytes:
    """The report as PDF, A4. The same document makes the same bytes on the same machine."""
    made_at = datetime.fromisoformat(tables.as_of) if tables.as_of else EPOCH
    try:
        return typst.compile(
            _template(),
            font_paths=_fonts(),
            format="pdf",
            sys_inputs={"report": json.dumps(paper(tables))},
            timestamp=made_at.replace(microsecond=0),
        )
    finally:
        _forget()


def _forget() -> None:
    """Let typst drop what it remembers of a report, which it only does when it has set as many other papers."""
    for _ in range(REMEMBERED_RUNS + 1):
        typst.compile(b"", font_paths=_fonts(), format="pdf")


@cache
def _template() -> bytes:
    return (files(__package__) / "report.typ").read_bytes()


@cache
def _fonts() -> typst.Fonts:
    """The machine's fonts and the packaged ones, which typst wants as files for as long as the process lives."""
    folder = _folder()
    for name in FONTS:
        (Path(folder.name) / f"{name}.ttf").write_bytes(pymupdf_fonts.myfont(name))
    return typst.Fonts(font_paths=[folder.name])


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Held here, and removed when the process ends."""
    return tempfile.TemporaryDirectory(prefix="portal-fonts-")


def paper(tables: Tables) -> dict[str, Any]:
    """What the template prints, as strings; a `share` between 0 and 1 is the length of a bar."""
    zone = ZoneInfo(tables.zone)
    return {
        "title": tables.title,
        "organization": _line(tables.organization),
        "range": tables.range,
        "zone": tables.zone,
        "as_of": shown(tables.as_of, Kind.INSTANT, zone),
        "version": shown(tables.version, Kind.ID, zone),
        "facts": [
            {
                "label": _line(fact.label),
                "text": _line(", ".join(shown(value, fact.kind, zone) for value in fact.values)),
            }
            for fact in tables.facts[1:]
        ],
        "cards": [card for path, parts in CARDS if (card := _card(tables, path, parts)) is not None],
        "funnel": _funnel(tables),
        "days": _days(tables),
        "groups": [
            {"title": title, "beside": title == BESIDE, "rows": [_figure(tables, figure) for figure in figures]}
            for title, figures in figures_to_read(tables).items()
            if title != MOVEMENT or _movement(tables) is None
        ],
        "sections": [*filter(None, [_movement(tables)]), *(_section(part, zone) for part in _lists(tables))],
        "notes": [shortened(printable(note), LONGEST_NOTE) for note in tables.notes],
        "definitions": [
            {"title": metric.title, "formula": metric.formula, "exclusions": metric.exclusions}
            for metric in tables.definitions
        ],
    }


def _line(text: str) -> str:
    """`text` as a cell takes it: one line, not too long, and with places where a word without end may be broken."""
    short = shortened(printable(text), LONGEST_CELL)
    return _ENDLESS.sub(lambda word: ZERO_WIDTH_SPACE.join(_PIECES.findall(word[0])), short)


def _card(tables: Tables, path: str, parts: tuple[tuple[str, str], ...]) -> dict[str, str] | None:
    figure = tables.figure(path)
    if figure is None:
        return None
    value, before, moved = figure_texts(tables, figure)
    value, _, counts = value.partition(" (")
    told = [
        f"{_amount(part)} {word}" for name, word in parts if (part := tables.figure(name)) and part.value is not None
    ]
    return {
        "title": figure.title,
        "value": f"{value} {tables.currency}" if figure.kind is Kind.MONEY and value != UNKNOWN else value,
        "detail": counts.rstrip(")") or " · ".join(told),
        "change": "" if before == UNKNOWN else f"before: {before}" if moved == UNKNOWN else f"{moved} from {before}",
    }


def _amount(figure: Figure) -> str:
    return shown(figure.value, figure.kind, ZoneInfo("UTC"))


def _figure(tables: Tables, figure: Figure) -> list[str]:
    name = f"{figure.title}, {tables.currency}" if figure.kind is Kind.MONEY else figure.title
    now, before, moved = figure_texts(tables, figure)
    return [_line(name), _line(now), *(("", "") if before == UNKNOWN else (_line(before), moved))]


def _funnel(tables: Tables) -> list[dict[str, Any]]:
    section = tables.section("funnel")
    if section is None:
        return []
    zone, steps = (
        ZoneInfo(tables.zone),
        [dict(zip((c.key for c in section.columns), row, strict=True)) for row in section.rows],
    )
    return [
        {
            "label": _line(str(step["label"])),
            "count": shown(step["count"], Kind.INTEGER, zone),
            "amount": shown(step["amount"], Kind.MONEY, zone),
            "rate": shown(step["share"], Kind.PERCENT, zone),
            "share": min(max(float(number(step["share"]) or 0), 0), 1),
        }
        for step in steps
    ]


def _days(tables: Tables) -> dict[str, Any] | None:
    """Conversations by day, as bars; None where there is nothing to draw."""
    section = tables.section("by_day")
    keys = [] if section is None else [column.key for column in section.columns]
    if section is None or not {"date", "conversations"} <= set(keys):
        return None
    counts = [number(row[keys.index("conversations")]) or 0 for row in section.rows]
    most = max(counts, default=0)
    if not most:
        return None
    days = [str(row[keys.index("date")]) for row in section.rows]
    return {"first": days[0], "last": days[-1], "most": f"{most:,}", "bars": [float(count / most) for count in counts]}


def _section(section: Section, zone: ZoneInfo) -> dict[str, Any]:
    section = section.to_read(*TO_READ.get(section.key, ()))
    kinds = [column.kind for column in section.columns]
    left_out = len(section.rows) - MOST_ROWS
    return {
        "title": section.title,
        "columns": [
            {"title": column.title, "right": column.kind in NUMERIC, "wide": _is_wide(column)}
            for column in section.columns
        ],
        "rows": [
            [_line(shown(cell, kind, zone)) for cell, kind in zip(row, kinds, strict=True)]
            for row in section.rows[:MOST_ROWS]
        ],
        "more": f"{left_out:,} more rows are in the CSV and XLSX exports." if left_out > 0 else "",
    }


def _lists(tables: Tables) -> list[Section]:
    """The tables with rows; the funnel is drawn, not listed."""
    return [section for section in tables.sections if section.key != "funnel" and section.rows]


def _movement(tables: Tables) -> dict[str, Any] | None:
    """The movement of the pipeline as a sum to add up: number and amount of each move on one line; None if unknown."""
    zone, figures = ZoneInfo(tables.zone), figures_to_read(tables).get(MOVEMENT, [])
    rows = [
        [count.title, shown(count.value, count.kind, zone), shown(amount.value, amount.kind, zone)]
        for count, amount in pairwise(figures)
        if (count.path.endswith(".count"), amount.path.endswith(".amount")) == (True, True)
    ]
    instants = [f"{each.title}: {shown(each.value, each.kind, zone)}" for each in figures if each.kind is Kind.INSTANT]
    titles = [("Move", False), ("Deals", True), (f"Amount, {tables.currency}", True)]
    columns = [{"title": title, "right": right, "wide": not right} for title, right in titles]
    return {"title": MOVEMENT, "columns": columns, "rows": rows, "more": " · ".join(instants)} if rows else None


def _is_wide(column: Column) -> bool:
    return column.kind is Kind.TEXT and column.key not in ("kind", "direction", "outcome", "month")
