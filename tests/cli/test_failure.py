"""Known failures become one line and an exit code; faults of ours keep their traceback."""

from __future__ import annotations

import io

import pytest

from partner_portal.autotask.errors import CredentialsRefused
from partner_portal.cli.failure import CommandFailed, WrongUse, failures_explained
from partner_portal.reports.question import QuestionError
from partner_portal.usecases.errors import NotConnected
from partner_portal.warehouse.store import WarehouseLocked


@pytest.mark.parametrize(
    ("error", "exit_code"),
    [
        (CommandFailed("It did not work. Do that."), 1),
        (WrongUse("Not like this. Like that."), 2),
        (QuestionError("No such period. Choose another."), 2),
        (WarehouseLocked("In use. Stop it."), 1),
        (NotConnected("main"), 1),
        (CredentialsRefused(), 1),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_known_failure_is_one_line_and_its_exit_code(
    error: Exception, exit_code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped, failures_explained():
        raise error
    captured = capsys.readouterr()
    assert stopped.value.code == exit_code
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1


def test_a_message_of_several_lines_is_folded_into_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit), failures_explained():
        raise CommandFailed("One\ntwo\n  three")
    assert capsys.readouterr().err == "One two three\n"


def test_a_fault_of_ours_is_not_dressed_up() -> None:
    with pytest.raises(ZeroDivisionError), failures_explained():
        raise ZeroDivisionError


def test_an_interrupt_ends_quietly(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped, failures_explained():
        raise KeyboardInterrupt
    assert stopped.value.code == 130
    assert "Traceback" not in capsys.readouterr().err


def test_a_secret_is_read_from_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    from partner_portal.cli.people import read_secret

    monkeypatch.setattr("sys.stdin", io.StringIO("with spaces \r\nnot this\n"))
    assert read_secret("?", from_pipe=True) == "with spaces "


def test_without_a_terminal_the_pipe_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from partner_portal.cli.people import read_secret

    monkeypatch.setattr("sys.stdin", io.StringIO("secret\n"))
    with pytest.raises(WrongUse, match="stdin"):
        read_secret("?", from_pipe=False)


def test_an_empty_secret_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from partner_portal.cli.people import read_secret

    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    with pytest.raises(WrongUse):
        read_secret("?", from_pipe=True)
