"""`portal mapping`: shown, tried, set."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from partner_portal.cli import mapping as module
from partner_portal.cli.failure import WrongUse, failures_explained
from partner_portal.cli.main import app
from partner_portal.organizations.models import MappingVersion
from partner_portal.usecases.mapping import read_mapping
from usecases.mapped import fill, proposal, with_action


@pytest.fixture
def portal(parts, organization, monkeypatch):
    """Runs a command over a filled mirror: `portal("mapping", "show")` gives its result."""
    fill(parts.warehouse.organization(organization.scope))
    monkeypatch.setattr(module, "opened_portal", lambda: parts)

    def run(*arguments: str, given: str = ""):
        return CliRunner().invoke(app, list(arguments), input=given)

    return run


@pytest.fixture
def change(portal, parts, organization) -> str:
    return json.dumps(with_action(proposal(parts, organization), 31, "call", "outbound"))


def test_show_prints_what_the_api_tells(portal, parts, organization):
    assert json.loads(portal("mapping", "show", "--json").stdout) == read_mapping(parts, organization)


def test_show_as_tables_names_what_is_unmapped(portal):
    said = portal("mapping", "show").stdout
    assert "Demo (unmapped)" in said
    assert "call unspecified" in said
    assert "Offer" in said
    assert "proposed from the labels" in said


def test_what_show_prints_alone_can_be_set(portal, parts, organization):
    shown = portal("mapping", "show", "--only", "proposed").stdout
    assert portal("mapping", "set", "-", given=shown).exit_code == 0
    listing = read_mapping(parts, organization)
    assert (listing["version"], listing["in_force"]) == (1, json.loads(shown)["mapping"])


def test_a_file_is_set_and_said_so_on_standard_error(portal, change, tmp_path):
    (tmp_path / "mapping.json").write_text(change)
    result = portal("mapping", "set", str(tmp_path / "mapping.json"))
    assert (result.exit_code, result.stdout) == (0, "")
    assert "Version 1 of the mapping of acme" in result.stderr


def test_a_preview_prints_both_sides_and_sets_nothing(portal, change):
    told = json.loads(portal("mapping", "set", "-", "--preview", "--json", given=change).stdout)
    assert "calls.total" in {figure["figure"] for figure in told["figures"] if figure["differs"]}
    shown = portal("mapping", "set", "-", "--preview", given=change).stdout
    assert "Calls out" in shown
    assert "differs" in shown
    assert not MappingVersion.objects.exists()


@pytest.mark.parametrize(
    ("given", "exit_code", "word"),
    [
        ("{", 2, "no JSON"),
        ("[]", 2, "cannot be read"),
        ('{"based_on": 0, "mapping": {}}', 2, "schema"),
    ],
)
def test_wrong_input_is_one_line_and_exit_code_2(portal, capsys, given, exit_code, word):
    failure = portal("mapping", "set", "-", given=given).exception
    with pytest.raises(SystemExit) as stopped, failures_explained():
        raise failure
    said = capsys.readouterr().err
    assert stopped.value.code == exit_code
    assert word in said
    assert len(said.splitlines()) == 1


def test_an_unknown_id_is_wrong_use_and_a_stale_change_a_failure(portal, capsys, change):
    unknown = portal("mapping", "set", "-", given=change.replace('"id": 31', '"id": 4711')).exception
    portal("mapping", "set", "-", given=change)
    stale = portal("mapping", "set", "-", given=change).exception
    for failure, exit_code in ((unknown, 2), (stale, 1)):
        with pytest.raises(SystemExit) as stopped, failures_explained():
            raise failure
        assert stopped.value.code == exit_code


def test_an_unknown_document_is_refused(portal):
    assert isinstance(portal("mapping", "show", "--only", "nonsense").exception, WrongUse)


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named(portal, tmp_path, content):
    path = tmp_path / "mapping.json"
    if content is not None:
        path.write_bytes(content)
    failure = portal("mapping", "set", str(path)).exception
    assert isinstance(failure, WrongUse)
    assert "mapping.json" in str(failure)
