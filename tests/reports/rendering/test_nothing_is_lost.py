"""Every figure of any document is in the CSV and in the XLSX, with its value."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from partner_portal.reports.rendering.layout import HEADING
from partner_portal.reports.rendering.reading import report_tables
from partner_portal.reports.rendering.spreadsheet import as_xlsx
from partner_portal.reports.rendering.tables import NUMERIC
from partner_portal.reports.rendering.text import as_csv, safe_cell
from reports.rendering.documents import report

COUNTS = st.none() | st.integers(0, 10**9)
MONEY = st.none() | st.decimals(-(10**12), 10**12, places=2).map("{:.2f}".format)
RATES = st.none() | st.floats(0, 1)
TEXTS = st.none() | st.text(max_size=20)


def as_decimal(value: Any) -> Decimal:
    return Decimal(str(value))


def shuffled(draw: Any, part: Any, key: str = "") -> Any:
    """`part` with its figures replaced by others of the same kind."""
    if isinstance(part, dict):
        return {name: shuffled(draw, value, name) for name, value in part.items()}
    if isinstance(part, list) and part and isinstance(part[0], dict):
        return [shuffled(draw, part[0]) for _ in range(draw(st.integers(0, 3)))]
    if key.endswith("amount"):
        return draw(MONEY)
    if key in ("rate", "share", "conversion", "mean", "median", "value"):
        return draw(RATES)
    if key in ("subject", "title", "name", "label", "reason"):
        return draw(TEXTS)
    return draw(COUNTS) if isinstance(part, int) and not isinstance(part, bool) and key != "id" else part


@st.composite
def documents(draw: Any) -> dict[str, Any]:
    doc = report()
    return {key: part if key in HEADING else shuffled(draw, part) for key, part in doc.items()}


def leaves(path: str, part: Any, previous: Any = None):
    """Path, value and earlier value of every figure, told apart here by a rule of our own."""
    if isinstance(part, dict):
        before = part.get("previous")
        for key, value in part.items():
            if key != "previous":
                earlier = before.get(key) if isinstance(before, dict) else before if key == "total" else None
                yield from leaves(f"{path}.{key}", value, earlier)
    elif not isinstance(part, list):
        yield path, part, previous


@given(documents())
@settings(max_examples=30)
def test_every_figure_is_in_the_csv(doc):
    rows = {row[0]: row for row in csv.reader(io.StringIO(as_csv(report_tables(doc)), newline="")) if len(row) == 5}
    for key, part in doc.items():
        for path, value, previous in leaves(key, part) if key not in HEADING else ():
            assert rows[path][2:4] == ["" if each is None else str(each) for each in (value, previous)], path


@given(documents())
@settings(max_examples=30)
def test_every_row_of_every_list_is_in_the_csv(doc):
    tables = report_tables(doc)
    text = as_csv(tables)
    rows = list(csv.reader(io.StringIO(text, newline="")))
    for key, amount in (("by_owner", "won_amount"), ("by_day", "calls"), ("recent_activity", "subject")):
        section = tables.section(key)
        assert (len(section.rows) if section else 0) == len(doc[key])
        for entry in doc[key]:
            wanted = "" if entry[amount] is None else str(safe_cell(entry[amount]))
            assert any(wanted in row for row in rows)


@given(documents())
@settings(max_examples=15)
def test_every_figure_is_in_the_workbook_as_a_number(doc):
    tables = replace(report_tables(doc), sections=(), definitions=())
    sheet = load_workbook(io.BytesIO(as_xlsx(tables)))["Figures"]
    held = {row[4]: row[2:4] for row in sheet.iter_rows(min_row=2, values_only=True)}
    for figure in tables.figures:
        for value, cell in zip((figure.value, figure.previous), held[figure.path], strict=True):
            if value is None:
                assert cell is None
            elif figure.kind in NUMERIC:
                assert isinstance(cell, (int, float))
                # a share has more digits than a spreadsheet holds; counts and money are held to the last one
                assert (
                    cell == pytest.approx(value, rel=1e-14)
                    if isinstance(value, float)
                    else as_decimal(cell) == as_decimal(value)
                )
