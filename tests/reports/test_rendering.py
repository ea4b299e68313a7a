from __future__ import annotations

import csv
import io
import json

import pytest
from rich.console import Console

from partner_portal.autotask.catalog import Appointment, Opportunity, Resource, Task
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.reports.document import sales_report
from partner_portal.reports.rendering import as_csv, as_json, as_table, change, safe_cell
from reports.stocked import ask, stock, utc


@pytest.fixture(scope="module")
def document(duckdb_warehouse) -> dict:
    at = utc(2026, 11, 3, 9)
    rows = {
        "Tasks": [
            Task(
                id=1, title='=HYPERLINK("x")', action_type=4, direction=1, assigned_resource_id=7, create_date_time=at
            ),
            Task(id=2, title="Zoë", action_type=4, direction=2, assigned_resource_id=8, create_date_time=at),
            Task(id=3, action_type=4, create_date_time=utc(2026, 10, 3)),
        ],
        "Opportunities": [
            Opportunity(id=1, stage=5, status=3, amount=1250, create_date=at, closed_date=at, owner_resource_id=7)
        ],
        "Appointments": [Appointment(id=1, resource_id=7, title="@home", start_date_time=utc(2026, 11, 25, 8))],
        "Resources": [Resource(id=7, first_name="Ann", last_name="[bold]Lee"), Resource(id=8, first_name="Bo\x1b[2J")],
    }
    return sales_report(stock(duckdb_warehouse, rows, dialect="guide"), ask("Europe/Berlin"))


def table_of(document: dict) -> str:
    console = Console(width=140, file=io.StringIO(), record=True)
    console.print(as_table(document))
    return console.export_text()


def cells(document: dict) -> list[list[str]]:
    return list(csv.reader(io.StringIO(as_csv(document), newline="")))


def line(text: str, start: str) -> list[str]:
    row = next(row for row in text.splitlines() if row.lstrip("│ ").startswith(start))
    return [cell.strip() for cell in row.strip("│").split("│")]


def test_json_is_the_document_itself(document):
    assert json.loads(as_json(document)) == document
    assert "Zoë" in as_json(document)


def test_the_table_shows_the_documents_figures(document):
    text = table_of(document)
    assert line(text, "Calls") == ["Calls", "2", "1", "+100%"]
    assert line(text, "outbound") == ["outbound", "1", "", ""]
    assert line(text, "Won") == ["Won", "1", "0", "new"]
    assert line(text, "Close rate") == ["Close rate", "100.0% (1 of 1)", "-- (0 of 0)", "--"]
    assert line(text, "Closed won") == ["Closed won", "1", "1250.00", "100.0%", "100.0%"]
    assert line(text, "Ann") == ["Ann [bold]Lee", "1", "1", "0", "0", "0", "1", "1", "1250.00"]
    assert "Range: 2026-11-01 to 2026-11-30 this_month" in text
    assert "Compared with: 2026-10-01 to 2026-10-22" in text


def test_a_name_cannot_steer_the_terminal(document):
    assert "\x1b" not in table_of(document)


def test_what_is_unknown_is_shown_as_dashes(duckdb_warehouse):
    empty = sales_report(duckdb_warehouse.organization(OrganizationScope(876_543)), ask(compare="none"))
    text = table_of(empty)
    assert line(text, "Calls") == ["Calls", "--", "--", "--"]
    assert line(text, "Open deals")[1] == "--"
    assert line(text, "Close rate") == ["Close rate", "--", "--", "--"]
    assert line(text, "Prospects") == ["Prospects", "--", "--", "--", "--"]
    assert "Data as of: --" in text
    assert "Note: Nothing was read from Autotask yet" in text
    assert ["calls.total", "", ""] in cells(empty)


def test_the_csv_states_what_it_is_and_holds_every_section(document):
    rows = cells(document)
    assert ["Organization", "Acme IT"] in rows
    assert ["Range", "2026-11-01 to 2026-11-30", "this_month"] in rows
    assert ["Time zone", "Europe/Berlin"] in rows
    assert ["Data as of", "2026-11-22T14:55:00Z"] in rows
    assert ["Data version", str(document["data"]["version"])] in rows
    titles = [row[0] for row in rows if len(row) == 1]
    assert titles[:7] == [
        "Figures",
        "Funnel",
        "By day",
        "By owner",
        "Upcoming appointments",
        "Recent activity",
        "Sources",
    ]
    assert ["calls.total", "2", "1"] in rows
    assert ["pipeline.won.amount", "1250.00", "0.00"] in rows
    assert ["2026-11-03", "2", "1", "1", "0", "0", "0", "2", "0"] in rows
    assert len([row for row in rows if row and row[0].startswith("2026-11-")]) == 30


def test_no_cell_of_the_csv_is_a_formula(document):
    found = [cell for row in cells(document) for cell in row]
    assert '\'=HYPERLINK("x")' in found
    assert "'@home" in found
    assert not [cell for cell in found if cell.startswith(("=", "+", "@", "\t", "\r"))]


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-cmd", "@SUM", "\tx", "\rx", " =1", "＝1", "-1-1", "--"])
def test_dangerous_cells_are_neutralised(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["-12.50", "-3", "12.50", "Call", "2026-11-01", "", None, -5, 1.5])
def test_harmless_cells_stay_as_they_are(value):
    assert safe_cell(value) == value


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [
        (3, 2, "+50%"),
        (1, 2, "-50%"),
        (2, 2, "+0%"),
        (5, 0, "new"),
        (0, 0, "--"),
        (0, 4, "-100%"),
        (None, 3, "--"),
        (3, None, "--"),
    ],
)
def test_changes(now, before, text):
    assert change(now, before) == text
