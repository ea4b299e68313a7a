"""`portal connect`, `test-connection`, `disconnect` and `vault` on the command line."""

from __future__ import annotations

from dataclasses import replace

import pytest
from typer.testing import CliRunner

from partner_portal.bootstrap import portal
from partner_portal.cli.failure import failures_explained
from partner_portal.cli.main import app
from partner_portal.organizations.models import Connection
from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME
from partner_portal.settings import declared
from partner_portal.vault.sealing import Keyring, new_key
from partner_portal.vault.source import EnvironmentSource
from partner_portal.vault.vault import Vault
from sandboxes import reached_sandbox

GIVEN = ("--username", USERNAME, "--integration-code", INTEGRATION_CODE, "--secret-stdin")


@pytest.fixture
def autotask(parts, organization, monkeypatch):
    """A sandbox that the command line reaches, and no settings from outside."""
    monkeypatch.setattr(declared, "current", lambda: declared.read({}))
    monkeypatch.setattr("partner_portal.cli.connection.opened_portal", lambda **_: portal.parts(mirror=False))
    monkeypatch.setattr("partner_portal.cli.vault.opened_portal", lambda **_: portal.parts(mirror=False))
    with reached_sandbox(parts) as app:
        yield app


def ran(*command: str, stdin: str = ""):
    """A command's exit code and all that it said."""

    class Explained(CliRunner):
        def invoke(self, *args, **more):
            with failures_explained():
                return super().invoke(*args, catch_exceptions=False, **more)

    runner = Explained()
    try:
        result = runner.invoke(app, list(command), input=stdin)
    except SystemExit as ended:
        return ended.code, ""
    assert SECRET not in result.output
    return result.exit_code, result.output


def test_connecting_again_with_a_secret_rotates_it(autotask, organization, parts):
    assert ran("connect", *GIVEN, stdin=f"{SECRET}\n")[0] == 0
    autotask.state.login = replace(autotask.state.login, secret="the-next-secret")
    assert ran("connect", "--secret-stdin", stdin="the-next-secret\n")[0] == 0
    assert parts.vault.read(organization.scope, "autotask_secret") == "the-next-secret"


def test_a_secret_that_fails_replaces_nothing(autotask, organization, parts):
    ran("connect", *GIVEN, stdin=f"{SECRET}\n")
    assert ran("connect", "--secret-stdin", stdin="mistyped\n")[0] == 1
    assert parts.vault.read(organization.scope, "autotask_secret") == SECRET


def test_a_first_connection_needs_all_three(autotask, capsys):
    assert ran("connect", "--username", USERNAME, "--secret-stdin", stdin="x\n")[0] == 2
    assert ran("connect", "--secret-stdin", stdin="x\n")[0] == 2


def test_disconnecting_wants_the_name(autotask, organization, parts):
    ran("connect", *GIVEN, stdin=f"{SECRET}\n")
    assert ran("disconnect", "--confirm", "acme")[0] == 1
    assert Connection.objects.exists()
    code, said = ran("disconnect", "--confirm", "Acme", "--remove-data")
    assert code == 0
    assert "Its credentials are removed." in said
    assert "Its data is removed." in said
    assert not Connection.objects.exists()
    assert parts.vault.read(organization.scope, "autotask_secret") is None


def test_where_credentials_are_kept_elsewhere_none_are_given(autotask, organization):
    fields = {"autotask_username": USERNAME, "autotask_secret": SECRET, "autotask_integration_code": INTEGRATION_CODE}
    portal.hold(replace(portal.parts(), vault=EnvironmentSource(fields)))
    assert ran("connect", *GIVEN, stdin="x\n")[0] == 2
    assert ran("connect")[0] == 0
    assert ran("test-connection")[0] == 0
    assert "stay in the environment" in ran("disconnect", "--confirm", "Acme")[1]
    assert ran("vault", "rotate")[0] == 1


def test_the_vault_is_rotated_and_tells_how_it_stands(autotask, organization):
    old, new = new_key(), new_key()
    Vault(Keyring([old])).keep(organization.scope, "autotask_secret", SECRET)
    portal.hold(replace(portal.parts(), vault=Vault(Keyring([new, old]))))
    first, second = Keyring([new, old]).ids
    assert ran("vault", "status") == (0, f"{first}  seals    0\n{second}  opens    1\n")
    code, said = ran("vault", "rotate")
    assert code == 0
    assert "1 values were sealed anew" in said
    assert f"No value needs {second} any more" in said
    assert ran("vault", "status")[1] == f"{first}  seals    1\n{second}  opens    0\n"


def test_a_value_under_a_lost_key_is_told(autotask, organization):
    Vault(Keyring([new_key()])).keep(organization.scope, "autotask_secret", SECRET)
    portal.hold(replace(portal.parts(), vault=Vault(Keyring([new_key()]))))
    assert "MISSING" in ran("vault", "status")[1]
    assert ran("vault", "rotate")[0] == 1


def test_a_new_key_can_be_used_and_is_another_each_time():
    keys = {ran("vault", "new-key")[1].strip() for _ in range(3)}
    assert len(Keyring(list(keys)).ids) == 3
