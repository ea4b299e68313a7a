from __future__ import annotations

import csv
import io

from partner_portal.reports.rendering.records import records_tables
from partner_portal.reports.rendering.text import as_csv
from reports.rendering.documents import records


def cells(document: dict) -> list[list[str]]:
    return list(csv.reader(io.StringIO(as_csv(records_tables(document)), newline="")))


def test_the_csv_states_what_the_rows_are_and_then_is_one_plain_table():
    rows = cells(records())
    split = rows.index([])
    said = {row[0]: row[1:] for row in rows[:split]}
    assert said["Number"] == ["Won", "won_amount"]
    assert said["Range"] == ["2026-11-01 to 2026-11-30", "this_month"]
    assert said["Time zone"] == ["Europe/Berlin"]
    assert said["Data as of"] == ["2026-11-22T14:55:00Z"]
    assert said["Data version"] == ["41"]
    assert said["Filter: Owner"] == ["7"]
    assert said["Total"] == ["1202"]
    assert said["Total amount"] == ["894827.25"]
    assert said["Rows"] == ["101 to 102 of 1202"]
    assert said["Sorted by"] == ["closed_on", "descending"]
    assert said["Note"] == ["Deals without amount add nothing."]
    table = list(csv.DictReader(io.StringIO("\r\n".join(as_csv(records_tables(records())).split("\r\n")[split + 1 :]))))
    assert [row["id"] for row in table] == ["11", "12"]
    assert (table[0]["owner_id"], table[0]["owner"], table[0]["title"]) == ("7", "Ann Lee", "'=1+1")
    assert set(table[1].values()) == {"12", "", "javascript:alert(1)"}


def test_records_of_no_period_and_of_no_row_are_told_apart():
    said = {row[0]: row[1:] for row in cells(records(period=None, rows=[])) if row}
    assert said["Range"] == ["all time"]
    assert "Rows" not in said


def test_the_file_is_named_by_metric_organization_range_and_version():
    assert records_tables(records()).stem == "records_won_amount_acme_2026-11-01_2026-11-30_v41"
    assert records_tables(records(period=None)).stem == "records_won_amount_acme_v41"


def test_a_file_of_narrowed_and_searched_records_says_so():
    asked = {"only": {"key": "reason:won:3", "label": "Won: Price"}, "search": "=ada", "found": 1100}
    said = {row[0]: row[1:] for row in cells(records(**asked)) if row}
    assert said["Only"] == ["Won: Price", "reason:won:3"]
    assert said["Total"] == ["1202"]
    assert (said["Search"], said["Found"]) == (["'=ada"], ["1100"])
    assert said["Rows"] == ["101 to 102 of 1100"]
    assert (
        records_tables(records(**asked)).stem == "records_won_amount_acme_2026-11-01_2026-11-30_reason-won-3_search_v41"
    )


def test_a_file_of_all_records_says_nothing_of_them():
    said = {row[0] for row in cells(records(only=None, search=None, found=1202)) if row}
    assert said.isdisjoint({"Only", "Search", "Found"})
