"""What a worker answers to monitoring."""

from __future__ import annotations

import urllib.request
from http import HTTPStatus

import pytest

from partner_portal.bootstrap.jobs import at_work
from partner_portal.workers.monitoring import answer, monitored

HERE = "127.0.0.1"


@pytest.fixture
def jobs_at_work():
    at_work.set()
    yield
    at_work.clear()


def test_a_worker_is_ready_while_its_jobs_run(parts, jobs_at_work):
    status, kind, body = answer("/readyz", HERE)
    assert (status, kind) == (HTTPStatus.OK, "application/json")
    assert body == b'{"database": "ok", "warehouse": "ok", "jobs": "ok", "cluster": "ok"}'
    at_work.clear()
    assert answer("/readyz", HERE)[0] == HTTPStatus.SERVICE_UNAVAILABLE


def test_its_measures_are_for_the_addresses_that_may_read_them(parts):
    status, _, body = answer("/metrics", HERE)
    assert status == HTTPStatus.OK
    assert b"portal_syncs_total" in body
    assert answer("/metrics", "192.0.2.1")[0] == HTTPStatus.NOT_FOUND


def test_it_has_no_pages(parts):
    assert answer("/", HERE)[0] == HTTPStatus.NOT_FOUND
    assert answer("/accounts/login/", HERE)[0] == HTTPStatus.NOT_FOUND


def test_it_answers_over_http_and_tells_nothing_of_itself():
    with monitored(HERE, 0) as port, urllib.request.urlopen(f"http://{HERE}:{port}/livez?x=1", timeout=10) as got:
        assert got.read() == b"ok\n"
        assert got.headers["Server"] == "portal"
