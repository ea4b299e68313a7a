"""Alive, ready, metrics."""

from __future__ import annotations

from datetime import timedelta

import pytest

from partner_portal.bootstrap.jobs import at_work
from partner_portal.organizations.models import Connection, SyncRun


@pytest.fixture
def jobs_at_work():
    at_work.set()
    yield
    at_work.clear()


def test_a_living_process_says_so(client):
    assert client.get("/livez").content == b"ok\n"


def test_a_portal_whose_parts_answer_is_ready(client, parts, jobs_at_work):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "warehouse": "ok", "jobs": "ok"}


def test_without_jobs_it_is_not_ready(client, parts):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["jobs"] == "not running"


def test_metrics_tell_requests_and_the_age_of_the_data(client, parts, organization):
    now = parts.clock.now()
    began = now - timedelta(seconds=90)
    Connection.objects.create(organization=organization, username="u", connected_at=now, secret_set_at=now)
    SyncRun.objects.create(
        organization=organization, started_at=began, heartbeat_at=began, finished_at=now, outcome="done"
    )
    client.get("/livez")
    client.generic("BREW", "/livez")
    told = client.get("/metrics").content.decode()
    assert "BREW" not in told
    assert 'portal_sync_age_seconds{organization="acme"} 90.0' in told
    assert 'portal_http_requests_total{method="GET",status="200"}' in told


def test_metrics_are_not_for_everybody(client, parts):
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.1").status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 404


@pytest.mark.parametrize("address", ["/livez", "/readyz", "/metrics"])
def test_monitoring_only_reads(client, parts, address):
    assert client.post(address).status_code == 405
