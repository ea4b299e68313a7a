"""GET /api/v1/connection and POST /api/v1/refresh."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from partner_portal.audit.models import Entry
from partner_portal.organizations.models import Connection, SyncRun

CONNECTION, REFRESH = "/api/v1/connection", "/api/v1/refresh"


@pytest.fixture
def connection(parts, organization):
    now = parts.clock.now()
    parts.vault.keep(organization.scope, "autotask_secret", "the-secret-of-acme")
    return Connection.objects.create(
        organization=organization, username="api@acme.example", connected_at=now, secret_set_at=now
    )


@pytest.fixture
def viewer(browser, member):
    return browser(member("viewer"))


def test_without_a_connection_the_stage_says_so(viewer):
    answer = viewer.get(CONNECTION)
    assert answer.status_code == 200
    assert answer.json()["stage"] == "not_connected"


def test_a_connection_is_described_without_its_secret(viewer, connection):
    answer = viewer.get(CONNECTION)
    told = answer.json()
    assert (told["stage"], told["username"], told["secret_age_days"]) == ("first_sync", "api@acme.example", 0)
    assert b"the-secret-of-acme" not in answer.content
    assert {name for name in told if "secret" in name} == {"secret_age_days", "secret_due"}


def test_a_refresh_is_queued_once(viewer, connection, parts):
    first, second = viewer.post(REFRESH), viewer.post(REFRESH)
    assert first.status_code == second.status_code == 202
    assert (first.json()["state"], second.json()["state"]) == ("queued", "running")
    assert parts.jobs.waiting == [("acme", False)]
    assert [entry.details["queued"] for entry in Entry.objects.filter(action="refresh.asked")] == [True, False]


def test_data_of_a_moment_ago_is_fresh_enough(viewer, connection, parts, organization):
    now = parts.clock.now()
    SyncRun.objects.create(organization=organization, started_at=now, heartbeat_at=now, finished_at=now, outcome="done")
    assert viewer.post(REFRESH).json()["state"] == "fresh"
    assert parts.jobs.waiting == []


def test_a_refresh_without_a_connection_is_a_conflict_with_its_remedy(viewer):
    answer = viewer.post(REFRESH)
    assert answer.status_code == 409
    assert "Configure Autotask" in answer.json()["detail"]


def test_while_the_call_budget_is_spent_a_refresh_says_when_it_goes_on(viewer, connection, parts):
    Connection.objects.update(paused_until=parts.clock.now() + timedelta(minutes=9), budget_used=83, budget_limit=100)
    answer = viewer.post(REFRESH)
    assert answer.status_code == 202
    assert answer.json()["state"] == "paused"
    assert "83 % used" in answer.json()["message"]
    assert viewer.get(CONNECTION).json()["paused_until"] == "2026-11-18T15:09:00Z"
    assert parts.jobs.waiting == []


def test_a_refresh_needs_a_csrf_token(browser, member, connection, parts):
    client = browser(member("viewer"), enforce_csrf_checks=True)
    answer = client.post(REFRESH)
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"
    assert "CSRF" in answer.json()["detail"]
    assert parts.jobs.waiting == []


@pytest.mark.parametrize(("method", "address"), [("get", CONNECTION), ("post", REFRESH)])
def test_strangers_find_nothing_and_nobody_must_log_in(browser, stranger, organization, connection, method, address):
    hidden = getattr(browser(stranger), method)(f"{address}?organization=acme")
    assert hidden.status_code == 404
    assert b"acme" in hidden.content
    assert getattr(Client(), method)(address).status_code == 401
