"""GET /api/v1/export: the report as a file, what it refuses, and what it leaves in the trail."""

from __future__ import annotations

import csv
import io

import pytest

from partner_portal.audit.models import Entry
from partner_portal.reports.rendering.files import REPORT_FORMATS

EXPORT = "/api/v1/export"
NOVEMBER = {"from": "2026-11-01", "to": "2026-11-30", "compare": "none"}


@pytest.fixture
def viewer(browser, member):
    return browser(member("viewer"))


@pytest.mark.parametrize("name", REPORT_FORMATS)
def test_a_member_takes_the_report_as_a_file(viewer, name):
    answer = viewer.get(EXPORT, NOVEMBER | {"format": name})
    assert answer.status_code == 200
    assert answer["Content-Type"] == REPORT_FORMATS[name]
    assert answer["Content-Disposition"] == f'attachment; filename="sales-report_acme_2026-11-01_2026-11-30_v0.{name}"'
    assert answer["Cache-Control"] == "private, no-store"
    assert "Cookie" in answer["Vary"]


def test_the_file_answers_the_question_that_was_asked(viewer):
    text = viewer.get(EXPORT, NOVEMBER | {"format": "csv"}).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert ["Range", "2026-11-01 to 2026-11-30", "custom"] in rows
    assert ["Compared with", "nothing"] in rows
    assert ["Time zone", "America/New_York"] in rows


def test_each_export_is_in_the_trail(viewer):
    viewer.get(EXPORT, NOVEMBER | {"format": "xlsx"})
    entry = Entry.objects.get(action="report.exported")
    assert entry.actor == "viewer@acme.example"
    assert entry.details == {
        "document": "sales-report/1",
        "format": "xlsx",
        "start": "2026-11-01",
        "end": "2026-11-30",
        "data_version": 0,
    }


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({}, "format"),
        ({"format": "docx"}, "csv, xlsx, pdf"),
        ({"format": "json"}, "csv, xlsx, pdf"),
        ({"format": "csv", "period": "sometime"}, "sometime"),
        ({"format": "csv", "from": "2026-03-02", "to": "2026-03-01"}, "2026-03"),
        ({"format": "csv", "owner": "4711"}, "4711"),
    ],
)
def test_what_makes_no_sense_is_a_problem_and_no_export(viewer, asked, word):
    answer = viewer.get(EXPORT, asked)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert word in answer.json()["detail"]
    assert not Entry.objects.filter(action="report.exported").exists()


def test_nobody_is_told_to_log_in(client, organization):
    assert client.get(EXPORT, {"format": "csv"}).status_code == 401


def test_a_stranger_gets_the_answer_of_an_organization_that_is_not_there(browser, organization, stranger):
    client = browser(stranger)
    there = client.get(EXPORT, {"format": "csv", "organization": "acme"})
    nowhere = client.get(EXPORT, {"format": "csv", "organization": "nowhere"})
    assert there.status_code == nowhere.status_code == 404
    assert there.content.replace(b"acme", b"nowhere") == nowhere.content
