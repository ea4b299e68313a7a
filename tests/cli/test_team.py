"""`portal team`: listed, set, removed."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from cli.refused import said_of_wrong_use
from partner_portal.cli import team as module
from partner_portal.cli.main import app
from partner_portal.usecases.teams import list_teams
from usecases.mapped import fill


@pytest.fixture
def run(parts, organization, monkeypatch):
    """Runs `portal team` with more arguments, over a filled mirror."""
    fill(parts.warehouse.organization(organization.scope))
    monkeypatch.setattr(module, "opened_portal", lambda **_: parts)
    return lambda *arguments: CliRunner().invoke(app, ["team", *arguments])


def test_without_teams_the_data_is_empty_and_the_remedy_is_named(run):
    result = run("list")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "portal team set" in result.stderr


def test_a_team_is_set_listed_and_removed(run, parts, organization):
    result = run("set", "East", "--members", "8, 8")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "Team East of acme: 8." in result.stderr
    run("set", "West", "--members", "")
    assert run("list").stdout == "East: 8\nWest: nobody\n"
    assert json.loads(run("list", "--json").stdout) == {"teams": list_teams(parts, organization)}
    assert run("remove", "east").exit_code == 0
    assert run("list").stdout == "West: nobody\n"


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["set", "East", "--members", "Ada"], "--members 7,8,12"),
        (["set", "East", "--members", "8;9"], "--members 7,8,12"),
        (["set", "East", "--members", "9" * 5000], "--members 7,8,12"),
        (["set", "East", "--members", "4711"], "4711"),
        (["set", " ", "--members", "8"], "Name"),
        (["remove", "West"], "no team 'West'"),
    ],
)
def test_wrong_use_is_one_line_with_the_remedy_and_exit_code_2(run, capsys, parts, organization, arguments, word):
    assert word in said_of_wrong_use(run(*arguments).exception, capsys)
    assert list_teams(parts, organization) == []
