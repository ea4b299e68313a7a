"""Connecting an organization: tested first, kept sealed, told item by item."""

from __future__ import annotations

from dataclasses import replace

import pytest

from partner_portal.accounts.actor import Actor
from partner_portal.accounts.policy import NotPermitted, OrganizationUnknown
from partner_portal.audit.models import Entry
from partner_portal.autotask.credentials import Credentials
from partner_portal.autotask.errors import HostUnreachable
from partner_portal.organizations.models import Connection
from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME
from partner_portal.usecases import test_connection as testing
from partner_portal.usecases.connect_autotask import connect_autotask
from partner_portal.usecases.credentials import enter_credentials, read_credentials
from partner_portal.usecases.errors import InputRefused, NotConnected
from stores import database_bytes


def outcomes(test):
    return {item.key: item.outcome for item in test.items}


def test_right_credentials_are_kept_and_the_first_sync_is_asked_for(parts, organization, credentials):
    test = connect_autotask(parts, organization, credentials)
    assert test.passed, test.problem
    assert test.dialect == "live"
    kept = Connection.objects.get(organization=organization)
    assert (kept.username, kept.dialect, kept.problem) == (USERNAME, "live", "")
    assert kept.zone_url == test.zone_url != ""
    assert kept.secret_set_at == kept.connected_at == parts.clock.now()
    assert read_credentials(parts, organization) == credentials
    assert parts.jobs.waiting == [("acme", True)]


def test_every_entity_is_told_apart(parts, organization, credentials, sandbox):
    sandbox.state.options.permissions["Tickets"] = "None"
    test = connect_autotask(parts, organization, credentials)
    assert test.passed
    found = outcomes(test)
    assert found["entity:Tickets"] == "warning"
    assert found["entity:Companies"] == "ok"
    [told] = [item.message for item in test.items if item.key == "entity:Tickets"]
    assert "Tickets" in told
    assert "security level" in told


def test_rights_to_nothing_are_a_failure(parts, organization, credentials, sandbox):
    for entity in sandbox.state.world.entities:
        sandbox.state.options.permissions[entity] = "None"
    test = connect_autotask(parts, organization, credentials)
    assert not test.passed
    assert outcomes(test)["rights"] == "failed"


@pytest.mark.parametrize(
    ("wrong", "failed", "word"),
    [
        (Credentials(USERNAME, "not the secret", INTEGRATION_CODE), "credentials", "the secret is wrong"),
        (Credentials("nobody@acme.example", SECRET, INTEGRATION_CODE), "zone", "no API user"),
    ],
)
def test_wrong_credentials_are_not_kept(parts, organization, wrong, failed, word):
    test = connect_autotask(parts, organization, wrong)
    assert not test.passed
    assert outcomes(test)[failed] == "failed"
    assert word in test.problem
    assert "\n" not in test.problem
    assert not Connection.objects.exists()
    assert parts.jobs.waiting == []


def test_a_wrong_secret_is_tried_no_more_than_twice(parts, organization, sandbox):
    connect_autotask(parts, organization, Credentials(USERNAME, "wrong", INTEGRATION_CODE))
    assert sandbox.state.bad_logins_in_a_row <= 2


def test_an_unreachable_host_is_a_line_with_a_remedy(parts, organization, credentials):
    async def nowhere(credentials, limits, known=None):
        raise HostUnreachable("portal.invalid", "connection refused")

    test = connect_autotask(replace(parts, open_client=nowhere), organization, credentials)
    assert outcomes(test) == {"host": "failed", "zone": "skipped", "credentials": "skipped"}
    assert "portal.invalid cannot be reached" in test.problem
    assert "firewall" in test.problem


def test_a_failed_test_leaves_the_earlier_connection_as_it_was(parts, organization, credentials):
    connect_autotask(parts, organization, credentials)
    connect_autotask(parts, organization, Credentials(USERNAME, "wrong", INTEGRATION_CODE))
    assert read_credentials(parts, organization) == credentials


def test_a_new_secret_replaces_the_old_one_and_keeps_the_day_of_connection(parts, organization, credentials, sandbox):
    connect_autotask(parts, organization, credentials)
    first = Connection.objects.get()
    Connection.objects.update(connected_at=first.connected_at.replace(year=2025))
    sandbox.state.login = replace(sandbox.state.login, secret="the next secret")
    test = connect_autotask(parts, organization, Credentials(USERNAME, "the next secret", INTEGRATION_CODE))
    assert test.passed
    assert read_credentials(parts, organization).secret == "the next secret"
    assert Connection.objects.get().connected_at.year == 2025


def test_a_busy_hour_is_a_warning(parts, organization, credentials, sandbox):
    sandbox.state.options.band_scale = 0
    sandbox.state.hour.set_used(6_000)
    test = connect_autotask(parts, organization, credentials)
    assert test.passed
    assert outcomes(test)["budget"] == "warning"


def test_a_spent_hour_says_nothing_about_the_credentials(parts, organization, credentials, sandbox):
    sandbox.state.options.band_scale = 0
    sandbox.state.hour.set_used(10_000)
    test = connect_autotask(parts, organization, credentials)
    assert not test.passed
    assert (outcomes(test)["credentials"], outcomes(test)["budget"]) == ("skipped", "failed")
    assert "Wait until the hour has passed" in test.problem


def test_testing_keeps_nothing(parts, organization, credentials):
    test = testing.test_connection(parts, organization, credentials)
    assert test.passed
    assert not Connection.objects.exists()
    assert parts.jobs.waiting == []


def test_the_kept_connection_can_be_tested_again(parts, organization, credentials, sandbox):
    connect_autotask(parts, organization, credentials)
    sandbox.state.login = replace(sandbox.state.login, secret="rotated elsewhere")
    test = testing.test_connection(parts, organization)
    assert not test.passed
    assert Connection.objects.get().problem == test.problem


def test_without_a_connection_there_is_nothing_to_test(parts, organization):
    with pytest.raises(NotConnected, match="acme is not connected"):
        testing.test_connection(parts, organization)


def test_only_administrators_connect(parts, organization, credentials, member, stranger):
    for role in ("manager", "representative", "viewer"):
        with pytest.raises(NotPermitted, match="Ask an administrator"):
            connect_autotask(parts, organization, credentials, Actor.of(member(role)))
    with pytest.raises(OrganizationUnknown):
        connect_autotask(parts, organization, credentials, Actor.of(stranger))
    assert connect_autotask(parts, organization, credentials, Actor.of(member("administrator"))).passed


def test_what_was_done_is_on_the_trail(parts, organization, credentials, member):
    actor = Actor.of(member("administrator"), "192.0.2.7")
    connect_autotask(parts, organization, Credentials(USERNAME, "wrong", INTEGRATION_CODE), actor)
    connect_autotask(parts, organization, credentials, actor)
    failed, done = Entry.objects.filter(action="connection.set")
    assert (failed.result, done.result) == ("failed", "done")
    assert "refused the login" in failed.reason
    assert (done.actor, done.address, done.organization_id) == (actor.name, "192.0.2.7", organization.pk)
    assert done.details["username"] == USERNAME
    assert done.details["before"] is None
    assert done.details["changed"] == ["username", "secret", "integration_code"]


def test_no_secret_is_in_the_database_the_trail_or_the_test(parts, organization, credentials):
    test = connect_autotask(parts, organization, credentials)
    connect_autotask(parts, organization, Credentials(USERNAME, SECRET + "x", INTEGRATION_CODE))
    held = database_bytes()
    for secret in (SECRET, INTEGRATION_CODE):
        assert secret.encode() not in held
        assert secret not in str(test.document())
    assert USERNAME.encode() in held


def test_typed_credentials_lose_their_margins():
    typed = enter_credentials(" u@acme.example ", "\tsecret\n", " code ")
    assert (typed.username, typed.secret, typed.integration_code) == ("u@acme.example", "secret", "code")


@pytest.mark.parametrize(
    ("typed", "field"),
    [(("u", "", "c"), "secret"), (("", "s", "c"), "username"), (("u", "s", " "), "integration_code")],
)
def test_a_missing_credential_is_named(typed, field):
    with pytest.raises(InputRefused) as refused:
        enter_credentials(*typed)
    assert refused.value.field == field
