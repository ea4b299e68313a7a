from __future__ import annotations

import io
import json
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from partner_portal.reports.rendering.reading import report_tables
from partner_portal.reports.rendering.typeset import LONGEST_CELL, MOST_ROWS, as_pdf, paper
from reports.rendering.documents import HOSTILE, older_report, report, unread_report

MARKUP = '#panic("x") #set page(fill: red) *b* _i_ $x$ ] \\ // /* <a> @a `r` =head'


def read(document: dict) -> PdfReader:
    return PdfReader(io.BytesIO(as_pdf(report_tables(document))))


def words(pdf: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


@pytest.fixture(scope="module")
def pdf() -> PdfReader:
    return read(report())


@pytest.fixture(scope="module")
def printed(pdf: PdfReader) -> str:
    return words(pdf)


def test_each_page_is_a4_and_states_what_it_shows(pdf):
    assert len(pdf.pages) > 1
    for number, page in enumerate(pdf.pages, start=1):
        text = " ".join(page.extract_text().split())
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
        assert "Acme IT" in text
        foot = "2026-11-01 to 2026-11-30 · Europe/Berlin · Data as of 2026-11-22 15:55 · Data version 41"
        assert foot in text
        assert f"Page {number} of {len(pdf.pages)}" in text


@pytest.mark.parametrize(
    "text",
    [
        "1,552",
        "1,270 out · 140 in · 142 unspecified",
        "+19% from 1,300",
        "894,827.25 EUR",
        "32.4%",
        "24 of 74",
        "6,948,397.10",
        "Ann [bold]Lee",
        "=cmd|' /C calc'!A0",
        "The mapping of action types is proposed",
        "64.67 (1,552 to 24)",
        "Offer",
        "no permission",
        "Leaves out:",
    ],
)
def test_the_figures_and_records_are_on_paper(printed, text):
    assert text in printed


def test_the_fonts_travel_with_the_file(pdf):
    fonts = [font.get_object() for font in pdf.pages[0]["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        assert "/FontFile3" in (told := font["/DescendantFonts"][0]["/FontDescriptor"]) or "/FontFile2" in told


def test_it_names_itself_and_was_made_when_the_data_were_read(pdf):
    assert pdf.metadata.title == "Sales report, Acme IT, 2026-11-01 to 2026-11-30"
    assert pdf.metadata.creation_date == datetime(2026, 11, 22, 14, 55, tzinfo=UTC)


@pytest.mark.parametrize("document", [older_report(), unread_report()], ids=["older", "unread"])
def test_the_same_document_makes_the_same_bytes(document):
    assert as_pdf(report_tables(document)) == as_pdf(report_tables(document))


def test_what_is_unknown_is_dashes_and_says_why():
    text = words(read(unread_report()))
    assert "Data as of --" in text
    assert "Nothing was read from Autotask yet" in text
    assert "Calls --" in text


def test_no_text_is_read_as_markup():
    doc = report(notes=[MARKUP])
    doc["organization"]["name"] = MARKUP
    doc["by_owner"][0]["owner"]["name"] = MARKUP
    text = words(read(doc)).replace("\u200b", "")
    assert text.count(MARKUP) >= 3


def test_any_text_can_be_typeset():
    rows = [report()["recent_activity"][0] | {"subject": text} for text in HOSTILE]
    document = report(recent_activity=rows, notes=list(HOSTILE))
    for text in HOSTILE:
        document["organization"]["name"] += text[:20]
    assert len(read(document).pages) > 1


def test_a_long_table_says_how_much_is_missing():
    day = report()["by_day"][0]
    sections = paper(report_tables(report(by_day=[day] * (MOST_ROWS + 5))))["sections"]
    days = next(section for section in sections if section["title"] == "By day")
    assert len(days["rows"]) == MOST_ROWS
    assert days["more"] == "5 more rows are in the CSV and XLSX exports."


def test_the_movement_is_a_sum_to_add_up():
    doc = report()
    told = next(each for each in paper(report_tables(doc))["sections"] if each["title"] == "Pipeline movement")
    assert told["rows"][0] == ["Pipeline at the start", "80", "100.00"]
    assert told["rows"][-1] == ["Pipeline at the end", "85", "3,604,932.00"]
    assert told["more"] == "Since: 2026-10-02 09:00"
    assert "Pipeline movement" not in [group["title"] for group in paper(report_tables(doc))["groups"]]


def test_a_movement_that_nobody_recorded_is_said_to_be_unknown():
    doc = report()
    doc["pipeline"]["movement"] = None
    groups = {group["title"]: group["rows"] for group in paper(report_tables(doc))["groups"]}
    assert groups["Pipeline movement"] == [["Pipeline, movement", "--", "", ""]]


def test_a_word_without_end_may_be_broken_and_a_long_text_is_cut():
    doc = report()
    doc["recent_activity"][0]["subject"] = "W" * 500
    sections = paper(report_tables(doc))["sections"]
    subject = next(section for section in sections if section["title"] == "Recent activity")["rows"][0][-1]
    assert max(map(len, subject.split("\u200b"))) <= 12
    assert subject.replace("\u200b", "") == "W" * (LONGEST_CELL - 1) + "…"


def test_ids_and_addresses_are_not_printed():
    assert "https://" not in json.dumps(paper(report_tables(report())))
