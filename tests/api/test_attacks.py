"""Requests that nobody honest sends: each is refused with a problem document, and none reaches Autotask."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from partner_portal.accounts.models import AccessToken, Membership
from partner_portal.accounts.tokens import Scope, make_token
from partner_portal.api.description import PortalApi
from partner_portal.api.entrance import SESSION_ONLY, open_to
from partner_portal.api.reading import DEEPEST
from partner_portal.api.routes import api
from partner_portal.organizations.models import Connection

JSON = "application/json"
QUERY, TEAM = "/api/v1/autotask/Companies/query", "/api/v1/teams/East"
ONE_MEGABYTE = 1024 * 1024


@pytest.fixture
def administrator(browser, member):
    return browser(member("administrator"), raise_request_exception=False)


@pytest.fixture
def key(member, parts):
    now = parts.clock.now()
    membership = Membership.objects.get(person=member("manager"))
    return make_token(membership, "program", frozenset(Scope), now, now + timedelta(days=1)).key


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


def check(answer, *statuses: int) -> str:
    """`answer` is a problem document of one of `statuses`; its detail."""
    assert answer.status_code in statuses, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Cache-Control"] == "no-store"
    told = answer.json()
    assert set(told) == {"type", "title", "status", "detail"}
    assert told["status"] == answer.status_code
    assert "\n" not in told["detail"]
    return told["detail"]


# bodies


def nested(depth: int) -> str:
    return '{"filter":' + "[" * depth + "]" * depth + "}"


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("{", "complete JSON"),
        ("", "complete JSON"),
        ('{"filter": [],}', "complete JSON"),
        ('{"filter": []} x', "complete JSON"),
        ('{"filter": [], "filter": [1]}', "twice"),
        ('{"filter": [{"op": "eq", "op": "gt"}]}', "twice"),
        ('{"filter": NaN}', "NaN"),
        ('{"filter": -Infinity}', "NaN"),
        ('{"filter": 1e999}', "too large"),
        ('{"filter": ' + "9" * 5000 + "}", "complete JSON"),
        ('{"filter": "\\u0000"}', "NUL"),
        ('{"\\ud800": 1}', "surrogate"),
        (nested(DEEPEST + 1), "nested"),
        (nested(100_000), "nested"),
        ('{"a":' * 50_000 + "1" + "}" * 50_000, "nested"),
        (b"\xff\xfe{\x00}\x00", "UTF-8"),
        (b'{"filter": "\xff"}', "UTF-8"),
        (b"\xef\xbb\xbf{}", "complete JSON"),
    ],
)
def test_json_that_readers_differ_about_is_not_read(administrator, body, word):
    if body == "":
        check(administrator.post(QUERY, body, content_type=JSON), 422)
        return
    assert word in check(administrator.post(QUERY, body, content_type=JSON), 400)


@pytest.mark.parametrize("body", ["[]", "null", "1", '"filter"', "[[]]"])
def test_a_body_is_an_object(administrator, body):
    assert "object" in check(administrator.post(QUERY, body, content_type=JSON), 422)


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/xml",
        "application/json-patch+json",
        "application/json; charset=utf-16",
        "",
        "\x00",
        "*/*",
    ],
)
def test_only_json_is_read(administrator, content_type):
    check(administrator.generic("POST", QUERY, b'{"filter": []}', content_type=content_type), 415)


@pytest.mark.parametrize(
    "content_type", ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=x"]
)
def test_a_form_that_is_none_is_refused(administrator, content_type):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.cookies.update(administrator.cookies)
    client.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    check(client.generic("PUT", TEAM, b"--x\r\n\r\n", content_type=content_type), 400, 403)
    check(client.generic("POST", QUERY, b"--x\r\n\r\n", content_type=content_type), 400, 403)


def test_a_body_beyond_a_megabyte_is_refused_before_it_is_read(administrator, key):
    body = json.dumps({"filter": [], "x": "y" * ONE_MEGABYTE})
    assert "1 MiB" in check(administrator.post(QUERY, body, content_type=JSON), 413)
    assert "1 MiB" in check(Client().post(QUERY, body, content_type=JSON, headers=bearer(key)), 413)
    told = Client().post(QUERY, "{}", content_type=JSON, headers={"content-length": str(10**15)})
    check(told, 413, 401)


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**300, 1.5, 1e300])
def test_numbers_beyond_reason_are_refused(administrator, number):
    body = json.dumps({"filter": [{"op": "eq", "field": "id", "value": number}]})
    check(administrator.post(QUERY, body, content_type=JSON), 422)
    check(administrator.put(TEAM, json.dumps({"members": [number]}), content_type=JSON), 422)


# addresses


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/autotask/../connection",
        "/api/v1/autotask/..%2fconnection/query",
        "/api/v1/autotask/Companies%2f..%2fInvoices/query",
        "/api/v1/autotask/Companies%2F1/query",
        "/api/v1/autotask//query",
        "/api/v1//autotask/Companies/query",
        "/api/v1/autotask/Companies/query/",
        "/api/v1/autotask/Companies/query/next",
        "/api/v1/autotask/Companies",
        "/api/v1/autotask/Companies/1/Notes",
        "/api/v1/autotask/Companies/entityInformation",
        "/api/v1/autotask/ThresholdInformation/query",
        "/api/v1/autotask/https:%2f%2fevil.example%2f/query",
        "/api/v1/autotask/Companies%3fx=/query",
        "/api/v1/autotask/Companies%23/query",
        "/api/v1/autotask/Companies;x=1/query",
        "/api/v1/autotask/%2e%2e/query",
        "/api/v1/autotask/%c0%ae%c0%ae/query",
        "/api/v1/autotask/Invoices/query",
        "/api/v1\\autotask\\Companies\\query",
    ],
)
def test_tricks_with_the_path_lead_nowhere(administrator, address):
    check(administrator.post(address, '{"filter": []}', content_type=JSON), 404, 405)  # 409 would be the proxy's


@pytest.mark.parametrize(
    "address", ["/api/v1/teams/a%00b", "/api/v1/teams/a%0d%0aSet-Cookie:x=1", "/api/v1/records/%07"]
)
def test_control_characters_in_an_address_are_refused(administrator, address):
    for method in ("get", "put", "delete"):
        answer = getattr(administrator, method)(address)
        check(answer, 400)
        assert "x" not in answer.cookies


@pytest.mark.parametrize("query", ["organization=%00", "organization=a%0d%0aX-Evil:1", "%00=1", "period=%1b[31m"])
def test_control_characters_in_a_parameter_are_refused(administrator, query):
    answer = administrator.get(f"/api/v1/sales-report?{query}")
    check(answer, 400)
    assert "X-Evil" not in answer


@pytest.mark.parametrize("number", ["-1", "1.0", "1e3", "0x1", "9" * 19, "9" * 5000, "%31%00", "١"])
def test_an_id_is_a_number_that_autotask_could_have(administrator, number):
    check(administrator.get(f"/api/v1/autotask/Companies/{number}"), 400, 404, 405, 409, 422)
    if number == "9" * 19:
        check(administrator.get(f"/api/v1/autotask/Companies/{number}"), 422)


def test_a_slip_in_a_parameters_name_does_not_widen_the_answer(administrator):
    assert "'ower'" in check(administrator.get("/api/v1/sales-report?ower=8"), 422)
    assert "twice" in check(administrator.get("/api/v1/sales-report?owner=8&owner=9"), 422)


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "testserver@evil.example", "testserver:port", ""]
)
def test_another_host_than_ours_is_not_answered(administrator, host):
    answer = administrator.get("/api/v1/connection", headers={"host": host})
    check(answer, 400)
    assert b"evil.example" not in answer.content


def test_a_forwarded_host_is_not_believed(administrator):
    answer = administrator.get("/api/v1/connection", headers={"x-forwarded-host": "evil.example"})
    assert answer.status_code == 200
    assert b"evil.example" not in answer.content


# methods


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "HEAD", "CONNECT", "QUERY", "query"])
@pytest.mark.parametrize("address", [QUERY, f"{QUERY}/count", "/api/v1/autotask/Companies/1"])
def test_the_proxy_has_no_verb_that_writes(administrator, method, address):
    answer = administrator.generic(method, address, b'{"filter": []}', content_type=JSON)
    assert answer.status_code == 405
    assert set(answer["Allow"].split(", ")) <= {"GET", "POST"}
    if method != "HEAD":
        check(answer, 405)


def test_a_get_does_not_query_and_a_post_does_not_get(administrator):
    check(administrator.get(QUERY), 405)
    check(administrator.post("/api/v1/autotask/Companies/1", "{}", content_type=JSON), 405)


# sessions and tokens


@pytest.mark.parametrize("address", [QUERY, "/api/v1/refresh"])
def test_a_session_needs_its_csrf_token_and_an_access_token_does_not(browser, member, key, address, organization):
    strict = browser(member("administrator"), enforce_csrf_checks=True)
    assert "CSRF" in check(strict.post(address, '{"filter": []}', content_type=JSON), 403)
    program = Client(enforce_csrf_checks=True)
    detail = check(program.post(address, '{"filter": []}', content_type=JSON, headers=bearer(key)), 409)
    assert "not connected" in detail


def test_a_token_beside_a_session_does_not_lend_the_sessions_rights(administrator, parts, organization, member):
    now = parts.clock.now()
    membership = Membership.objects.get(person=member("viewer"))
    weak = make_token(membership, "weak", frozenset({Scope.PROXY}), now, now + timedelta(days=1)).key
    check(administrator.post(QUERY, '{"filter": []}', content_type=JSON, headers=bearer(weak)), 403)
    check(administrator.get("/api/v1/people", headers=bearer(weak)), 403)
    check(administrator.get("/api/v1/connection", headers=bearer("portal_nonsense")), 401)


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "bearer x",
        "Bearer {key}x",
        "Bearer {key} {key}",
        "Bearer\t{key}",
        "Basic {key}",
        "{key}",
        "Token {key}",
    ],
)
def test_what_is_not_quite_a_token_is_nobody(key, header):
    answer = Client().get("/api/v1/connection", headers={"authorization": header.format(key=key)})
    check(answer, 401)
    assert key.encode() not in answer.content


def test_a_token_is_good_for_its_own_organization_only(key, parts, member):
    """Its person belongs to two; the token to one."""
    from partner_portal.usecases.add_person import add_person
    from partner_portal.usecases.organizations import add_organization

    other = add_organization(parts, slug="other", name="Other")
    add_person(parts, organization=other, email="manager@acme.example", role="administrator")
    assert Client().get("/api/v1/connection", headers=bearer(key)).status_code == 200
    check(Client().get("/api/v1/connection?organization=other", headers=bearer(key)), 404)


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [
        (Scope.REPORT, {"sales-report", "connection", "metrics", "export"}),
        (Scope.RECORDS, {"records/calls"}),
        (Scope.PROXY, {"autotask/Companies/1"}),
        (Scope.REFRESH, {"refresh"}),
    ],
)
def test_a_scope_opens_its_own_operations(parts, store, member, scope, allowed):
    now = parts.clock.now()
    membership = Membership.objects.get(person=member("manager"))
    key = make_token(membership, scope.value, frozenset({scope}), now, now + timedelta(days=1)).key
    for path in ("sales-report", "connection", "metrics", "export?format=csv", "records/calls", "autotask/Companies/1"):
        answer = Client().get(f"/api/v1/{path}", headers=bearer(key))
        assert (answer.status_code != 403) == (path.partition("?")[0] in allowed), path
    answer = Client().post("/api/v1/refresh", headers=bearer(key))
    assert (answer.status_code != 403) == ("refresh" in allowed)


SCOPES = {
    "/autotask/{entity}/query": {"POST": Scope.PROXY},
    "/autotask/{entity}/query/count": {"POST": Scope.PROXY},
    "/autotask/{entity}/{int:id}": {"GET": Scope.PROXY},
    "/connection": {"GET": Scope.REPORT},
    "/export": {"GET": Scope.REPORT},
    "/data-health": {"GET": Scope.REPORT},
    "/metrics": {"GET": Scope.REPORT},
    "/records/{metric}": {"GET": Scope.RECORDS},
    "/refresh": {"POST": Scope.REFRESH},
    "/sales-report": {"GET": Scope.REPORT},
}
"""Every operation that is open to tokens. What is not here must refuse them."""


def test_every_operation_has_one_of_the_two_entrances_and_only_the_listed_ones_are_open_to_tokens():
    found: dict[str, dict[str, Scope]] = {}
    for path, method, operation in api.operations():
        token, session = operation.auth_callbacks
        assert (type(token), type(session)) == (type(SESSION_ONLY[0]), type(SESSION_ONLY[1])), path
        if token.scope is not None:
            found.setdefault(path, {})[method] = token.scope
    assert found == SCOPES


def test_a_token_is_refused_wherever_no_scope_is_named(key):
    client = Client()
    refused = 0
    for path, method, operation in api.operations():
        if operation.auth_callbacks[0].scope is None:
            address = "/api/v1" + path.replace("{int:id}", "1").replace("{path:name}", "East")
            answer = client.generic(method, address, b"{}", content_type=JSON, headers=bearer(key))
            assert "access token" in check(answer, 403).casefold(), path
            refused += 1
    assert refused > 5


def test_an_operation_that_names_no_scope_is_closed_to_tokens_from_the_start():
    made = PortalApi(urls_namespace="made", auth=SESSION_ONLY)

    @made.get("/new")
    def new(request):
        """Somebody forgot the scope."""

    [bound] = [view for router in made._get_bound_routers() for view in router.path_operations.values()]
    assert bound.operations[0].auth_callbacks[0].scope is None
    assert open_to(Scope.REPORT)[0].scope is Scope.REPORT


def test_the_use_of_a_token_makes_no_session(key):
    client = Client()
    answer = client.get("/api/v1/connection", headers=bearer(key))
    assert answer.status_code == 200
    assert not answer.cookies
    assert AccessToken.objects.get().last_used_at is not None
    assert client.get("/api/v1/connection").status_code == 401


def test_answers_are_kept_by_nobody_between(administrator, store):
    for path in ("connection", "sales-report", "teams", "records/calls", "mapping"):
        answer = administrator.get(f"/api/v1/{path}")
        assert answer["Cache-Control"] == "private, no-cache", path
        assert {"Cookie", "Authorization"} <= set(answer["Vary"].split(", ")), path
        again = administrator.get(f"/api/v1/{path}", headers={"if-none-match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b""), path
    assert administrator.get("/api/v1/export?format=csv")["Cache-Control"] == "private, no-store"


def test_a_next_page_is_at_our_own_address_whatever_the_request_calls_it(
    administrator, organization, parts, monkeypatch
):
    from partner_portal.usecases.proxy import Given, Proxy

    Connection.objects.all().delete()
    given = Given(b"[]", 0, 5, timedelta(seconds=7), "abc:def")
    monkeypatch.setattr(Proxy, "query", lambda *_: given)
    answer = administrator.post(f"{QUERY}?organization=acme", '{"filter": []}', content_type=JSON)
    assert answer.json() == {
        "items": [],
        "pageDetails": {
            "count": 0,
            "requestCount": 5,
            "prevPageUrl": None,
            "nextPageUrl": f"{settings.PORTAL_PUBLIC_URL}{QUERY}?cursor=abc%3Adef&organization=acme",
        },
    }
    assert (answer["Age"], answer["Cache-Control"]) == ("7", "no-store")


@pytest.mark.parametrize(
    ("header", "seconds", "may_keep"),
    [
        ("", 300, True),
        ("no-cache", 0, True),
        ("No-Store", 0, False),
        ("max-age=0", 0, True),
        ("max-age=20, private", 20, True),
        ("max-age=99999", 300, True),
        ("max-age=-1", 300, True),
        ("max-age=" + "9" * 50, 300, True),
        ("nonsense", 300, True),
    ],
)
def test_the_callers_cache_control_is_understood(header, seconds, may_keep):
    from partner_portal.api.proxy import wish_of
    from partner_portal.usecases.proxy import Wish

    assert wish_of({"Cache-Control": header}) == Wish(timedelta(seconds=seconds), may_keep)
