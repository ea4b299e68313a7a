"""Two failed logins as one API user, then a pause: Autotask never gets to lock the user."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from partner_portal.accounts.actor import Actor
from partner_portal.accounts.rates import TooManyRequests
from partner_portal.audit.models import Entry
from partner_portal.autotask.credentials import Credentials
from partner_portal.autotask.errors import HostUnreachable
from partner_portal.organizations.models import Connection, LogInTries
from partner_portal.sandbox.login import INTEGRATION_CODE, USERNAME
from partner_portal.usecases import test_connection as testing
from partner_portal.usecases import try_credentials
from partner_portal.usecases.connect_autotask import connect_autotask
from partner_portal.usecases.errors import LogInsPaused
from partner_portal.usecases.log_in_tries import begin_try
from partner_portal.usecases.organizations import add_organization

WRONG = Credentials(USERNAME, "not the secret", INTEGRATION_CODE)
MINUTE = 60


def bad_logins(sandbox) -> int:
    return sandbox.state.bad_logins_in_a_row


def items(test) -> dict[str, str]:
    return {item.key: item.message for item in test.items}


def test_the_third_try_is_not_made(parts, organization, sandbox):
    first = testing.test_connection(parts, organization, WRONG)
    second = connect_autotask(parts, organization, WRONG)
    assert "One more try" in items(first)["tries"]
    assert "18 November at 10:10" in items(second)["tries"]
    sent = sandbox.state.counters.requests.total()
    with pytest.raises(LogInsPaused, match="18 November at 10:10") as paused:
        testing.test_connection(parts, organization, WRONG)
    assert paused.value.seconds == 10 * MINUTE
    assert sandbox.state.counters.requests.total() == sent
    assert bad_logins(sandbox) == 2


def test_right_credentials_wait_as_well(parts, organization, credentials, sandbox):
    for _ in range(2):
        testing.test_connection(parts, organization, WRONG)
    with pytest.raises(LogInsPaused):
        connect_autotask(parts, organization, credentials)


def test_each_further_try_is_followed_by_a_longer_pause(parts, organization, later):
    for _ in range(2):
        testing.test_connection(parts, organization, WRONG)
    waits, at = [], 0
    for _ in range(10):
        with pytest.raises(LogInsPaused) as paused:
            testing.test_connection(later(at), organization, WRONG)
        waits.append(paused.value.seconds)
        at += paused.value.seconds
        testing.test_connection(later(at), organization, WRONG)
    assert waits[:4] == [10 * MINUTE, 20 * MINUTE, 40 * MINUTE, 80 * MINUTE]
    assert max(waits) == 24 * 60 * MINUTE


def test_a_success_makes_the_tries_as_good_as_new(parts, organization, credentials):
    testing.test_connection(parts, organization, WRONG)
    assert testing.test_connection(parts, organization, credentials).passed
    testing.test_connection(parts, organization, WRONG)
    assert testing.test_connection(parts, organization, credentials).passed


def test_no_writing_of_the_name_gets_around_it(parts, organization):
    for username in (USERNAME, USERNAME.upper()):
        testing.test_connection(parts, organization, replace(WRONG, username=username))
    with pytest.raises(LogInsPaused):
        testing.test_connection(parts, organization, replace(WRONG, username=USERNAME.title()))


def test_another_secret_or_code_does_not_get_around_it(parts, organization):
    for n in range(2):
        testing.test_connection(parts, organization, replace(WRONG, secret=f"guess {n}"))
    with pytest.raises(LogInsPaused):
        testing.test_connection(parts, organization, replace(WRONG, integration_code="another code"))


def test_another_organization_shares_the_tries_of_the_same_api_user(parts, organization):
    other = add_organization(parts, slug="other", name="Other")
    testing.test_connection(parts, organization, WRONG)
    testing.test_connection(parts, other, WRONG)
    with pytest.raises(LogInsPaused):
        testing.test_connection(parts, other, WRONG)


def test_an_unknown_user_costs_no_failed_login_and_no_try(parts, organization, sandbox):
    for _ in range(5):
        test = testing.test_connection(parts, organization, replace(WRONG, username="nobody@acme.example"))
        assert "no API user" in test.problem
    assert not sandbox.state.counters.failed_logins


def test_another_user_has_tries_of_its_own(parts, organization):
    now = parts.clock.now()
    for _ in range(2):
        begin_try(organization, USERNAME, now).refuse(now)
    begin_try(organization, "other@acme.example", now)


def test_a_try_that_autotask_did_not_judge_is_given_back(parts, organization, sandbox):
    async def nowhere(credentials, limits, known=None):
        raise HostUnreachable("portal.invalid", "connection refused")

    cut_off = replace(parts, open_client=nowhere)
    for _ in range(5):
        assert not testing.test_connection(cut_off, organization, WRONG).passed
    testing.test_connection(parts, organization, WRONG)
    testing.test_connection(cut_off, organization, WRONG)
    testing.test_connection(parts, organization, WRONG)
    with pytest.raises(LogInsPaused):
        testing.test_connection(parts, organization, WRONG)


def test_a_process_that_dies_during_a_try_has_used_it_up(parts, organization):
    class Killed(BaseException):
        pass

    async def dies(credentials, limits, known=None):
        raise Killed

    for _ in range(2):
        with pytest.raises(Killed):
            testing.test_connection(replace(parts, open_client=dies), organization, WRONG)
    with pytest.raises(LogInsPaused):
        testing.test_connection(parts, organization, WRONG)


def test_tries_that_are_under_way_count(parts, organization):
    now = parts.clock.now()
    first, second = begin_try(organization, USERNAME, now), begin_try(organization, USERNAME, now)
    with pytest.raises(LogInsPaused):
        begin_try(organization, USERNAME, now)
    first.take_back()
    second.refuse(now)
    begin_try(organization, USERNAME, now)
    with pytest.raises(LogInsPaused):
        begin_try(organization, USERNAME, now)


def test_two_that_see_the_last_try_at_once_cannot_both_make_it(parts, organization, monkeypatch):
    now = parts.clock.now()
    begin_try(organization, USERNAME, now).refuse(now)
    seen = LogInTries.objects.get()
    found = LogInTries.objects.get_or_create
    stale = iter([(seen, False)])
    begin_try(organization, USERNAME, now)
    monkeypatch.setattr(LogInTries.objects, "get_or_create", lambda **asked: next(stale, None) or found(**asked))
    with pytest.raises(LogInsPaused):
        begin_try(organization, USERNAME, now)


def test_a_user_that_never_worked_is_forgotten_in_the_end(parts, organization):
    now = parts.clock.now()
    begin_try(organization, USERNAME, now).refuse(now)
    begin_try(organization, "other@acme.example", now + timedelta(days=91))
    assert [held.username for held in LogInTries.objects.all()] == ["other@acme.example"]


def test_refusals_are_on_the_trail(parts, organization, member):
    actor = Actor.of(member("administrator"), "192.0.2.7")
    for _ in range(2):
        testing.test_connection(parts, organization, WRONG, actor)
    with pytest.raises(LogInsPaused):
        testing.test_connection(parts, organization, WRONG, actor)
    with pytest.raises(LogInsPaused):
        connect_autotask(parts, organization, WRONG, actor)
    told = Entry.objects.filter(action__startswith="connection.").order_by("id").values_list("action", "result")
    tested, refused = ("connection.tested", "failed"), "refused"
    assert list(told) == [tested, tested, ("connection.tested", refused), ("connection.set", refused)]
    assert "18 November" in Entry.objects.filter(action="connection.set").get().reason
    assert WRONG.secret not in str([entry.details for entry in Entry.objects.all()])


def test_a_refusal_of_the_kept_credentials_makes_syncs_wait(parts, connected, sandbox):
    sandbox.state.login = replace(sandbox.state.login, secret="rotated elsewhere")
    testing.test_connection(parts, connected)
    held = Connection.objects.get()
    assert held.refusals == 1
    assert held.paused_until == parts.clock.now() + timedelta(minutes=10)


def test_tests_are_limited_for_an_organization(parts, organization, credentials, member, monkeypatch):
    monkeypatch.setattr(try_credentials, "TESTS", replace(try_credentials.TESTS, most=2))
    actor = Actor.of(member("administrator"))
    for _ in range(2):
        testing.test_connection(parts, organization, credentials, actor)
    with pytest.raises(TooManyRequests):
        testing.test_connection(parts, organization, credentials, actor)
