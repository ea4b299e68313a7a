"""`portal user`, `portal organization` and `portal audit`."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from typer.testing import CliRunner

from partner_portal.accounts.actor import Actor
from partner_portal.accounts.models import Person
from partner_portal.audit.account_events import LoggedIn
from partner_portal.audit.trail import record
from partner_portal.cli import audit, people
from partner_portal.cli.failure import CommandFailed
from partner_portal.cli.main import app


@pytest.fixture
def run(parts, organization, monkeypatch):
    for module in (audit, people):
        monkeypatch.setattr(module, "opened_portal", lambda **_: parts)
    return lambda line, **more: CliRunner().invoke(app, line.split(), **more)


@pytest.fixture
def two(run, member):
    member("administrator")
    return member("viewer").email


def test_people_are_listed_changed_rested_and_removed(run, two):
    assert f"{two}: viewer\n" in run("user list").stdout
    assert run(f"user change {two} --role manager --resource none").exit_code == 0
    assert run(f"user deactivate {two}").exit_code == 0
    assert f"{two}: manager, deactivated\n" in run("user list").stdout
    assert run(f"user reactivate {two}").exit_code == 0
    assert run(f"user deactivate {two} --everywhere").exit_code == 0
    assert not Person.objects.get(email=two).is_active
    assert run(f"user remove {two}").exit_code == 0
    assert [each["email"] for each in json.loads(run("user list --json").stdout)["people"]] == [
        "administrator@acme.example"
    ]


def test_without_a_mail_server_an_invitation_is_a_printed_link(run):
    result = run("user invite new@acme.example --role manager")
    assert result.stdout.startswith("http://127.0.0.1:8000/invitation/?token=")
    assert "Hand this link" in result.stderr
    assert "new@acme.example: invited as manager" in run("user list").stdout


def test_an_operator_is_added(run):
    sent = {"input": "correct horse battery\n"}
    assert run("user add op@portal.example --operator --password-stdin", **sent).exit_code == 0
    assert Person.objects.get().is_operator
    assert run("user add o@portal.example --operator --organization acme --password-stdin", **sent).exit_code != 0


def test_organizations_are_listed_and_switched(run, two):
    assert run("organization list").stdout == "acme: 2 people, 1 administrators\n"
    run("organization deactivate acme")
    assert run("organization list").stdout == "acme: 2 people, 1 administrators, deactivated\n"
    run("organization reactivate acme")
    assert json.loads(run("organization list --json").stdout)["organizations"][0]["is_active"]


def test_unusual_entries_say_why_they_are(run, two, parts):
    person = Person.objects.get(email=two)
    for address in ("10.1.2.3", "10.1.2.4"):
        record(LoggedIn(["password"]), Actor.of(person, address), parts.clock.now())
    assert run("audit list --action session.started").stdout.count("[unusual: first log-in of this person") == 1
    [line] = run("audit list --unusual").stdout.splitlines()
    assert line.endswith("from this network address]")


def test_the_audit_log_is_listed_exported_and_verified(run, two, tmp_path):
    assert "person.added" in run("audit list --action person.added").stdout
    assert json.loads(run("audit list --json").stdout)["total"] == 3
    assert run(f"audit export --output {tmp_path / 'a.csv'}").exit_code == 0
    assert (tmp_path / "a.csv").read_text("utf-8-sig").startswith("at,actor,action")
    [end] = run("audit verify").stdout.split()
    assert end.split(":")[1] == "4", "taking the file was written down, too"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_entries SET actor = 'eve' WHERE number = 2")
    result = run(f"audit verify --noted {end}")
    assert isinstance(result.exception, CommandFailed)
    assert result.exception.exit_code == 1
    assert "acme: Entry 2 (row " in result.stderr
    assert json.loads(run("audit verify --json").stdout)["chains"][0]["problem"]
