"""Cookies under https: bound to the host, out of reach of scripts and of other sites, never sent in clear."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from django.test import Client, override_settings

from partner_portal.settings import declared


@pytest.fixture
def settings_for(monkeypatch):
    """Reads Django's settings as a process with this environment would."""

    def read(**environment: str) -> dict:
        monkeypatch.setattr(declared, "current", lambda: declared.read(environment))
        return runpy.run_path(str(Path(declared.__file__).with_name("django.py")))

    return read


NAMES = (
    "SESSION_COOKIE_NAME",
    "SESSION_COOKIE_SECURE",
    "SESSION_COOKIE_HTTPONLY",
    "SESSION_COOKIE_SAMESITE",
    "CSRF_COOKIE_NAME",
    "CSRF_COOKIE_SECURE",
    "CSRF_COOKIE_SAMESITE",
)


def test_under_https_cookies_are_bound_to_the_host(settings_for, tmp_path, viewer_session):
    made = settings_for(PORTAL_PUBLIC_URL="https://portal.example.com", PORTAL_DATA_DIR=str(tmp_path))
    assert "SESSION_COOKIE_DOMAIN" not in made
    assert "SESSION_COOKIE_PATH" not in made
    with override_settings(**{name: made[name] for name in NAMES}):
        client = viewer_session()
        cookies = {name: client.cookies[name] for name in ("__Host-session", "__Host-csrf")}
    for cookie in cookies.values():
        assert cookie["secure"]
        assert cookie["path"] == "/"
        assert not cookie["domain"]
        assert cookie["samesite"] == "Lax"
    assert cookies["__Host-session"]["httponly"]
    assert set(client.cookies) == {"__Host-session", "__Host-csrf"}


@pytest.fixture
def viewer_session(member):
    person = member("viewer")

    def log_in() -> Client:
        client = Client()
        client.get("/accounts/login/", secure=True)
        client.post("/accounts/login/", {"login": person.email, "password": "a long viewer password"}, secure=True)
        client.get("/accounts/", secure=True)
        return client

    return log_in


def test_on_loopback_without_https_they_have_plain_names(settings_for, tmp_path):
    made = settings_for(PORTAL_DATA_DIR=str(tmp_path))
    assert (made["SESSION_COOKIE_NAME"], made["SESSION_COOKIE_SECURE"]) == ("portal_session", False)


def test_the_limits_of_sessions_are_settings(settings_for, tmp_path):
    made = settings_for(
        PORTAL_DATA_DIR=str(tmp_path), PORTAL_SESSION_SECONDS="28800", PORTAL_SESSION_IDLE_SECONDS="900"
    )
    assert (made["PORTAL_SESSION_SECONDS"], made["PORTAL_SESSION_IDLE_SECONDS"]) == (28800, 900)
    assert made["SESSION_COOKIE_AGE"] == 28800


def test_a_multi_tenant_issuer_stops_the_start(settings_for, tmp_path):
    with pytest.raises(declared.SettingError):
        settings_for(
            PORTAL_DATA_DIR=str(tmp_path),
            PORTAL_OIDC_ISSUER="https://login.microsoftonline.com/organizations/v2.0",
            PORTAL_OIDC_CLIENT_ID="portal",
        )
