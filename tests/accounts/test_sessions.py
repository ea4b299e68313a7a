"""Sessions: their limits, their list, what ends them, and what a stolen cookie is good for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.test import Client, override_settings

from partner_portal.accounts.models import Person
from partner_portal.accounts.reauthentication import was_authenticated_recently
from partner_portal.audit.models import Entry
from partner_portal.bootstrap import session_limits
from proofs import prove

LOGIN = "/accounts/login/"
PASSWORD = "a long viewer password"
BEGIN = datetime(2026, 11, 18, 8, 0, tzinfo=UTC)


@dataclass
class MovingClock:
    at: datetime = BEGIN

    def now(self) -> datetime:
        return self.at

    def pass_by(self, **time: float) -> None:
        self.at += timedelta(**time)


@pytest.fixture
def clock(monkeypatch) -> MovingClock:
    made = MovingClock()
    monkeypatch.setattr(session_limits, "clock", made)
    return made


@pytest.fixture
def viewer(member):
    return member("viewer")


def log_in(person: Person, **headers: str) -> Client:
    client = Client(headers=headers)
    client.post(LOGIN, {"login": person.email, "password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return client.get("/accounts/").status_code == 200


def test_a_session_ends_after_an_hour_without_activity(clock, viewer):
    client = log_in(viewer)
    clock.pass_by(minutes=59)
    assert is_in(client)
    clock.pass_by(minutes=59)
    assert is_in(client)
    clock.pass_by(minutes=61)
    assert not is_in(client)
    entry = Entry.objects.get(action="session.expired")
    assert (entry.person_id, entry.reason) == (viewer.pk, "The session without activity.")


def test_a_session_ends_after_twelve_hours_however_busy(clock, viewer):
    client = log_in(viewer)
    for _ in range(23):
        clock.pass_by(minutes=30)
        assert is_in(client)
    clock.pass_by(minutes=30)
    assert not is_in(client)
    assert not UserSession.objects.purge_and_list(viewer)


def test_what_an_open_page_asks_for_by_itself_is_no_activity(clock, viewer):
    client = log_in(viewer)
    for _ in range(3):
        clock.pass_by(minutes=19)
        client.get("/freshness/", headers={"HX-Request": "true"})
    clock.pass_by(minutes=4)
    assert not is_in(client)


def test_the_api_is_held_to_the_same_limits(clock, viewer):
    client = log_in(viewer)
    clock.pass_by(minutes=61)
    assert client.get("/api/v1/sales-report").status_code == 401


def test_busy_minutes_write_the_session_once(clock, viewer, django_assert_max_num_queries):
    client = log_in(viewer)
    clock.pass_by(seconds=59)
    seen = client.session[session_limits.SEEN_AT]
    assert is_in(client)
    assert client.session[session_limits.SEEN_AT] == seen
    clock.pass_by(seconds=1)
    assert is_in(client)
    assert client.session[session_limits.SEEN_AT] > seen


def test_a_session_that_nobody_dated_is_over(clock, viewer):
    client = log_in(viewer)
    session = client.session
    del session[session_limits.BEGAN_AT]
    session.save()
    assert not is_in(client)


def test_the_list_shows_each_session_and_ends_the_chosen_one(viewer):
    here, elsewhere = log_in(viewer, user_agent="Firefox here"), log_in(viewer, user_agent="Edge elsewhere")
    shown = here.get("/accounts/sessions/").content.decode()
    assert "Firefox here" in shown
    assert "Edge elsewhere" in shown
    other = UserSession.objects.get(user_agent="Edge elsewhere")
    here.post("/accounts/sessions/", {"session": other.pk})
    assert is_in(here)
    assert not is_in(elsewhere)
    assert Entry.objects.get(action="session.revoked").details == {"count": 1}


def test_all_other_sessions_end_at_once(viewer):
    here, *others = (log_in(viewer) for _ in range(3))
    here.post("/accounts/sessions/")
    assert is_in(here)
    assert not any(is_in(other) for other in others)
    assert Entry.objects.get(action="session.revoked").details == {"count": 2}


def test_ending_the_present_session_logs_out(viewer):
    here = log_in(viewer)
    here.post("/accounts/sessions/", {"session": UserSession.objects.get().pk})
    assert not is_in(here)


def test_nobody_ends_the_session_of_somebody_else(viewer, member):
    theirs = Client()
    manager = member("manager")
    theirs.post(LOGIN, {"login": manager.email, "password": "a long manager password"})
    mine = log_in(viewer)
    mine.post("/accounts/sessions/", {"session": UserSession.objects.get(user=manager).pk})
    assert is_in(theirs)
    assert not Entry.objects.filter(action="session.revoked").exists()
    assert "manager" not in mine.get("/accounts/sessions/").content.decode()


def test_a_session_is_over_after_the_log_out(viewer):
    client = log_in(viewer)
    stolen = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/accounts/logout/")
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = stolen
    assert not is_in(thief)


def test_a_new_password_ends_the_other_sessions(viewer):
    here, elsewhere = log_in(viewer), log_in(viewer)
    new = "kettle moss ninety drum"
    here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    viewer.refresh_from_db()
    assert viewer.check_password(new)
    assert is_in(here)
    assert not is_in(elsewhere)
    assert Entry.objects.get(action="password.changed").details == {"by_mail": False}


def test_the_old_password_is_asked_for_before_a_new_one_is_set(viewer):
    here = log_in(viewer)
    new = "kettle moss ninety drum"
    here.post("/accounts/password/change/", {"oldpassword": "not the old one", "password1": new, "password2": new})
    viewer.refresh_from_db()
    assert viewer.check_password(PASSWORD)


def test_a_deactivated_person_is_out_at_once(viewer):
    client = log_in(viewer)
    Person.objects.filter(pk=viewer.pk).update(is_active=False)
    assert not is_in(client)


def test_a_session_key_that_was_planted_is_worth_nothing(viewer):
    attacker = Client()
    attacker.get(LOGIN)
    session = attacker.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    victim = Client()
    victim.cookies[settings.SESSION_COOKIE_NAME] = planted
    victim.post(LOGIN, {"login": viewer.email, "password": PASSWORD})
    assert is_in(victim)
    assert victim.cookies[settings.SESSION_COOKIE_NAME].value != planted
    attacker.cookies[settings.SESSION_COOKIE_NAME] = planted
    assert not is_in(attacker)


def test_an_invented_session_key_is_not_taken_on(viewer):
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    client.post(LOGIN, {"login": viewer.email, "password": PASSWORD})
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != "a" * 32


def test_the_name_can_be_changed(viewer):
    client = log_in(viewer)
    client.post("/accounts/", {"name": "Ada Lovelace"})
    viewer.refresh_from_db()
    assert viewer.name == "Ada Lovelace"
    assert Entry.objects.get(action="person.renamed").details["after"] == "Ada Lovelace"


class TestRecentProof:
    def request(self, client, rf, person):
        request = rf.get("/")
        request.user, request.session = person, client.session
        return request

    @pytest.mark.parametrize(("minutes", "recent"), [(0, True), (14, True), (16, False), (700, False)])
    def test_it_counts_for_a_quarter_of_an_hour(self, viewer, rf, minutes, recent):
        client = Client()
        client.force_login(viewer)
        prove(client, viewer, minutes_ago=minutes)
        assert was_authenticated_recently(self.request(client, rf, viewer)) is recent

    def test_the_log_in_is_one(self, viewer, rf):
        assert was_authenticated_recently(self.request(log_in(viewer), rf, viewer))

    def test_a_session_without_a_proof_has_none(self, viewer, rf):
        client = Client()
        client.force_login(viewer)
        assert not was_authenticated_recently(self.request(client, rf, viewer))

    def test_the_proof_of_somebody_else_does_not_count(self, viewer, member, rf):
        client = Client()
        client.force_login(viewer)
        prove(client, member("manager"))
        assert not was_authenticated_recently(self.request(client, rf, viewer))

    def test_the_right_password_is_one_and_a_wrong_one_is_not(self, viewer, rf):
        client = Client()
        client.force_login(viewer)
        client.post("/accounts/reauthenticate/", {"password": "not the right password"})
        assert not was_authenticated_recently(self.request(client, rf, viewer))
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        assert was_authenticated_recently(self.request(client, rf, viewer))
        assert Entry.objects.get(action="identity.confirmed").details == {"method": "password"}

    def test_the_password_cannot_be_guessed_there_either(self, viewer, rf):
        client = Client()
        client.force_login(viewer)
        for _ in range(6):
            client.post("/accounts/reauthenticate/", {"password": "not the right password"})
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        assert not was_authenticated_recently(self.request(client, rf, viewer))

    @override_settings(ACCOUNT_REAUTHENTICATION_TIMEOUT=0)
    def test_a_sensitive_form_that_comes_too_late_is_not_kept_in_the_session(self, viewer):
        client = log_in(viewer)
        client.post("/accounts/2fa/totp/activate/", {"code": "a-secret-code"})
        client.post("/accounts/2fa/webauthn/add/", {"credential": "a-secret-code"})
        kept = str(dict(client.session.items()))
        assert "a-secret-code" not in kept
