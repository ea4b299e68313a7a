"""Logging in over HTTP: an address and a password, a closed sign-up, a trace of each attempt."""

from __future__ import annotations

import pytest
from django.conf import settings

from partner_portal.audit.models import Entry
from partner_portal.web.account_urls import CLOSED

LOGIN = "/accounts/login/"


def test_a_person_logs_in_by_address(client, member):
    person = member("viewer")
    answer = client.post(LOGIN, {"login": person.email.upper(), "password": "a long viewer password"})
    assert answer.status_code == 302
    assert answer["Location"] == "/"
    assert client.session["_auth_user_id"] == str(person.pk)
    entry = Entry.objects.get(action="session.started")
    assert (entry.actor, entry.person_id, entry.address) == (person.email, person.pk, "127.0.0.1")


def test_the_session_cookie_is_kept_from_scripts_and_ends_within_a_day(client, member):
    client.post(LOGIN, {"login": member("viewer").email, "password": "a long viewer password"})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert client.session.get_expiry_age() <= 12 * 60 * 60


def test_the_session_key_changes_at_log_in(client, member):
    client.get(LOGIN)
    session = client.session
    session["before"] = True
    session.save()
    key = session.session_key
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    client.post(LOGIN, {"login": member("viewer").email, "password": "a long viewer password"})
    assert client.session.session_key != key


def test_a_wrong_password_gets_nobody_in_and_leaves_a_trace_without_it(client, member):
    person = member("viewer")
    client.post(LOGIN, {"login": person.email, "password": "wrong password here"})
    assert "_auth_user_id" not in client.session
    entry = Entry.objects.get(action="session.refused")
    assert entry.details == {"email": person.email}
    assert (entry.actor, entry.person_id) == ("somebody", person.pk), "so that administrators see who is tried"
    assert "wrong password here" not in f"{entry.details}{entry.reason}"


def test_a_deactivated_person_does_not_get_in(client, member):
    person = member("viewer")
    person.is_active = False
    person.save()
    client.post(LOGIN, {"login": person.email, "password": "a long viewer password"})
    assert "_auth_user_id" not in client.session


def test_many_attempts_are_throttled(client, member):
    person = member("viewer")
    for _ in range(8):
        client.post(LOGIN, {"login": person.email, "password": "wrong password here"})
    client.post(LOGIN, {"login": person.email, "password": "a long viewer password"})
    assert "_auth_user_id" not in client.session


def test_logging_out_needs_a_post_and_leaves_a_trace(client, member):
    client.force_login(member("viewer"), backend=settings.AUTHENTICATION_BACKENDS[0])
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session
    assert Entry.objects.filter(action="session.ended").exists()


@pytest.mark.parametrize("address", [f"/accounts/{closed}".replace("<path:rest>", "abc/") for closed in CLOSED])
def test_what_the_portal_does_not_offer_is_not_there(client, member, address):
    client.force_login(member("viewer"), backend=settings.AUTHENTICATION_BACKENDS[0])
    assert client.get(address).status_code == 404
    assert client.post(address, {"email": "eve@acme.example"}).status_code == 404
