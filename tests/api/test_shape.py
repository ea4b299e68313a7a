"""What holds for the API as a whole: its description, its errors, its headers."""

from __future__ import annotations

import json
import re

import pytest

from partner_portal.api.routes import api


def test_the_description_is_openapi_3_1_and_can_be_fetched(client):
    described = client.get("/api/v1/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert set(described["paths"]) >= {
        "/api/v1/sales-report",
        "/api/v1/connection",
        "/api/v1/data-health",
        "/api/v1/connection/test",
        "/api/v1/refresh",
        "/api/v1/mapping",
        "/api/v1/mapping/preview",
        "/api/v1/export",
        "/api/v1/records/{metric}",
        "/api/v1/metrics",
        "/api/v1/teams",
        "/api/v1/teams/{name}",
        "/api/v1/tokens",
        "/api/v1/tokens/{id}",
        "/api/v1/autotask/{entity}/query",
        "/api/v1/autotask/{entity}/query/count",
        "/api/v1/autotask/{entity}/{id}",
    }


def test_every_operation_declares_its_refusals(client):
    described = json.loads(json.dumps(api.get_openapi_schema()))
    for operations in described["paths"].values():
        for operation in operations.values():
            assert {"401", "403", "404"} <= set(operation["responses"])
            assert operation["security"]


def test_there_is_no_page_that_loads_from_elsewhere(client):
    assert client.get("/api/v1/docs").status_code == 404


@pytest.mark.parametrize("address", ["/api/v1/nothing", "/api/v2/sales-report", "/api/", "/api/v1/docs"])
def test_an_unknown_address_is_a_problem_document(client, address):
    answer = client.get(address)
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_a_wrong_verb_is_refused(client, browser, member):
    assert browser(member("viewer")).delete("/api/v1/sales-report").status_code == 405


def test_a_fault_of_ours_is_a_problem_document_without_its_cause(browser, member, monkeypatch):
    def fail(*_args, **_kwargs):
        raise RuntimeError("hunter2")

    monkeypatch.setattr("partner_portal.api.connection.connection_state", fail)
    answer = browser(member("viewer"), raise_request_exception=False).get("/api/v1/connection")
    assert answer.status_code == 500
    assert answer["Content-Type"] == "application/problem+json"
    assert b"hunter2" not in answer.content


def test_every_answer_carries_the_headers_that_protect_it(client):
    answer = client.get("/livez", headers={"X-Request-ID": "0123456789abcdef"})
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-eval" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]
    assert answer["X-Request-ID"] == "0123456789abcdef"


def test_a_request_id_that_could_break_a_log_line_is_replaced(client):
    answer = client.get("/livez", headers={"X-Request-ID": "x" * 200})
    assert len(answer["X-Request-ID"]) == 32


def test_a_foreign_host_header_is_refused(client):
    assert client.get("/accounts/login/", headers={"host": "evil.example"}).status_code == 400


def test_nothing_is_answered_without_a_session_or_a_token(client, organization):
    described = api.get_openapi_schema()
    for path, operations in described["paths"].items():
        address = re.sub(r"\{[^}]+\}", "1", path)
        for method in operations:
            answer = client.generic(method.upper(), address, b"{}", content_type="application/json")
            assert answer.status_code == 401, (method, path)
            assert answer["Content-Type"] == "application/problem+json"
            assert answer["WWW-Authenticate"] == "Bearer"
