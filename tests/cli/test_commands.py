"""The command line without its parts: options, exit codes, ports and files."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from partner_portal.cli.failure import CommandFailed, WrongUse
from partner_portal.cli.main import app
from partner_portal.cli.progress import TerminalProgress
from partner_portal.cli.report import refuse_what_cannot_be_written, rendered, write
from partner_portal.cli.serve import refuse_taken_port

DOCUMENT = {"schema": "sales-report/1", "calls": {"total": 3}}


@pytest.mark.parametrize(
    "command",
    [["nonsense"], ["report", "--nonsense"], ["sandbox", "--port", "0"], ["demo", "--port", "http"], ["user", "add"]],
    ids=" ".join,
)
def test_wrong_use_exits_with_2(command: list[str]) -> None:
    assert CliRunner().invoke(app, command).exit_code == 2


def test_a_taken_port_is_refused_with_its_remedy() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CommandFailed, match="--port"):
            refuse_taken_port("127.0.0.1", taken.getsockname()[1])


def test_json_is_the_document_itself() -> None:
    assert json.loads(rendered(DOCUMENT, "json", width=None)) == DOCUMENT


def test_output_goes_to_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write("ünï\n".encode(), tmp_path / "report.csv")
    assert (tmp_path / "report.csv").read_text("utf-8") == "ünï\n"
    assert capsys.readouterr().out == ""


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="--output"):
        write(b"text", tmp_path / "missing" / "report.csv")


def test_a_folder_is_no_file_to_write(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="--output"):
        write(b"text", tmp_path)


@pytest.mark.parametrize("format_name", ["xlsx", "pdf"])
def test_a_binary_format_is_kept_from_the_terminal(format_name: str, tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="--output"):
        refuse_what_cannot_be_written(format_name, None, to_terminal=True)
    refuse_what_cannot_be_written(format_name, None, to_terminal=False)
    refuse_what_cannot_be_written(format_name, tmp_path / "report", to_terminal=True)


def test_an_unknown_format_is_wrong_use_and_names_the_known_ones() -> None:
    with pytest.raises(WrongUse, match="table, json, csv, xlsx, pdf") as refused:
        refuse_what_cannot_be_written("docx", None, to_terminal=True)
    assert refused.value.exit_code == 2


def test_bytes_reach_standard_output_as_they_are(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    write(b"PK\x03\x04\xff", None)
    assert capfdbinary.readouterr().out == b"PK\x03\x04\xff"


def test_progress_shows_each_entity_and_marks_a_failed_one(capsys: pytest.CaptureFixture[str]) -> None:
    with TerminalProgress() as progress:
        progress.entity_started("Companies", 10)
        progress.rows_arrived("Companies", 10)
        progress.entity_finished("Companies", None)
        progress.entity_started("Contacts", None)
        progress.entity_finished("Contacts", "The server failed.")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Companies" in captured.err
    assert "10/10" in captured.err
    assert "Contacts !" in captured.err
