"""`portal report`: printed, piped, and written to files."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from cli.refused import said_of_wrong_use
from partner_portal.audit.models import Entry
from partner_portal.cli import report as module
from partner_portal.cli.failure import CommandFailed, WrongUse
from partner_portal.cli.main import app
from partner_portal.usecases.sales_report import read_sales_report
from partner_portal.usecases.teams import set_team
from usecases.mapped import fill


@pytest.fixture
def run(parts, organization, monkeypatch):
    """Runs `portal report` with more arguments."""
    monkeypatch.setattr(module, "opened_portal", lambda: parts)
    return lambda *arguments: CliRunner().invoke(app, ["report", *map(str, arguments)])


def test_json_is_the_document_that_everybody_gets(run, parts, organization):
    assert json.loads(run("--format", "json").stdout) == read_sales_report(parts, organization)


def test_the_table_is_printed_without_being_asked_for(run):
    said = run().stdout
    assert "Time zone: America/New_York" in said
    assert "Open deals" in said
    assert not Entry.objects.filter(action="report.exported").exists()


@pytest.mark.parametrize(("name", "start"), [("csv", b"\xef\xbb\xbfSales"), ("xlsx", b"PK"), ("pdf", b"%PDF")])
def test_a_file_is_written_and_the_trail_tells(run, tmp_path, name, start):
    result = run("--format", name, "--output", tmp_path / "report")
    assert (result.exit_code, result.stdout) == (0, "")
    assert (tmp_path / "report").read_bytes().startswith(start)
    assert Entry.objects.get(action="report.exported").details["format"] == name


def test_csv_in_a_pipe_carries_no_mark(run):
    assert run("--format", "csv").stdout_bytes.startswith(b"Sales report,sales-report/1\r\n")


def test_a_binary_format_goes_through_a_pipe_unharmed(run):
    assert run("--format", "xlsx").stdout_bytes.startswith(b"PK\x03\x04")


def test_the_filters_reach_the_question(run, parts, organization):
    fill(parts.warehouse.organization(organization.scope))
    set_team(parts, organization, "East", [8])
    options = {"--team": "east", "--company": "4", "--compare": "none"}
    told = json.loads(run("--format", "json", *(word for pair in options.items() for word in pair)).stdout)
    assert told["filters"] == {
        "owner": None,
        "team": "East",
        "company": 4,
        "category": None,
        "confined_to": None,
    }
    assert told == read_sales_report(parts, organization, team="East", company=4, compare="none")
    nobodys = json.loads(run("--format", "json", "--owner", "nobody").stdout)
    assert nobodys["filters"]["owner"] == "nobody"
    assert nobodys["calls"]["total"] == 0


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--owner", "4711"], "4711"),
        (["--owner", "Ada"], "nobody"),
        (["--team", "West"], "none yet"),
        (["--category", "4711"], "4711"),
        (["--from", "1826-01-01", "--to", "2026-01-01"], "longer than"),
        (["--from", "2026-03-02", "--to", "2026-03-01"], "swap"),
    ],
)
def test_a_question_that_makes_no_sense_is_one_line_and_exit_code_2(run, capsys, options, word):
    assert word in said_of_wrong_use(run(*options).exception, capsys)


def test_an_unknown_format_is_wrong_use(run):
    failure = run("--format", "docx").exception
    assert isinstance(failure, WrongUse)
    assert failure.exit_code == 2


def test_a_file_that_cannot_be_written_fails_with_its_remedy(run, tmp_path):
    failure = run("--format", "pdf", "--output", tmp_path / "missing" / "report.pdf").exception
    assert isinstance(failure, CommandFailed)
    assert failure.exit_code == 1
    assert "--output" in str(failure)
