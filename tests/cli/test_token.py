"""`portal token`."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from partner_portal.accounts.models import AccessToken
from partner_portal.accounts.tokens import find_token
from partner_portal.cli import token as module
from partner_portal.cli.main import app
from partner_portal.usecases.errors import InputRefused

run = CliRunner()


@pytest.fixture(autouse=True)
def opened(parts, monkeypatch):
    monkeypatch.setattr(module, "opened_portal", lambda **_: parts)


def test_a_token_is_made_listed_and_revoked(parts, organization, member):
    member("manager")
    made = run.invoke(app, ["token", "add", "manager@acme.example", "--scope", "report", "--scope", "proxy"])
    assert made.exit_code == 0, made.output
    key = made.stdout.splitlines()[0]
    token = find_token(key, parts.clock.now())
    assert token is not None
    listed = run.invoke(app, ["token", "list"]).stdout
    assert "manager@acme.example" in listed
    assert "proxy,report" in listed
    assert key not in listed
    assert run.invoke(app, ["token", "revoke", str(token.pk)]).exit_code == 0
    assert find_token(key, parts.clock.now()) is None
    assert "revoked" in run.invoke(app, ["token", "list"]).stdout


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (["nobody@acme.example", "--scope", "report"], "email"),
        (["manager@acme.example", "--scope", "all"], "scopes"),
        (["manager@acme.example", "--scope", "report", "--days", "366"], "days"),
    ],
)
def test_what_cannot_be_is_refused(organization, member, arguments, field):
    member("manager")
    refused = run.invoke(app, ["token", "add", *arguments])
    assert isinstance(refused.exception, InputRefused)
    assert refused.exception.field == field
    assert not AccessToken.objects.exists()
