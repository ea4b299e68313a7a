"""What is logged around a request: ids, no addresses of people, no secrets of links; and along the way to the job."""

from __future__ import annotations

import io
import json
import logging

import pytest
import structlog
from django.conf import settings
from django.test import Client
from django.urls import reverse

from partner_portal.settings.logs import line_formatter


@pytest.fixture
def lines():
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(line_formatter("json"))
    logger = logging.getLogger("partner_portal")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in handler.stream.getvalue().splitlines()]
    logger.removeHandler(handler)
    logger.setLevel(level)


def logged_in(person) -> Client:
    client = Client()
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


@pytest.mark.parametrize("path", ["/definitions/", "/api/v1/connection"])
def test_the_line_of_a_request_tells_who_and_where_by_ids(parts, organization, member, lines, path):
    person = member("viewer")
    query = {} if "api" in path else {"password": "not-to-be-logged"}
    answer = logged_in(person).get(path, query, headers={"X-Request-ID": "abcdef-0123"})
    [line] = [line for line in lines() if line["event"] == "request"]
    assert line["request_id"] == answer["X-Request-ID"] == "abcdef-0123"
    assert (line["method"], line["path"], line["status"]) == ("GET", path, answer.status_code)
    assert (line["person"], line["organization"]) == (person.pk, "acme")
    assert line["timestamp"].endswith("Z")
    assert "viewer@acme.example" not in json.dumps(lines())
    assert "not-to-be-logged" not in json.dumps(lines())


def test_what_one_request_bound_is_not_on_the_line_of_the_next(client, parts, organization, member, lines):
    logged_in(member("viewer")).get("/definitions/")
    client.get("/accounts/login/")
    first, second = [line for line in lines() if line["event"] == "request"]
    assert "person" in first
    assert not {"person", "organization"} & second.keys()
    assert first["request_id"] != second["request_id"]


def test_the_key_of_a_mailed_link_is_not_in_the_log(client, parts, lines):
    client.get(reverse("account_reset_password_from_key", kwargs={"uidb36": "1", "key": "a-key-that-was-mailed"}))
    [line] = [line for line in lines() if line["event"] == "request"]
    assert "a-key-that-was-mailed" not in json.dumps(lines())
    assert line["path"].startswith("/accounts/password/reset/key/1-")


def test_monitoring_does_not_fill_the_log(client, parts, lines):
    for path in ("/livez", "/readyz", "/metrics"):
        client.get(path)
    assert [line for line in lines() if line["event"] == "request"] == []


def test_a_job_hands_on_the_id_of_the_request_that_asked_for_it(monkeypatch):
    from partner_portal.bootstrap.jobs import DurableJobs

    asked = []

    class Queue:
        def enqueue(self, *words):
            asked.append(words)

    jobs = DurableJobs()
    monkeypatch.setattr(jobs, "_opened", Queue)
    with structlog.contextvars.bound_contextvars(request_id="abcdef-0123"):
        jobs.enqueue_sync("acme")
    jobs.enqueue_sync("acme", full=True)
    assert [words[1:] for words in asked] == [("acme", False, "abcdef-0123"), ("acme", True, "")]


def test_the_thread_of_a_sync_logs_under_the_same_id(parts, organization, monkeypatch):
    from partner_portal.usecases import sync_organization
    from partner_portal.usecases.progress import ProgressBoard
    from partner_portal.usecases.sync_runs import begin

    async def told():
        return dict(structlog.contextvars.get_contextvars())

    run = begin(organization, parts.clock.now(), is_full=False)
    with structlog.contextvars.bound_contextvars(request_id="abcdef-0123"):
        assert sync_organization._follow(parts, run, ProgressBoard(None), told)["request_id"] == "abcdef-0123"
