"""`portal records`: the records behind a number, printed and written to files."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from cli.refused import said_of_wrong_use
from partner_portal.audit.models import Entry
from partner_portal.cli import records as module
from partner_portal.cli.main import app
from partner_portal.usecases.records import Page, read_records
from partner_portal.usecases.sales_report import read_sales_report
from usecases.mapped import fill


@pytest.fixture
def run(parts, organization, monkeypatch):
    """Runs `portal records` with more arguments."""
    fill(parts.warehouse.organization(organization.scope))
    monkeypatch.setattr(module, "opened_portal", lambda: parts)
    return lambda *arguments: CliRunner().invoke(app, ["records", *map(str, arguments)])


def test_json_is_the_document_that_everybody_gets(run, parts, organization):
    told = json.loads(run("activities", "--format", "json", "--company", 4, "--sort", "id", "--limit", 2).stdout)
    assert told == read_records(parts, organization, "activities", Page(limit=2, sort="id"), company="4")
    assert [row["id"] for row in told["rows"]] == [1, 2]


def test_the_order_can_be_turned(run):
    def ids(*options: str) -> list[int]:
        return [row["id"] for row in json.loads(run("activities", "--format", "json", *options).stdout)["rows"]]

    assert ids("--sort", "id", "--descending") == ids("--sort", "id", "--ascending")[::-1] == [4, 3, 2, 1]


def test_the_table_counts_what_the_report_counts(run, parts, organization):
    said = run("calls").stdout
    total = read_sales_report(parts, organization)["calls"]["total"]
    assert f"Total: {total}" in said
    assert "Ada L" in said
    assert not Entry.objects.filter(action="records.exported").exists()


def test_records_can_be_narrowed_and_searched(run, parts, organization):
    told = json.loads(run("open_deals", "--only", "stage:none", "--search", "x", "--format", "json").stdout)
    assert told == read_records(parts, organization, "open_deals", Page(only="stage:none", search="x"))
    assert "Only: Stage: no stage stage:none" in run("open_deals", "--only", "stage:none").stdout


def test_the_records_of_the_comparison(run):
    told = json.loads(run("calls", "--of", "comparison", "--format", "json").stdout)
    assert (told["period"]["start"], told["total"]["count"]) == ("2026-10-01", 0)


def test_those_of_nobody(run):
    told = json.loads(run("activities", "--owner", "nobody", "--format", "json").stdout)
    assert [row["owner"] for row in told["rows"]] == [None] * told["total"]["count"]
    assert told["rows"]


@pytest.mark.parametrize(("name", "start"), [("csv", b"\xef\xbb\xbfRecords"), ("xlsx", b"PK")])
def test_a_file_is_written_and_the_trail_tells(run, tmp_path, name, start):
    result = run("activities", "--format", name, "--output", tmp_path / "records")
    assert (result.exit_code, result.stdout) == (0, "")
    assert (tmp_path / "records").read_bytes().startswith(start)
    assert Entry.objects.get(action="records.exported").details["format"] == name


def test_csv_in_a_pipe_carries_no_mark(run):
    assert run("calls", "--format", "csv").stdout_bytes.startswith(b"Records,records/1\r\n")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["cals"], "no metric 'cals'"),
        (["calls", "--format", "pdf"], "table, json, csv, xlsx"),
        (["calls", "--of", "last_year"], "period, comparison"),
        (["calls", "--of", "comparison", "--compare", "none"], "no comparison period"),
        (["calls", "--format", "csv", "--limit", "5"], "--limit"),
        (["calls", "--sort", "amount"], "happened_at"),
        (["calls", "--only", "stage:1"], "leave it out"),
        (["open_deals", "--only", "stage"], "stage:ID"),
        (["calls", "--search", "x" * 201], "fewer words"),
        (["calls", "--owner", "Ada"], "nobody"),
        (["calls", "--team", "West"], "West"),
        (["calls", "--company", "4711"], "4711"),
        (["calls", "--period", "next_month"], "this_month"),
        (["calls", "--period", "today", "--from", "2026-01-01"], "not both"),
        (["calls", "--from", "1826-01-01", "--to", "2026-01-01"], "longer than"),
        (["calls", "--from", "2026-03-02", "--to", "2026-03-01"], "swap"),
    ],
)
def test_wrong_use_is_one_line_with_the_remedy_and_exit_code_2(run, capsys, arguments, word):
    assert word in said_of_wrong_use(run(*arguments).exception, capsys)


def test_a_page_of_nothing_is_wrong_use(run):
    assert run("calls", "--limit", 0).exit_code == 2
