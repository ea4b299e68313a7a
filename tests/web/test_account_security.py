"""What anybody may try at the log-in, the reset and the account pages: forged forms, hosts, addresses, guesses."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.second_factors import App, first_step
from partner_portal.accounts.models import Person
from partner_portal.audit.models import Entry
from partner_portal.web.account_urls import CLOSED
from proofs import prove
from web.conftest import browser, page
from web.test_every_page import check

LOGIN = "/accounts/login/"
RESET = "/accounts/password/reset/"
OFFERED = {
    "",
    "inactive/",
    "login/",
    "logout/",
    "oidc/confirm/",
    "oidc/<str:provider_id>/login/",
    "oidc/<str:provider_id>/login/callback/",
    "password/change/",
    "password/reset/",
    "password/reset/done/",
    "password/reset/key/<uidb36>-<key>/",
    "password/reset/key/done/",
    "reauthenticate/",
    "sessions/",
    "2fa/",
    "2fa/authenticate/",
    "2fa/reauthenticate/",
    "2fa/recovery-codes/",
    "2fa/recovery-codes/generate/",
    "2fa/totp/activate/",
    "2fa/totp/deactivate/",
    "2fa/webauthn/",
    "2fa/webauthn/add/",
    "2fa/webauthn/keys/<int:pk>/edit/",
    "2fa/webauthn/keys/<int:pk>/remove/",
    "2fa/webauthn/login/",
    "2fa/webauthn/reauthenticate/",
    "3rdparty/login/cancelled/",
}
POSTED = (
    "/accounts/",
    LOGIN,
    "/accounts/logout/",
    "/accounts/password/change/",
    RESET,
    "/accounts/reauthenticate/",
    "/accounts/sessions/",
    "/accounts/2fa/authenticate/",
    "/accounts/2fa/reauthenticate/",
    "/accounts/2fa/recovery-codes/generate/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/totp/deactivate/",
    "/accounts/2fa/webauthn/add/",
    "/accounts/2fa/webauthn/login/",
    "/accounts/2fa/webauthn/reauthenticate/",
)
ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "http:evil.example",
    "https:/evil.example",
)


def below(patterns, way: str = "") -> set[str]:
    """The addresses of `patterns`, as they are written."""
    found = set()
    for pattern in patterns:
        here = way + re.sub(r"^\^|\$$", "", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            found |= below(pattern.url_patterns, here)
        elif isinstance(pattern, URLPattern):
            found.add(re.sub(r"\(\?P(<\w+>)[^)]*\)", r"\1", here))
    return found


def test_below_accounts_there_is_what_is_offered_and_nothing_else():
    [accounts] = [found for found in get_resolver().url_patterns if str(found.pattern) == "accounts/"]
    shadowed = {"oidc/<provider_id>/login/", "oidc/<provider_id>/login/callback/", "confirm-email/<key>/"}
    assert below(accounts.url_patterns) - shadowed == OFFERED | set(CLOSED)


@pytest.mark.parametrize("path", POSTED)
def test_a_form_without_its_token_is_refused(viewer, path):
    client = Client(enforce_csrf_checks=True)
    client.force_login(viewer)
    prove(client, viewer)
    answer = client.post(path, {"login": viewer.email, "password": "a long viewer password", "name": "Eve"})
    assert answer.status_code == 403
    viewer.refresh_from_db()
    assert viewer.name != "Eve"


@pytest.mark.parametrize("path", POSTED)
def test_a_form_of_another_origin_is_refused_though_it_has_a_token(viewer, path):
    client = Client(enforce_csrf_checks=True)
    client.force_login(viewer)
    prove(client, viewer)
    client.get("/accounts/")
    token = client.cookies["portal_csrf"].value
    headers = {"Origin": "https://evil.example"}
    assert client.post(path, {"csrfmiddlewaretoken": token}, headers=headers).status_code == 403


@pytest.mark.parametrize("path", ["/refresh/", "/settings/connection/", "/api/v1/refresh"])
def test_the_portal_s_other_forms_need_their_token_too(administrator, path):
    client = Client(enforce_csrf_checks=True)
    client.force_login(administrator)
    assert client.post(path, {"act": "test_saved"}).status_code == 403


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_the_log_in_leads_nowhere_else(viewer, wanted):
    client = Client()
    answer = client.post(LOGIN, {"login": viewer.email, "password": "a long viewer password", "next": wanted})
    assert answer["Location"] == "/"
    assert browser(viewer).get(LOGIN, {"next": wanted})["Location"] == "/"


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_confirming_and_logging_out_lead_nowhere_else(viewer, wanted):
    client = browser(viewer)
    sent = {"password": "a long viewer password", "next": wanted}
    assert client.post("/accounts/reauthenticate/", sent)["Location"] == "/"
    assert client.post("/accounts/logout/", {"next": wanted})["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "evil.example:80"])
def test_a_host_that_is_not_the_portal_s_is_refused(viewer, host):
    with override_settings(ALLOWED_HOSTS=["portal.example.com", "127.0.0.1", "localhost"]):
        for path in (LOGIN, RESET):
            assert Client().get(path, headers={"Host": host}).status_code == 400
            assert Client().post(path, {"email": viewer.email}, headers={"Host": host}).status_code == 400
    assert not mail.outbox


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "localhost:9999"},
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-Proto": "https", "Forwarded": "host=evil.example"},
        {"Referer": "https://evil.example/"},
    ],
)
def test_the_mailed_link_leads_to_the_portal_whatever_the_request_called_it(viewer, headers):
    with override_settings(PORTAL_PUBLIC_URL="https://portal.example.com", PORTAL_SENDS_MAIL=True):
        Client().post(RESET, {"email": viewer.email}, headers=headers)
    [sent] = mail.outbox
    links = re.findall(r"https?://\S+", sent.body)
    assert [link.startswith("https://portal.example.com/accounts/password/reset/key/") for link in links] == [True]
    assert not re.search(r"evil|localhost|9999", f"{sent.subject}{sent.body}")


def mailed_link(person) -> str:
    Client().post(RESET, {"email": person.email})
    return re.search(r"(/accounts/password/reset/key/\S+)", mail.outbox[-1].body)[1]


def set_by_link(link: str, password: str) -> Client:
    client = Client()
    form = client.get(link)["Location"]  # the key moves into the session, out of the address
    client.post(form, {"password1": password, "password2": password})
    return client


def test_the_mailed_link_sets_a_password_once_and_ends_all_sessions(viewer):
    signed_in, link = browser(viewer), mailed_link(viewer)
    new = "kettle moss ninety drum"
    client = set_by_link(link, new)
    viewer.refresh_from_db()
    assert viewer.check_password(new)
    assert "_auth_user_id" not in client.session
    assert signed_in.get("/accounts/").status_code == 302
    assert "void" in Client().get(link).content.decode()
    assert Entry.objects.get(action="password.changed").details == {"by_mail": True}
    assert Entry.objects.get(action="password.reset_asked").details == {"email": viewer.email}


def test_the_mailed_link_holds_the_new_password_to_the_rules(viewer):
    set_by_link(mailed_link(viewer), "passwordpassword")
    viewer.refresh_from_db()
    assert viewer.check_password("a long viewer password")


def test_the_key_of_the_link_is_not_in_the_address_that_the_browser_stays_at(viewer):
    link = mailed_link(viewer)
    answer = Client().get(link)
    assert answer.status_code == 302
    assert link.rsplit("-", 1)[1].strip("/") not in answer["Location"]


def test_nobody_learns_from_a_reset_who_has_an_account(viewer):
    known, unknown = (Client().post(RESET, {"email": email}) for email in (viewer.email, "nobody@acme.example"))
    assert (known.status_code, known["Location"], known.content) == (
        unknown.status_code,
        unknown["Location"],
        unknown.content,
    )
    assert [sent.to for sent in mail.outbox] == [[viewer.email]]


def without_token(content: bytes, email: str) -> str:
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", content.decode())
    return text.replace(email, "")


def test_nobody_learns_from_a_log_in_who_has_an_account(viewer, member):
    unusable, inactive = member("manager"), member("representative")
    unusable.set_unusable_password()
    unusable.save()
    Person.objects.filter(pk=inactive.pk).update(is_active=False)
    shown = set()
    for email in (viewer.email, unusable.email, inactive.email, "nobody@acme.example"):
        answer = Client().post(LOGIN, {"login": email, "password": "some wrong password"})
        shown.add((answer.status_code, without_token(answer.content, email)))
    assert len(shown) == 1


def test_guesses_at_one_account_stop_whoever_makes_them(viewer):
    for number in range(5):
        Client(REMOTE_ADDR=f"192.0.2.{number}").post(LOGIN, {"login": viewer.email, "password": "wrong one here"})
    client = Client(REMOTE_ADDR="192.0.2.99")
    client.post(LOGIN, {"login": viewer.email.upper(), "password": "a long viewer password"})
    assert "_auth_user_id" not in client.session


def test_guesses_from_one_address_stop_whoever_they_are_at(viewer):
    for number in range(10):
        Client().post(LOGIN, {"login": f"somebody{number}@acme.example", "password": "wrong one here"})
    client = Client()
    client.post(LOGIN, {"login": viewer.email, "password": "a long viewer password"})
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("claimed", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP"])
def test_an_address_that_the_client_claims_helps_no_guesser(viewer, claimed):
    for number in range(10):
        headers = {claimed: f"192.0.2.{number}"}
        Client(headers=headers).post(LOGIN, {"login": f"somebody{number}@acme.example", "password": "wrong"})
    client = Client(headers={claimed: "192.0.2.99"})
    client.post(LOGIN, {"login": viewer.email, "password": "a long viewer password"})
    assert "_auth_user_id" not in client.session


def test_the_throttle_tells_nobody_who_has_an_account(viewer):
    shown = set()
    for email in (viewer.email, "nobody@acme.example"):
        with override_settings(ACCOUNT_RATE_LIMITS={"login_failed": "5/5m/key"}):
            for _ in range(5):
                Client().post(LOGIN, {"login": email, "password": "wrong one here"})
            shown.add(without_token(Client().post(LOGIN, {"login": email, "password": "wrong"}).content, email))
    assert len(shown) == 1


def test_resets_are_mailed_to_one_address_five_times_an_hour(viewer):
    answers = [Client().post(RESET, {"email": viewer.email}).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]
    assert len(mail.outbox) == 5


def test_what_was_tried_is_remembered_over_a_restart(viewer):
    """The memory of the throttle is in the database, where all processes find it."""
    from django.db import connection

    Client().post(LOGIN, {"login": viewer.email, "password": "wrong one here"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cache_entries WHERE cache_key LIKE '%login_failed%'")
        assert cursor.fetchone()[0] >= 2


ACCOUNT_PAGES = (
    "/accounts/",
    "/accounts/sessions/",
    "/accounts/password/change/",
    "/accounts/reauthenticate/",
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/",
    "/accounts/2fa/webauthn/add/",
)


@pytest.mark.parametrize("path", ACCOUNT_PAGES)
def test_an_account_page_is_well_made(viewer, path):
    client = browser(viewer)
    prove(client, viewer)
    client.get("/accounts/2fa/")
    check(page(client, path, user_agent="A browser"))


@pytest.mark.parametrize("path", ACCOUNT_PAGES)
def test_an_account_page_is_for_those_who_are_logged_in(db, path):
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith(("/accounts/login/", "/accounts/reauthenticate/"))


@pytest.mark.parametrize(
    "path", [RESET, f"{RESET}done/", f"{RESET}key/done/", f"{RESET}key/1-void/", "/accounts/inactive/"]
)
def test_an_entrance_page_is_well_made(db, path):
    with override_settings(PORTAL_SENDS_MAIL=True):
        check(page(Client(), path))


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/2fa/",
        "/accounts/2fa/reauthenticate/",
        "/accounts/2fa/recovery-codes/",
        "/accounts/2fa/recovery-codes/generate/",
        "/accounts/2fa/totp/deactivate/",
    ],
)
def test_a_page_of_somebody_with_a_second_factor_is_well_made(viewer, path):
    App(viewer)
    client = browser(viewer)
    prove(client, viewer)
    check(page(client, path))


def test_the_second_step_is_well_made_and_leads_back(viewer):
    App(viewer)
    client = first_step(viewer)
    shown = page(client, "/accounts/2fa/authenticate/")
    check(shown)
    assert client.post("/accounts/logout/", {"next": LOGIN})["Location"] == LOGIN
    assert client.get("/accounts/2fa/authenticate/").status_code == 302


def test_account_pages_are_kept_by_no_cache(viewer):
    client = browser(viewer)
    prove(client, viewer)
    for path in ("/accounts/", "/accounts/sessions/"):
        assert "no-store" in client.get(path)["Cache-Control"]
