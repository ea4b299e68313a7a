"""`portal sync`: what its exit code says of the entities that are not complete."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from partner_portal.cli import sync as command
from partner_portal.cli.failure import failures_explained
from partner_portal.cli.main import app
from partner_portal.mirror.summary import EntitySummary, Summary

GOOD = EntitySummary("Companies", 2, 1, 0.1, complete=True)
REFUSED = EntitySummary("Tickets", 0, 0, 0.1, complete=False, problem="No permission. Ask for it.")
FAILED = EntitySummary("Opportunities", 0, 1, 0.1, complete=False, problem="Cut short. Try again.", failed=True)
CUT_TOO = EntitySummary("Contacts", 0, 1, 0.1, complete=False, problem="Cut short. Try again.", failed=True)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Runs the command over a sync that ended with the parts given; exit code and what was said last."""
    monkeypatch.setattr(command, "opened_portal", lambda: None)
    monkeypatch.setattr("partner_portal.cli.organization.chosen_organization", lambda _slug: None)

    def run(*parts: EntitySummary) -> tuple[int, str]:
        summary = Summary(datetime(2026, 11, 18, tzinfo=UTC), False, 0.1, 3, parts)
        monkeypatch.setattr(command, "run_sync", lambda *_, **__: summary)
        try:
            with failures_explained():
                ended = CliRunner().invoke(app, ["sync"], catch_exceptions=False)
        except SystemExit as stopped:
            return int(str(stopped.code)), capsys.readouterr().err
        return ended.exit_code, ended.stderr.splitlines()[-1]

    return run


def test_all_complete_is_0(run) -> None:
    code, said = run(GOOD)
    assert code == 0
    assert said.startswith("Companies")


def test_what_may_not_be_read_is_a_note_and_0(run) -> None:
    assert run(GOOD, REFUSED) == (0, "Not complete: Tickets: No permission. Ask for it.")


def test_what_failed_is_named_in_one_line_with_its_reason_and_1(run) -> None:
    code, said = run(GOOD, REFUSED, FAILED, CUT_TOO)
    assert code == 1
    assert said == ("Opportunities, Contacts could not be read; earlier data stays in place. Cut short. Try again.\n")


@pytest.mark.parametrize("part", [REFUSED, FAILED], ids=["refused", "failed"])
def test_nothing_at_all_is_1_either_way(run, part: EntitySummary) -> None:
    code, said = run(part)
    assert code == 1
    assert said.startswith("Nothing could be read from Autotask; earlier data stays in place. ")
    assert part.problem in said
    assert said.count("\n") == 1


def test_the_json_says_which_failed() -> None:
    document = Summary(datetime(2026, 11, 18, tzinfo=UTC), False, 0.1, 3, (GOOD, REFUSED, FAILED)).document()
    entities = json.loads(json.dumps(document))["entities"]
    assert {path: entity["failed"] for path, entity in entities.items()} == {
        "Companies": False,
        "Tickets": False,
        "Opportunities": True,
    }
