"""The security headers of every kind of answer: all addresses of the URL configuration, however it ends."""

from __future__ import annotations

from collections.abc import Iterator
from http.cookies import SimpleCookie

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import URLResolver, get_resolver
from django.utils.regex_helper import normalize

from partner_portal.bootstrap.headers import FIXED

MADE_UP = "1"
FEWEST_ADDRESSES = 40
HSTS = "max-age=31536000; includeSubDomains"


def addresses(resolver: URLResolver | None = None, before: str = "/") -> Iterator[str]:
    """One address for every pattern of the URL configuration, with made-up values where it has parameters."""
    for pattern in (resolver or get_resolver()).url_patterns:
        form, names = normalize(pattern.pattern.regex.pattern)[0]
        here = before + (form % {**dict.fromkeys(names, MADE_UP), "slug": "acme"})
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, here)
        else:
            yield here


ADDRESSES = sorted(set(addresses()))


def check(answer) -> None:
    for name, value in FIXED.items():
        assert answer[name] == value, name
    policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'self'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    assert answer["Cache-Control"]
    assert answer["X-Request-ID"]
    for leak in ("Server", "X-Powered-By", "Access-Control-Allow-Origin"):
        assert leak not in answer
    if answer.get("Content-Type"):
        assert "charset=" in answer["Content-Type"] or not answer["Content-Type"].startswith("text/")
    read_to_its_end(answer)


def read_to_its_end(answer) -> None:
    """Let the file of a streamed answer be closed: `close` itself hangs up the database in the test's transaction."""
    if answer.streaming:
        assert answer.getvalue()


def test_the_addresses_are_all_there() -> None:
    assert len(ADDRESSES) >= FEWEST_ADDRESSES
    assert {"/", "/livez", "/metrics", "/api/v1/sales-report", "/accounts/login/"} <= set(ADDRESSES)
    assert [address for address in ADDRESSES if "%" in address or "<" in address] == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_address_answers_with_the_headers(client, parts, address):
    for method in ("get", "options", "post"):
        check(getattr(client, method)(address))


def test_every_address_answers_a_member_with_the_headers(parts, store, member):
    client = Client(raise_request_exception=False)
    person = member("administrator")
    for address in ADDRESSES:
        client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
        answer = client.get(address)
        check(answer)
        assert answer.status_code != 500, address


def test_answers_that_no_view_made_have_them_too(client, parts, tmp_path):
    check(client.get("/nowhere/at/all"))
    check(client.get("/static/portal/favicon.svg"))
    check(client.get("/static/nothing.css"))
    check(client.get("/", headers={"host": "elsewhere.example"}))
    check(Client(enforce_csrf_checks=True).post("/accounts/login/"))
    check(client.generic("BREW", "/"))
    check(client.post("/api/v1/refresh", b"{" * 2_000_000, content_type="application/json"))


def test_a_fault_has_them_too_and_tells_nothing(parts, monkeypatch):
    def fail(*_args, **_kwargs):
        raise RuntimeError("a message with a secret in it")

    monkeypatch.setattr("partner_portal.api.health.exposition", fail)
    answer = Client(raise_request_exception=False).get("/metrics")
    assert answer.status_code == 500
    check(answer)
    assert b"secret in it" not in answer.content
    assert b"RuntimeError" not in answer.content


@pytest.mark.parametrize("form", ["csv", "xlsx", "pdf"])
def test_a_download_is_an_attachment_with_the_headers(parts, store, member, form):
    client = Client()
    client.force_login(member("manager"), backend=settings.AUTHENTICATION_BACKENDS[0])
    answer = client.get(f"/api/v1/export?format={form}")
    assert answer.status_code == 200
    check(answer)
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("address", ["/", "/livez", "/nowhere", "/api/v1/sales-report", "/static/portal/favicon.svg"])
def test_under_https_browsers_are_told_to_insist_on_it_whatever_the_proxy_says(client, parts, address):
    answer = client.get(address)
    read_to_its_end(answer)
    assert "Strict-Transport-Security" not in answer
    with override_settings(SECURE_HSTS_SECONDS=31_536_000):
        for secure in (False, True):
            answer = Client().get(address, secure=secure)
            read_to_its_end(answer)
            assert answer["Strict-Transport-Security"] == HSTS


def test_what_is_private_is_not_kept_by_browsers(parts, store, member):
    client = Client()
    client.force_login(member("manager"), backend=settings.AUTHENTICATION_BACKENDS[0])
    for address in ("/definitions/", "/settings/connection/", "/accounts/password/change/", "/api/v1/connection"):
        answer = client.get(address, follow=True)
        assert "no-store" in answer["Cache-Control"] or "no-cache" in answer["Cache-Control"], address
        assert "public" not in answer["Cache-Control"]


def test_cookies_are_the_hosts_own_and_closed_to_scripts(client, parts, member):
    client.get("/accounts/login/")
    member("viewer")
    client.post("/accounts/login/", {"login": "viewer@acme.example", "password": "a long viewer password"})
    cookies: SimpleCookie = client.cookies
    assert set(cookies) == {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
    for cookie in cookies.values():
        assert cookie["path"] == "/"
        assert cookie["domain"] == ""
        assert cookie["samesite"] == "Lax"
    assert cookies[settings.SESSION_COOKIE_NAME]["httponly"]


def test_a_view_that_says_more_is_left_alone(rf):
    from django.http import HttpResponse

    from partner_portal.bootstrap.headers import add_security_headers

    answer = HttpResponse(headers={"Cache-Control": "private, no-cache", "Referrer-Policy": "no-referrer"})
    add_security_headers(answer)
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["Referrer-Policy"] == "no-referrer"
