from __future__ import annotations

import csv
import io
import json

import pytest
from rich.console import Console

from partner_portal.reports.rendering.reading import report_tables
from partner_portal.reports.rendering.text import as_csv, as_json, as_table, safe_cell
from reports.rendering.documents import HOSTILE, older_report, report, unread_report


def table_of(document: dict) -> str:
    console = Console(width=160, file=io.StringIO(), record=True)
    console.print(as_table(report_tables(document)))
    return console.export_text()


def cells(document: dict) -> list[list[str]]:
    return list(csv.reader(io.StringIO(as_csv(report_tables(document)), newline="")))


def line(text: str, start: str) -> list[str]:
    row = next(row for row in text.splitlines() if row.lstrip("│ ").startswith(start))
    return [cell.strip() for cell in row.strip("│").split("│")]


def named(name: str) -> dict:
    doc = report(notes=[name])
    doc["organization"]["name"] = name
    doc["by_owner"][0]["owner"]["name"] = name
    doc["recent_activity"][0] |= {"subject": name, "company": {"id": 1, "name": name}}
    return doc


def test_json_is_the_document_itself():
    assert json.loads(as_json(report())) == report()
    assert "Zoë" in as_json({"name": "Zoë"})


def test_json_of_half_a_surrogate_pair_can_be_written():
    text = as_json({"name": "a\ud800b"})
    assert json.loads(text.encode()) == {"name": "a\ud800b"}


def test_the_table_shows_the_documents_figures():
    text = table_of(report())
    assert line(text, "Calls ") == ["Calls", "1,552", "1,300", "+19%"]
    assert line(text, "Outbound calls") == ["Outbound calls", "1,270", "--", "--"]
    assert line(text, "Lost deals") == ["Lost deals", "50", "0", "new"]
    assert line(text, "Won, EUR") == ["Won, EUR", "894,827.25", "800,000.00", "+12%"]
    assert line(text, "Close rate") == ["Close rate", "32.4% (24 of 74)", "100.0% (20 of 20)", "-67.6 points"]
    assert line(text, "Closed won") == ["Closed won", "24", "894,827.25", "15.0%", "30.0%"]
    assert line(text, "Ann [bold]Lee")[1:3] == ["11", "4"]
    assert line(text, "no. 8")[1] == "3"
    assert line(text, "nobody")[1] == "1"
    assert line(text, "Calls per won") == ["Calls per won", "64.67 (1,552 to 24)", "--", "--"]
    assert line(text, "Overdue deals ")[1] == "4"
    assert "Range: 2026-11-01 to 2026-11-30 this month" in text
    assert "Compared with: 2026-10-01 to 2026-10-22" in text
    assert "Data as of: 2026-11-22 15:55" in text
    assert "Note: The mapping of action types" in text


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_name_can_steer_the_terminal(text):
    shown = table_of(named(text))
    assert not set(shown) & set("\x00\x07\x1b\u202e\ud800")
    shown.encode()


def test_what_is_unknown_is_shown_as_dashes():
    text = table_of(unread_report())
    assert line(text, "Calls ") == ["Calls", "--", "--", "--"]
    assert line(text, "Open deals")[1] == "--"
    assert line(text, "Close rate") == ["Close rate", "--", "--", "--"]
    assert "Data as of: --" in text
    assert "Note: Nothing was read from Autotask yet" in text
    assert ["calls.total", "Calls", "", "", "integer"] in cells(unread_report())


def test_the_csv_states_what_it_is_and_holds_every_section():
    rows = cells(report())
    assert rows[0] == ["Sales report", "sales-report/1"]
    assert ["Organization", "Acme IT"] in rows
    assert ["Range", "2026-11-01 to 2026-11-30", "this_month"] in rows
    assert ["Time zone", "Europe/Berlin"] in rows
    assert ["Data as of", "2026-11-22T14:55:00Z"] in rows
    assert ["Data version", "41"] in rows
    assert ["Data complete", "yes"] in rows
    titles = [row[0] for row in rows if len(row) == 1]
    assert titles[:4] == ["Figures", "Funnel", "By day", "By owner"]
    assert titles[-3:-1] == ["Sources", "Notes"]
    assert ["calls.total", "Calls", "1552", "1300", "integer"] in rows
    assert ["pipeline.won.amount", "Won", "894827.25", "800000.00", "money"] in rows
    assert ["2026-11-02", "12", "1", "0", "1", "3", "4", "6", "5"] in rows


def test_the_csv_of_an_older_document_has_what_that_had():
    rows = cells(older_report())
    assert ["Filter: Owner", "7"] in rows
    assert not [row for row in rows if row and row[0].startswith("pipeline.movement")]


def test_lines_end_as_the_standard_says_and_quotes_are_doubled():
    text = as_csv(report_tables(named('a "b"\nc')))
    assert text.endswith("\r\n")
    assert '"a ""b""\nc"' in text


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_cell_of_the_csv_is_a_formula_or_cannot_be_written(text):
    rows = cells(named(text))
    as_csv(report_tables(named(text))).encode()
    for cell in (cell for row in rows for cell in row):
        assert not cell.startswith(("=", "+", "@", "\t", "\r", "＝"))
        assert not cell.lstrip().startswith(("=", "+", "@"))
        assert not set(cell) & set("\x00\x07\x1b\ud800")


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-cmd", "@SUM", "\tx", "\rx", " =1", "＝1", "-1-1", "--"])
def test_dangerous_cells_are_neutralised(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["-12.50", "-3", "12.50", "Call", "2026-11-01", "", None, -5, 1.5])
def test_harmless_cells_stay_as_they_are(value):
    assert safe_cell(value) == value
