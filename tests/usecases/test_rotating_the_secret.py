"""A new secret for the same API user: tested before it replaces the old one, typed without the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from partner_portal.audit.models import Entry
from partner_portal.organizations.models import Connection
from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME
from partner_portal.usecases.connect_autotask import connect_autotask
from partner_portal.usecases.credentials import enter_change, read_credentials
from partner_portal.usecases.errors import InputRefused


@pytest.fixture
def aged(connected):
    """The connected organization, its secret 80 days old."""
    Connection.objects.update(secret_set_at=Connection.objects.get().secret_set_at - timedelta(days=80))
    return connected


def test_only_the_secret_has_to_be_typed(parts, connected, credentials):
    assert enter_change(parts, connected, secret="next") == replace(credentials, secret="next")
    assert enter_change(parts, connected, USERNAME.upper(), "next").integration_code == INTEGRATION_CODE


def test_or_only_the_code(parts, connected, credentials):
    assert enter_change(parts, connected, integration_code="next") == replace(credentials, integration_code="next")


@pytest.mark.parametrize(
    ("typed", "field"),
    [(("else@b.example", "next", ""), "integration_code"), (("else@b.example", "", "code"), "secret"), ((), "secret")],
)
def test_another_user_needs_all_of_it_and_nothing_typed_is_no_change(parts, connected, typed, field):
    with pytest.raises(InputRefused) as refused:
        enter_change(parts, connected, *typed)
    assert refused.value.field == field


def test_the_new_secret_replaces_the_old_one_once_it_passed(parts, aged, sandbox):
    sandbox.state.login = replace(sandbox.state.login, secret="the next secret")
    assert connect_autotask(parts, aged, enter_change(parts, aged, secret="the next secret")).passed
    assert read_credentials(parts, aged).secret == "the next secret"
    assert Connection.objects.get().secret_set_at == parts.clock.now()
    entry = Entry.objects.filter(action="connection.set").last()
    assert entry.details["changed"] == ["secret"]
    assert entry.details["before"] == USERNAME


def test_the_old_secret_stays_in_force_when_the_new_one_fails(parts, aged):
    before = Connection.objects.values().get()
    assert not connect_autotask(parts, aged, enter_change(parts, aged, secret="mistyped")).passed
    assert read_credentials(parts, aged).secret == SECRET
    assert Connection.objects.values().get() == before
    assert Entry.objects.filter(action="connection.set").last().result == "failed"


def test_the_same_secret_again_grows_no_younger(parts, aged, credentials):
    before = Connection.objects.get().secret_set_at
    assert connect_autotask(parts, aged, credentials).passed
    assert Connection.objects.get().secret_set_at == before


def test_syncs_go_on_with_the_new_secret(parts, aged, sandbox):
    Connection.objects.update(refusals=3, paused_until=parts.clock.now() + timedelta(hours=1))
    sandbox.state.login = replace(sandbox.state.login, secret="the next secret")
    connect_autotask(parts, aged, enter_change(parts, aged, secret="the next secret"))
    held = Connection.objects.get()
    assert (held.refusals, held.paused_until) == (0, None)
    assert parts.jobs.waiting == [("acme", True)]
