"""What a test of a connection tells: rights, budget, dialect, mapping, and why credentials may have been refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from partner_portal.autotask.credentials import Credentials
from partner_portal.organizations.models import Connection
from partner_portal.sandbox.faults import Fault
from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME
from partner_portal.usecases import test_connection as testing
from partner_portal.usecases.connect_autotask import connect_autotask
from partner_portal.usecases.refusals import refusal_in_words
from partner_portal.usecases.sync_organization import sync_organization

HELD = Credentials(USERNAME, SECRET, INTEGRATION_CODE)


@pytest.fixture
def sandbox(sandbox):
    """Frees its threads at once, so that a sync right after a test need not wait."""
    sandbox.state.options.release_seconds = 0
    return sandbox


def told(test, key: str) -> tuple[str, str]:
    [item] = [item for item in test.items if item.key == key]
    return item.outcome, item.message


def test_every_item_is_there_in_its_order(parts, organization, credentials):
    test = testing.test_connection(parts, organization, credentials)
    keys = [item.key for item in test.items if not item.key.startswith("entity:")]
    assert keys == ["host", "zone", "credentials", "budget", "writing", "seeing_more", "dialect", "mapping"]
    assert sum(item.key.startswith("entity:") for item in test.items) == 12


@pytest.mark.parametrize(
    ("permission", "outcome", "word"),
    [
        ("granted", "ok", "Readable: 2 rows"),
        ("forbidden", "warning", "Not permitted"),
        ("error", "warning", "Not permitted"),
        ("empty", "empty", "some of the rows only, and of these none"),
    ],
)
def test_an_entity_is_readable_not_permitted_or_empty(
    parts, organization, credentials, sandbox, permission, outcome, word
):
    sandbox.state.options.permissions["Companies"] = permission
    found, message = told(testing.test_connection(parts, organization, credentials), "entity:Companies")
    assert found == outcome
    assert word in message


def test_an_entity_without_rows_is_empty_and_no_failure(parts, organization, credentials):
    test = testing.test_connection(parts, organization, credentials)
    assert test.passed
    assert told(test, "entity:Tickets") == (
        "empty",
        "Empty: it may be read, and there are no rows, or none that this API user is shown.",
    )


def test_rights_that_the_metadata_promises_and_the_query_denies_are_not_there(
    parts, organization, credentials, sandbox
):
    test = testing.test_connection(parts, organization, credentials)
    assert told(test, "entity:Companies")[0] == "ok"
    text = "The logged in Resource does not have the adequate permissions to query this entity type."
    sandbox.state.faults.add(Fault(kind="error", entity="Companies", route="count", text=text))
    assert told(testing.test_connection(parts, organization, credentials), "entity:Companies")[0] == "warning"


def test_missing_api_access_is_told_apart_from_wrong_credentials(parts, organization, credentials, sandbox):
    for entity in sandbox.state.world.entities:
        sandbox.state.options.permissions[entity] = "forbidden"
    test = testing.test_connection(parts, organization, credentials)
    assert not test.passed
    assert told(test, "credentials")[0] == "ok"
    assert "API User (system)" in told(test, "rights")[1]


def test_rights_to_write_are_a_warning_that_names_them(parts, organization, credentials, sandbox):
    assert told(testing.test_connection(parts, organization, credentials), "writing")[0] == "ok"
    sandbox.state.options.user_may_write = True
    outcome, message = told(testing.test_connection(parts, organization, credentials), "writing")
    assert outcome == "warning"
    assert "Companies (create, update)" in message
    assert "and" in message


def test_rights_to_more_than_needed_are_a_warning(parts, organization, credentials, sandbox):
    outcome, message = told(testing.test_connection(parts, organization, credentials), "seeing_more")
    assert outcome == "warning"
    assert "OpportunityCategory and 4 more" in message
    for entity in sandbox.state.world.entities:
        sandbox.state.options.permissions[entity] = "None"
    sandbox.state.options.permissions["Companies"] = "granted"
    assert told(testing.test_connection(parts, organization, credentials), "seeing_more")[0] == "ok"


def test_a_tenant_that_does_not_tell_all_its_entities_leaves_the_item_out(parts, organization, credentials, sandbox):
    sandbox.state.faults.add(Fault(kind="error", route="entities", status=404))
    test = testing.test_connection(parts, organization, credentials)
    assert test.passed
    assert not any(item.key == "seeing_more" for item in test.items)


def test_near_the_limit_of_the_hour_a_test_is_one_request(parts, connected, sandbox):
    sandbox.state.options.band_scale = 0
    sandbox.state.hour.set_used(9_000)
    sent = sandbox.state.counters.requests.total()
    test = testing.test_connection(parts, connected)
    assert sandbox.state.counters.requests.total() == sent + 1
    assert test.passed
    assert told(test, "credentials")[0] == "ok"
    assert told(test, "rights") == ("skipped", "Not looked at, to spare the call budget.")
    outcome, message = told(test, "budget")
    assert outcome == "warning"
    assert "9,001 of 10,000" in message


def test_near_the_limit_another_secret_of_the_same_user_is_one_request_too(parts, connected, credentials, sandbox):
    sandbox.state.hour.set_used(9_500)
    sandbox.state.options.band_scale = 0
    sent = sandbox.state.counters.requests.total()
    testing.test_connection(parts, connected, credentials)
    assert sandbox.state.counters.requests.total() == sent + 1


def test_credentials_saved_near_the_limit_keep_the_dialect_that_is_known(parts, connected, credentials, sandbox):
    sandbox.state.hour.set_used(9_500)
    sandbox.state.options.band_scale = 0
    assert connect_autotask(parts, connected, credentials).passed
    assert Connection.objects.get().dialect == "live"


def test_a_tenant_that_has_moved_is_found_again(parts, connected, sandbox):
    Connection.objects.update(zone_url="http://127.0.0.1:8/ATServicesRest/V1.0")
    sandbox.state.options.zone_host = "127.0.0.1:9"
    test = testing.test_connection(parts, connected)
    assert test.passed
    assert test.zone_url.startswith("http://127.0.0.1:9/")


def test_the_mapping_is_known_after_the_first_sync(parts, connected, sandbox):
    assert told(testing.test_connection(parts, connected), "mapping") == ("skipped", "Known after the first sync.")
    sync_organization(parts, connected, full=True)
    outcome, message = told(testing.test_connection(parts, connected), "mapping")
    unmapped = [word for word in ("Not mapped yet", "portal mapping") if word in message]
    assert (outcome, bool(unmapped)) in {("warning", True), ("ok", False)}


def test_types_that_nobody_mapped_are_named(parts, connected, monkeypatch):
    sync_organization(parts, connected, full=True)
    entry = {"is_unmapped": True}
    listing = {
        "action_types": [{"id": n, "label": f"Type {n}", **entry} for n in range(5)],
        "stages": [{"id": 7, "label": None, **entry}, {"id": 8, "label": "Won", "is_unmapped": False}],
        "statuses": [],
    }
    module = "partner_portal.usecases.try_credentials.read_mapping"
    monkeypatch.setattr(module, lambda *_args, **_more: listing)
    outcome, message = told(testing.test_connection(parts, connected), "mapping")
    assert outcome == "warning"
    assert "Type 0, Type 1, Type 2, Type 3, Type 4 and 1 more" in message


@pytest.mark.parametrize(
    ("tried", "held", "words", "not_words"),
    [
        (HELD, None, ["secret is wrong", "integration code is wrong", "inactive or locked", "API User (system)"], []),
        (replace(HELD, username="else@b.example"), HELD, ["does not tell which of these"], []),
        (HELD, HELD, ["accepted before", "a new secret was made"], ["code is wrong"]),
        (replace(HELD, secret="x"), HELD, ["the secret is wrong", "locked or made inactive"], ["code is wrong"]),
        (replace(HELD, integration_code="x"), HELD, ["the integration code is wrong"], ["the secret is wrong"]),
        (replace(HELD, secret="x", integration_code="y"), HELD, ["The secret or the integration code is wrong"], []),
    ],
)
def test_a_refusal_says_what_can_be_known(tried, held, words, not_words):
    said = refusal_in_words(tried, held)
    assert all(word in said for word in words)
    assert not any(word in said for word in not_words)
    assert "401" in said
    assert SECRET not in said
    assert INTEGRATION_CODE not in said


def test_a_locked_user_is_among_what_it_may_be(parts, connected, sandbox):
    sandbox.state.locked = True
    assert "locked or made inactive" in testing.test_connection(parts, connected).problem
