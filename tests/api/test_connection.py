"""PUT and DELETE /api/v1/connection, POST /api/v1/connection/test."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client

from partner_portal.accounts.models import AccessToken, Membership
from partner_portal.organizations.models import Connection
from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME
from proofs import prove
from sandboxes import reached_sandbox

ADDRESS, TEST = "/api/v1/connection", "/api/v1/connection/test"
RIGHT = {"username": USERNAME, "secret": SECRET, "integration_code": INTEGRATION_CODE}
WRONG = RIGHT | {"secret": "not-the-secret-of-anybody"}


@pytest.fixture
def autotask(parts):
    with reached_sandbox(parts) as app:
        yield app


@pytest.fixture
def administrator(browser, member):
    person = member("administrator")
    return prove(browser(person), person)


def asked(client: Client, method: str, address: str, body: object = None, *, status: int):
    answer = getattr(client, method)(address, body, content_type="application/json")
    assert answer.status_code == status, answer.content
    for secret in (SECRET, INTEGRATION_CODE, WRONG["secret"]):
        assert secret.encode() not in answer.content
    return answer


def test_a_test_tells_item_by_item_and_keeps_nothing(administrator, autotask):
    told = asked(administrator, "post", TEST, RIGHT, status=200).json()
    assert told["passed"]
    assert {item["outcome"] for item in told["items"]} >= {"ok", "empty", "warning"}
    assert not Connection.objects.exists()


def test_what_passes_is_kept_and_can_be_tested_and_rotated(administrator, autotask, organization, parts):
    assert asked(administrator, "put", ADDRESS, RIGHT, status=200).json()["passed"]
    assert asked(administrator, "post", TEST, {}, status=200).json()["passed"]
    autotask.state.login = replace(autotask.state.login, secret="the-next-secret")
    asked(administrator, "put", ADDRESS, {"secret": "the-next-secret"}, status=200)
    assert parts.vault.read(organization.scope, "autotask_secret") == "the-next-secret"


def test_what_fails_is_told_with_its_test_and_not_kept(administrator, autotask):
    told = asked(administrator, "put", ADDRESS, WRONG, status=422)
    assert told["Content-Type"] == "application/problem+json"
    assert "the secret is wrong" in told.json()["detail"]
    assert told.json()["test"]["is_refused"]
    assert not Connection.objects.exists()


def test_the_pause_is_a_429_with_its_end(administrator, autotask):
    for _ in range(2):
        asked(administrator, "post", TEST, WRONG, status=200)
    for method, address in (("post", TEST), ("put", ADDRESS)):
        answer = asked(administrator, method, address, RIGHT, status=429)
        assert answer["Retry-After"] == "600"
        assert "The next try is possible on" in answer.json()["detail"]


@pytest.mark.parametrize("body", [{}, {"username": USERNAME}, RIGHT | {"secret": "two\nlines"}, {"secret": 5}])
def test_what_is_no_credential_is_refused(administrator, autotask, body):
    asked(administrator, "put", ADDRESS, body, status=422)
    assert not autotask.state.counters.requests


def test_nothing_to_test_is_a_conflict(administrator, autotask):
    asked(administrator, "post", TEST, {}, status=409)


@pytest.mark.parametrize(("query", "status"), [("confirm=Acme", 422), ("confirm=Acme&data=all", 422), ("", 422)])
def test_disconnecting_wants_a_choice(administrator, autotask, query, status):
    asked(administrator, "put", ADDRESS, RIGHT, status=200)
    asked(administrator, "delete", f"{ADDRESS}?{query}", status=status)
    assert Connection.objects.exists()


def test_disconnecting_wants_the_name(administrator, autotask):
    asked(administrator, "put", ADDRESS, RIGHT, status=200)
    asked(administrator, "delete", f"{ADDRESS}?confirm=acme&data=keep", status=422)
    asked(administrator, "delete", f"{ADDRESS}?confirm=Acme&data=remove", status=204)
    assert not Connection.objects.exists()
    asked(administrator, "delete", f"{ADDRESS}?confirm=Acme&data=keep", status=409)


CHANGES = [("put", ADDRESS, RIGHT), ("delete", f"{ADDRESS}?confirm=Acme&data=remove", None)]


@pytest.mark.parametrize(("method", "address", "body"), CHANGES)
def test_changes_want_a_recent_proof(browser, member, autotask, method, address, body):
    person = member("administrator")
    asked(prove(browser(person), person), "put", ADDRESS, RIGHT, status=200)
    stale = prove(browser(person), person, minutes_ago=60)
    before = autotask.state.counters.requests.total()
    assert "Confirm who you are" in asked(stale, method, address, body, status=403).json()["detail"]
    assert autotask.state.counters.requests.total() == before
    assert Connection.objects.exists()


@pytest.mark.parametrize(("method", "address", "body"), [*CHANGES, ("post", TEST, RIGHT)])
def test_only_administrators(browser, member, stranger, autotask, organization, method, address, body):
    for role in ("manager", "representative", "viewer"):
        person = member(role)
        asked(prove(browser(person), person), method, address, body, status=403)
    joint = "&" if "?" in address else "?"
    asked(prove(browser(stranger), stranger), method, f"{address}{joint}organization=acme", body, status=404)
    asked(Client(), method, address, body, status=401)
    assert not autotask.state.counters.requests


@pytest.mark.parametrize(("method", "address", "body"), [*CHANGES, ("post", TEST, RIGHT)])
def test_no_access_token_changes_or_tests_it(member, autotask, parts, method, address, body):
    from hashlib import sha256

    key = "portal_" + "a" * 43
    now = parts.clock.now()
    member("administrator")
    AccessToken.objects.create(
        membership=Membership.objects.get(role="administrator"),
        name="all",
        digest=sha256(key.encode()).hexdigest(),
        hint=key[-4:],
        scopes=["report", "records", "proxy", "refresh"],
        created_at=now,
        expires_at=now.replace(year=2027),
    )
    client = Client(headers={"Authorization": f"Bearer {key}"})
    answer = getattr(client, method)(address, body, content_type="application/json")
    assert answer.status_code in {401, 403}
    assert not autotask.state.counters.requests
