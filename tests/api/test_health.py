"""Alive, ready, metrics."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from partner_portal.bootstrap.jobs import at_work, elsewhere
from partner_portal.organizations.models import Connection, SyncRun
from partner_portal.usecases.measures import MEASURES, count_autotask_request


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
    assert answer.json() == {"database": "ok", "warehouse": "ok", "jobs": "ok", "cluster": "ok"}


def test_without_jobs_it_is_not_ready(client, parts):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": "ok", "warehouse": "ok", "jobs": "not running", "cluster": "ok"}


def test_a_process_that_leaves_the_jobs_to_others_is_ready_without_them(client, parts):
    elsewhere.set()
    try:
        assert client.get("/readyz").status_code == 200
    finally:
        elsewhere.clear()


def test_a_process_that_the_others_may_take_for_dead_is_not_ready(client, parts, jobs_at_work):
    parts.member.is_lost = True
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["cluster"] == "no line to the other processes"


def test_without_its_warehouse_it_is_alive_and_not_ready(client, parts, jobs_at_work):
    parts.warehouse.close()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    told = answer.json()
    assert told.pop("warehouse").startswith(("The DuckDB warehouse answered: ", "The warehouse is closed."))
    assert told == {"database": "ok", "jobs": "ok", "cluster": "ok"}
    assert client.get("/livez").status_code == 200


def test_without_its_database_it_is_alive_and_not_ready(client, parts, jobs_at_work):
    def refuse(*_):
        raise OperationalError("could not connect as portal with password hunter2")

    with connection.execute_wrapper(refuse):
        answer = client.get("/readyz")
        assert client.get("/livez").status_code == 200
    assert answer.status_code == 503
    assert answer.json() == {"database": "OperationalError", "warehouse": "ok", "jobs": "ok", "cluster": "ok"}


def told(client) -> dict[str, float]:
    """What /metrics tells, by the name of each sample with its labels."""
    lines = client.get("/metrics").content.decode().splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}


def test_metrics_tell_of_every_connected_organization(client, parts, organization):
    now = parts.clock.now()
    began = now - timedelta(seconds=90)
    Connection.objects.create(
        organization=organization,
        username="u",
        connected_at=now,
        secret_set_at=now - timedelta(days=80),
        budget_used=4200,
        budget_limit=10_000,
    )
    runs = [(began - timedelta(seconds=60), "done"), (began, "partial"), (began + timedelta(seconds=30), "failed")]
    for started, outcome in runs:
        SyncRun.objects.create(
            organization=organization,
            started_at=started,
            heartbeat_at=started,
            finished_at=started + timedelta(seconds=7),
            outcome=outcome,
        )
    parts.jobs.enqueue_sync("acme")
    measures = told(client)
    assert measures['portal_sync_age_seconds{organization="acme"}'] == 90
    assert measures['portal_sync_last_seconds{organization="acme"}'] == 7
    assert measures['portal_sync_last_failed{organization="acme"}'] == 1
    assert measures['portal_autotask_budget_share{organization="acme"}'] == 0.42
    assert measures['portal_autotask_secret_age_seconds{organization="acme"}'] == 80 * 86_400
    assert measures['portal_queue_length{queue="sync"}'] == 1


def test_an_organization_that_is_not_connected_any_more_is_not_told_of(client, parts, organization):
    now = parts.clock.now()
    held = Connection.objects.create(organization=organization, username="u", connected_at=now, secret_set_at=now)
    assert 'portal_autotask_secret_age_seconds{organization="acme"}' in told(client)
    held.delete()
    assert [name for name in told(client) if "acme" in name] == []


def test_requests_are_counted_by_what_the_portal_knows_never_by_what_is_asked(client, parts, organization):
    client.get("/livez")
    for method, path in (("BREW", "/livez"), ("GET", "/nowhere/at-all-4711"), ("GET", "/static/nothing-4711.css")):
        client.generic(method, path)
    client.get("/o/no-such-organization-4711/")
    names = told(client)
    assert names['portal_http_requests_total{method="GET",route="/livez",status="200"}'] >= 1
    assert names['portal_http_requests_total{method="other",route="/livez",status="405"}'] >= 1
    assert any('route="none",status="404"' in name for name in names)
    assert any('route="static"' in name for name in names)
    assert [name for name in names if "4711" in name or "BREW" in name] == []


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(200, "ok"), (404, "failed"), (429, "throttled"), (401, "refused"), (500, "failed"), (None, "unreachable")],
)
def test_requests_to_autotask_are_counted_by_entity_and_outcome(client, parts, status, outcome):
    name = f'portal_autotask_requests_total{{entity="Companies",outcome="{outcome}"}}'
    before = told(client).get(name, 0)
    count_autotask_request("Companies", status, 0.2)
    assert told(client)[name] == before + 1


@pytest.mark.django_db
def test_refused_log_ins_are_counted(client, parts, member):
    before = told(client)["portal_login_failures_total"]
    client.post("/accounts/login/", {"login": "viewer@acme.example", "password": "not it, whatever it is"})
    assert told(client)["portal_login_failures_total"] == before + 1


def test_a_kept_report_is_not_made_again(browser, parts, store, member):
    reader = browser(member("viewer"))
    before = told(reader)
    for _ in range(3):
        assert reader.get("/api/v1/sales-report").status_code == 200
    after = told(reader)
    assert after["portal_reports_asked_total"] == before["portal_reports_asked_total"] + 3
    assert after["portal_reports_made_total"] == before["portal_reports_made_total"] + 1


def test_the_process_tells_of_itself(client, parts):
    assert {"process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds"} <= told(client).keys()


def test_every_measure_is_told_and_documented_and_its_labels_are_few(client, parts):
    page = (Path(__file__).resolve().parents[2] / "docs" / "monitoring.md").read_text("utf-8")
    answer = client.get("/metrics").content.decode()
    for family in (family for measure in MEASURES for family in measure.collect()):
        assert f"`{family.name}" in page
        assert f"# HELP {family.name}" in answer
        allowed = {"method", "route", "status", "organization", "queue", "entity", "outcome", "rule", "le"}
        assert {name for sample in family.samples for name in sample.labels} <= allowed


def test_metrics_are_not_for_everybody(client, parts):
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.1").status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 404


@pytest.mark.parametrize("address", ["/livez", "/readyz", "/metrics"])
def test_monitoring_only_reads(client, parts, address):
    assert client.post(address).status_code == 405
