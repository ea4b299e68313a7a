"""Where the credentials come from outside the portal: they are tested and used, and neither entered nor removed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from partner_portal.audit.models import Entry
from partner_portal.organizations.models import Connection
from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME
from partner_portal.usecases import test_connection as testing
from partner_portal.usecases.connect_autotask import connect_autotask
from partner_portal.usecases.connection_state import connection_state
from partner_portal.usecases.credentials import enter_change, read_credentials
from partner_portal.usecases.disconnect_autotask import disconnect_autotask
from partner_portal.usecases.errors import CredentialsShut, KeptElsewhere
from partner_portal.usecases.sync_organization import sync_organization
from partner_portal.vault import source
from partner_portal.vault.models import SealedSecret

VALUES = {source.USERNAME: USERNAME, source.SECRET: SECRET, source.INTEGRATION_CODE: INTEGRATION_CODE}


@pytest.fixture
def elsewhere(parts):
    """The parts of a portal whose credentials are in its environment: `elsewhere(autotask_secret="other")`."""
    return lambda **changed: replace(parts, vault=source.EnvironmentSource({**VALUES, **changed}))


@pytest.fixture
def connected(elsewhere, organization):
    assert connect_autotask(elsewhere(), organization).passed
    return organization


def test_connecting_takes_them_and_keeps_none(elsewhere, connected):
    assert not SealedSecret.objects.exists()
    assert read_credentials(elsewhere(), connected).secret == SECRET
    assert sync_organization(elsewhere(), connected).complete
    assert connection_state(elsewhere(), connected).kept_in == "the environment of the portal's process"


def test_they_cannot_be_entered(elsewhere, organization, credentials):
    for act in (
        lambda: connect_autotask(elsewhere(), organization, credentials),
        lambda: testing.test_connection(elsewhere(), organization, credentials),
        lambda: enter_change(elsewhere(), organization, secret="next"),
    ):
        with pytest.raises(KeptElsewhere, match="Change them there"):
            act()


def test_a_secret_that_was_changed_there_is_used_and_tested(elsewhere, connected, sandbox):
    sandbox.state.login = replace(sandbox.state.login, secret="rotated")
    assert not testing.test_connection(elsewhere(), connected).passed
    assert testing.test_connection(elsewhere(autotask_secret="rotated"), connected).passed


@pytest.mark.parametrize("field", list(VALUES))
def test_a_value_that_is_missing_there_is_named(elsewhere, organization, field):
    name = field.removeprefix("autotask_").replace("_", " ")
    with pytest.raises(CredentialsShut, match=f"no API {name} for acme in the environment"):
        connect_autotask(elsewhere(**{field: ""}), organization)


def test_a_value_that_cannot_be_sent_is_refused_without_quoting_it(elsewhere, organization):
    with pytest.raises(CredentialsShut) as refused:
        connect_autotask(elsewhere(autotask_secret="hunter2\nhunter2"), organization)
    assert "hunter2" not in str(refused.value)


def test_another_user_is_not_used_before_somebody_connects_again(elsewhere, connected, sandbox):
    other = elsewhere(autotask_username="else@sandbox.invalid")
    with pytest.raises(CredentialsShut, match="names another API user"):
        sync_organization(other, connected)
    sandbox.state.login = replace(sandbox.state.login, username="else@sandbox.invalid")
    assert connect_autotask(other, connected).passed
    assert Connection.objects.get().username == "else@sandbox.invalid"


def test_disconnecting_leaves_them_where_they_are(elsewhere, connected):
    assert disconnect_autotask(elsewhere(), connected, confirmed="Acme", removes_data=False)
    assert not Connection.objects.exists()
    assert connect_autotask(elsewhere(), connected).passed


def test_no_value_is_on_the_trail(elsewhere, connected):
    told = str([entry.details for entry in Entry.objects.all()])
    assert USERNAME in told
    assert SECRET not in told
