"""Second factors: asked for after the password, once each, and the way into organizations that require one."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.second_factors import SECOND_STEP, App, first_step, is_logged_in
from partner_portal.accounts.actor import Actor
from partner_portal.accounts.policy import Act, SecondFactorNeeded, find_organization, may, require
from partner_portal.accounts.second_factor import has_second_factor
from partner_portal.audit.models import Entry
from proofs import prove

ADDRESSES = ("/", "/definitions/", "/settings/connection/", "/api/v1/sales-report", "/accounts/", "/accounts/2fa/")


@pytest.fixture
def viewer(member):
    return member("viewer")


@pytest.fixture
def app(viewer):
    return App(viewer)


@pytest.fixture(autouse=True)
def _steady_time(monkeypatch):
    """Codes change every half minute; within a test they do not."""
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)


def test_the_password_alone_reaches_nothing(viewer, app):
    client = first_step(viewer)
    assert not is_logged_in(client)
    for address in ADDRESSES:
        answer = client.get(address)
        assert answer.status_code in {302, 401}, address
        if answer.status_code == 302:
            assert answer["Location"].startswith("/accounts/login/")


def test_the_code_of_the_app_lets_in(viewer, app):
    client = first_step(viewer)
    client.post(SECOND_STEP, {"code": app.code()})
    assert is_logged_in(client)
    assert Entry.objects.get(action="session.started").details == {"methods": ["password", "totp"]}


def test_a_code_is_good_once(viewer, app):
    first_step(viewer).post(SECOND_STEP, {"code": app.code()})
    again = first_step(viewer)
    again.post(SECOND_STEP, {"code": app.code()})
    assert not is_logged_in(again)


@pytest.mark.parametrize("steps", [-2, -1, 1, 2])
def test_a_code_of_another_half_minute_is_wrong(viewer, app, steps):
    client = first_step(viewer)
    client.post(SECOND_STEP, {"code": app.code(steps=steps)})
    assert not is_logged_in(client)
    entry = Entry.objects.get(action="second_factor.refused")
    assert (entry.actor, entry.result) == (viewer.email, "refused")
    assert app.code(steps=steps) not in f"{entry.details}{entry.reason}"


def test_a_recovery_code_lets_in_once(viewer, app):
    client = first_step(viewer)
    client.post(SECOND_STEP, {"code": app.recovery_codes[0]})
    assert is_logged_in(client)
    again = first_step(viewer)
    again.post(SECOND_STEP, {"code": app.recovery_codes[0]})
    assert not is_logged_in(again)


def test_codes_cannot_be_guessed_one_after_the_other(viewer, app):
    client = first_step(viewer)
    for guess in range(6):
        client.post(SECOND_STEP, {"code": f"{guess:06}"})
    client.post(SECOND_STEP, {"code": app.code()})
    assert not is_logged_in(client)


def test_the_second_step_cannot_be_had_without_the_first(viewer, app):
    client = Client()
    answer = client.post(SECOND_STEP, {"code": app.code()})
    assert answer["Location"].startswith("/accounts/login/")
    assert not is_logged_in(client)


def test_one_person_s_code_does_not_complete_another_s_log_in(viewer, app, member):
    other = member("manager")
    App(other)
    client = first_step(other)
    client.post(SECOND_STEP, {"code": app.code()})
    assert not is_logged_in(client)


def test_no_second_factor_is_changed_in_between(viewer, app):
    client = first_step(viewer)
    for address in ("totp/deactivate/", "totp/activate/", "webauthn/add/", "recovery-codes/", "reauthenticate/"):
        assert client.post(f"/accounts/2fa/{address}").status_code in {302, 403}
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}


def test_what_is_secret_of_a_factor_is_not_in_the_database_in_clear(viewer, app):
    kept = "".join(str(data) for data in Authenticator.objects.values_list("data", flat=True))
    assert app.secret not in kept
    assert not any(code in kept for code in app.recovery_codes)


def test_removing_a_factor_needs_a_recent_proof_and_ends_other_sessions(viewer, app):
    here, elsewhere = Client(), Client()
    here.force_login(viewer)
    elsewhere.force_login(viewer)
    assert here.post("/accounts/2fa/totp/deactivate/")["Location"].startswith("/accounts/reauthenticate/")
    assert has_second_factor(viewer)
    prove(here, viewer)
    here.post("/accounts/2fa/totp/deactivate/")
    assert not has_second_factor(viewer)
    assert here.get("/accounts/").status_code == 200
    assert elsewhere.get("/accounts/").status_code == 302
    assert Entry.objects.filter(action="second_factor.removed").count() == 2  # the codes go with the last factor


def test_an_app_is_set_up_and_its_recovery_codes_are_shown_once(transactional_db, viewer):
    here, elsewhere = Client(), Client()
    here.force_login(viewer)
    elsewhere.force_login(viewer)
    prove(here, viewer)
    page = here.get("/accounts/2fa/totp/activate/")
    secret = here.session["mfa.totp.secret"]
    assert secret in page.content.decode()
    code = App.code(type("Shown", (), {"secret": secret})())
    answer = here.post("/accounts/2fa/totp/activate/", {"code": code})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    codes = Authenticator.objects.get(type="recovery_codes").wrap().generate_codes()
    first, second = (here.get(answer["Location"]).content.decode() for _ in range(2))
    assert all(code in first for code in codes)
    assert not any(code in second for code in codes)
    assert elsewhere.get("/accounts/").status_code == 302
    assert Entry.objects.filter(action="second_factor.added", details__kind="totp").exists()


@pytest.fixture
def strict(organization):
    organization.requires_mfa = True
    organization.save()
    return organization


def test_a_member_without_a_factor_reaches_nothing_of_a_strict_organization(viewer, strict):
    client = Client()
    client.force_login(viewer)
    for address in ("/", "/definitions/", "/settings/connection/", "/freshness/", "/o/acme/"):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/"), address
    answer = client.get("/api/v1/sales-report")
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"
    assert "second factor" in answer.json()["detail"]


def test_the_page_s_own_script_is_led_there_too(viewer, strict):
    client = Client()
    client.force_login(viewer)
    assert client.get("/freshness/", headers={"HX-Request": "true"})["HX-Redirect"] == "/accounts/2fa/"


@pytest.mark.parametrize("act", Act)
def test_no_act_is_permitted_without_the_factor_that_is_required(member, strict, act):
    actor = Actor.of(member("administrator"))
    assert not may(actor, act, strict)
    with pytest.raises(SecondFactorNeeded):
        require(actor, act, strict)
    with pytest.raises(SecondFactorNeeded):
        find_organization(actor)


def test_with_the_factor_the_organization_opens(viewer, strict, app):
    client = first_step(viewer)
    client.post(SECOND_STEP, {"code": app.code()})
    assert client.get("/definitions/").status_code == 200


def test_recovery_codes_alone_are_no_second_factor(viewer, app):
    Authenticator.objects.filter(type="totp").delete()
    assert not has_second_factor(viewer)
