from __future__ import annotations

import io
from datetime import datetime
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.worksheet import Worksheet

from partner_portal.reports.catalogue import CATALOGUE
from partner_portal.reports.rendering.reading import report_tables
from partner_portal.reports.rendering.records import records_tables
from partner_portal.reports.rendering.spreadsheet import (
    CUT,
    MOST_CHARACTERS,
    UNKNOWN_IS_EMPTY,
    as_xlsx,
    exact,
    fitting,
    free_title,
    is_link,
)
from reports.rendering.documents import HOSTILE, records, report, unread_report


def moment(*parts: int) -> datetime:
    return datetime(*parts)  # noqa: DTZ001 - cells have no zone


def opened(content: bytes) -> Workbook:
    return load_workbook(io.BytesIO(content))


@pytest.fixture(scope="module")
def book() -> Workbook:
    return opened(as_xlsx(report_tables(report())))


@pytest.fixture(scope="module")
def listed() -> Worksheet:
    return opened(as_xlsx(records_tables(records())))["Won"]


def under(sheet: Worksheet, header: str, row: int = 2):
    column = next(cell.column for cell in sheet[1] if cell.value == header)
    return sheet.cell(row, column)


def figure(book: Workbook, key: str):
    return next(row for row in book["Figures"].iter_rows(min_row=2) if row[4].value == key)


def test_the_first_sheet_states_what_the_rest_shows(book):
    said = {row[0].value: row[1].value for row in book.worksheets[0].iter_rows()}
    assert said["Range"] == "2026-11-01 to 2026-11-30"
    assert said["Time zone"] == "Europe/Berlin"
    assert said["Data as of"] == "2026-11-22 15:55 (Europe/Berlin)"
    assert said["Data version"] == "41"
    assert said["Data complete"] == "yes"
    notes = [row[1].value for row in book.worksheets[0].iter_rows() if row[0].value == "Note"]
    assert notes == [*report()["notes"], UNKNOWN_IS_EMPTY]


def test_each_table_has_a_header_that_stays_in_sight_and_filters(book):
    assert book.sheetnames[:5] == ["Sales report", "Figures", "Funnel", "By day", "By owner"]
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref is not None
        assert all(cell.font.bold for cell in sheet[1])


def test_figures_are_typed(book):
    _, title, value, previous, _ = figure(book, "pipeline.won.amount")
    assert (title.value, value.value, previous.value) == ("Won, EUR", 894827.25, 800000)
    assert value.number_format == "[$EUR] #,##0.00"
    assert figure(book, "calls.total")[2].value == 1552
    rate = figure(book, "pipeline.close_rate.rate")[2]
    assert (rate.value, rate.number_format) == (0.3243, "0.0%")


def test_what_is_unknown_is_an_empty_cell():
    assert figure(opened(as_xlsx(report_tables(unread_report()))), "calls.total")[2].value is None


def test_instants_are_times_of_the_zone_that_the_header_names(book):
    cell = under(book["Recent activity"], "Happened at (Europe/Berlin)")
    assert cell.value == moment(2026, 11, 22, 0, 30)
    assert cell.number_format == "yyyy-mm-dd hh:mm"
    assert under(book["By day"], "Date").value == moment(2026, 11, 1)


def test_links_can_be_followed_and_texts_are_no_formulas(book):
    sheet = book["Recent activity"]
    assert under(sheet, "Url").hyperlink.target.startswith("https://ww1.example.test/Autotask")
    company = under(sheet, "Company")
    assert (company.value, company.data_type) == ("=cmd|' /C calc'!A0", "s")


def test_the_definitions_come_from_the_catalogue(book):
    sheet = book["Definitions"]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [metric.title for metric in CATALOGUE]
    assert sheet.cell(2, 3).value == CATALOGUE[0].formula


def test_records_are_typed_by_their_columns(listed):
    assert under(listed, "Amount (EUR)").value == 1250.5
    assert under(listed, "Probability").number_format == "0.0%"
    assert under(listed, "Closed").value == moment(2026, 11, 3)
    assert under(listed, "Changed (Europe/Berlin)").value == moment(2026, 11, 4, 0, 30)
    assert under(listed, "Cycle").value == 12.5
    assert (under(listed, "Owner id").value, under(listed, "Owner").value) == (7, "Ann Lee")
    assert under(listed, "Deal").data_type == "s"
    assert under(listed, "Link").hyperlink.target == "https://ww1.example.test/open?id=11"


def test_an_address_that_is_no_web_page_is_only_text(listed):
    cell = under(listed, "Link", 3)
    assert (cell.value, cell.hyperlink) == ("javascript:alert(1)", None)
    assert [listed.cell(3, column).value for column in range(2, 10)] == [None] * 8


def test_rows_that_do_not_fit_a_sheet_go_on_with_the_next():
    doc = records(rows=[records()["rows"][0] | {"id": number} for number in range(7)])
    sheets = [
        sheet for sheet in opened(as_xlsx(records_tables(doc), most_rows=4)).worksheets if sheet.title.startswith("Won")
    ]
    assert [sheet.title for sheet in sheets] == ["Won", "Won (2)", "Won (3)"]
    assert [row[0].value for sheet in sheets for row in sheet.iter_rows(min_row=2)] == list(range(7))
    assert all(sheet.cell(1, 1).value == "Id" for sheet in sheets)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_any_text_makes_a_workbook_that_opens(text):
    doc = records(notes=[text], rows=[records()["rows"][0] | {"title": text, "url": text}])
    doc["organization"]["name"] = text
    sheet = opened(as_xlsx(records_tables(doc)))["Won"]
    cell = under(sheet, "Deal")
    assert cell.data_type == "s"
    assert len(cell.value.encode("utf-16-le")) // 2 <= MOST_CHARACTERS
    if len(text) < 100 and text.isprintable():
        assert unescape(cell.value) == text


def test_a_long_text_says_that_it_was_cut():
    assert fitting("a" * 32_767) == "a" * 32_767
    cut = fitting("😀" * 20_000)
    assert cut.endswith(CUT)
    assert len(cut.encode("utf-16-le")) // 2 <= MOST_CHARACTERS


def test_the_same_document_makes_the_same_bytes():
    assert as_xlsx(report_tables(report())) == as_xlsx(report_tables(report()))


def test_no_formula_is_anywhere_in_the_file():
    with ZipFile(io.BytesIO(as_xlsx(report_tables(report())))) as parts:
        assert not [name for name in parts.namelist() if b"<f>" in parts.read(name)]


def test_a_number_that_a_spreadsheet_would_round_is_text():
    assert exact("1234567890123.45") == 1234567890123.45
    assert exact("12345678901234567.89") is None
    assert exact(2**62) is None
    assert exact(10**18) == 10**18
    assert exact("many") is None


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Won / lost: [all]*?", "Won   lost   all"),
        ("'quoted'", "quoted"),
        ("", "Sheet"),
        ("History", "Records"),
        ("x" * 40, "x" * 31),
        ("\x00\ud800", "\ufffd\ufffd"),
    ],
)
def test_titles_of_sheets_are_allowed_ones(title, name):
    assert free_title(title, set()) == name


def test_a_title_is_given_once():
    taken: set[str] = set()
    assert [free_title("Won", taken), free_title("won", taken), free_title("WON", taken)] == [
        "Won",
        "won (2)",
        "WON (3)",
    ]


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "internal:A1",
        "http://",
        "http://[x",
        "https://a b",
        "ftp://a.test",
        f"https://a.test/{'x' * 2_080}",
        None,
        7,
    ],
)
def test_what_must_not_be_followed_is_no_link(address):
    assert not is_link(address)
