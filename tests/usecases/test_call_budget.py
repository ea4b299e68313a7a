"""The tenant's call budget: syncs stop and say when they go on, Refresh then costs no call, hours are kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from partner_portal.accounts.actor import Actor
from partner_portal.autotask.tally import Tally
from partner_portal.organizations.models import Connection, SentRequests, SyncRun
from partner_portal.usecases.call_budget import KEPT, keep_tally, sent_by_hour
from partner_portal.usecases.connect_autotask import connect_autotask
from partner_portal.usecases.connection_state import connection_state
from partner_portal.usecases.due import enqueue_due_syncs
from partner_portal.usecases.errors import SyncPaused
from partner_portal.usecases.refresh import refresh
from partner_portal.usecases.sync_organization import sync_organization

HOUR = datetime(2026, 11, 18, 15, tzinfo=UTC)


@pytest.fixture
def connected(connected, sandbox):
    sandbox.state.options.band_scale = 0.0
    return connected


@pytest.fixture
def paused(parts, connected, sandbox):
    """The organization after a sync that found 83 % of the hour spent."""
    sync_organization(parts, connected)
    sandbox.state.hour.set_used(8_299)
    Connection.objects.update(budget_read_at=parts.clock.now() - timedelta(hours=1))
    summary = sync_organization(parts, connected)
    assert not summary.complete
    sandbox.state.counters.requests.clear()
    return connected


def test_a_sync_that_meets_a_tight_hour_keeps_its_data_and_until_when_it_pauses(parts, paused):
    state = connection_state(parts, paused)
    assert state.stage == "connected"
    assert "83 % used; the sync goes on at about 10:09." in state.problem  # by the organization's clock, New York
    assert SyncRun.objects.first().problem == state.problem
    assert timedelta(minutes=9) < state.paused_until - parts.clock.now() < timedelta(minutes=10)
    assert state.next_sync_at == state.paused_until
    assert state.document()["paused_until"].startswith("2026-11-18T15:09:")


def test_while_it_pauses_refresh_costs_no_call_and_says_when_it_goes_on(parts, paused, member, sandbox):
    answer = refresh(parts, paused, Actor.of(member("viewer")))
    assert answer.state == "paused"
    assert "83 % used; the sync goes on at about 10:09." in answer.message  # by the organization's clock, New York
    assert parts.jobs.waiting == []
    assert sandbox.state.counters.requests.total() == 0


def test_while_it_pauses_nobody_syncs(parts, paused, sandbox, later):
    runs = SyncRun.objects.count()
    with pytest.raises(SyncPaused, match="10:09"):
        sync_organization(parts, paused, full=True)
    assert SyncRun.objects.count() == runs
    assert enqueue_due_syncs(later(550)) == 0
    assert sandbox.state.counters.requests.total() == 0


def test_after_the_pause_the_budget_is_read_first(parts, paused, sandbox, later):
    again = later(600)
    assert enqueue_due_syncs(again) == 1
    sync_organization(again, paused)
    assert dict(sandbox.state.counters.requests) == {"ThresholdInformation": 1}
    assert connection_state(again, paused).paused_until > again.clock.now()


def test_once_the_hour_has_room_the_sync_goes_on(parts, paused, sandbox, later):
    sandbox.state.hour.set_used(3_000)
    again = later(600)
    assert sync_organization(again, paused).complete
    state = connection_state(again, paused)
    assert (state.paused_until, state.problem) == (None, None)
    assert Connection.objects.get().budget_used < 3_200


def test_new_credentials_end_the_pause(parts, paused, credentials):
    assert connect_autotask(parts, paused, credentials).passed
    assert connection_state(parts, paused).paused_until is None


def test_an_idle_sync_asks_for_neither_zone_nor_budget(parts, connected, sandbox, later):
    sync_organization(parts, connected)
    sandbox.state.counters.requests.clear()
    sync_organization(later(300), connected)
    assert sandbox.state.counters.requests["ZoneInformation"] == 0
    assert sandbox.state.counters.requests["ThresholdInformation"] == 0
    assert sandbox.state.counters.requests.total() > 0


def test_the_zone_is_asked_for_once_a_day_and_the_budget_every_tenth_run(parts, connected, sandbox, later):
    sync_organization(parts, connected)
    sandbox.state.counters.requests.clear()
    sync_organization(later(51 * 60), connected)
    assert sandbox.state.counters.requests["ThresholdInformation"] == 1
    assert sandbox.state.counters.requests["ZoneInformation"] == 0
    sync_organization(later(86_400), connected)
    assert sandbox.state.counters.requests["ZoneInformation"] == 1


def test_a_tenant_that_moved_is_found_and_its_new_zone_kept(parts, connected, sandbox, later):
    sync_organization(parts, connected)
    sandbox.state.options.zone_host = "127.0.0.1:10"
    assert sync_organization(later(300), connected).complete
    assert Connection.objects.get().zone_url == "http://127.0.0.1:10/ATServicesRest/V1.0"
    sandbox.state.counters.requests.clear()
    assert sync_organization(later(600), connected).complete
    assert sandbox.state.counters.requests["ZoneInformation"] == 0


@pytest.mark.parametrize(("seconds", "full"), [(300, False), (61, False), (10, True), (300, True)])
def test_a_rotated_secret_is_one_failed_login_and_no_longer_known_good(parts, connected, sandbox, later, seconds, full):
    sync_organization(parts, connected)
    assert Connection.objects.get().accepted_at == parts.clock.now()
    sandbox.state.login = replace(sandbox.state.login, secret="rotated elsewhere")
    sandbox.state.options.latency_seconds = 0.05  # longer than any head start over an answer that took less
    sync_organization(later(seconds), connected, full=full)
    assert Connection.objects.get().accepted_at is None
    assert sandbox.state.counters.failed_logins.total() == 1


@pytest.mark.parametrize(
    ("seconds", "full", "is_trusted"), [(0, False, True), (59, False, True), (60, False, False), (0, True, False)]
)
def test_credentials_are_trusted_for_a_moment_after_they_were_accepted(
    parts, connected, later, seconds, full, is_trusted
):
    sync_organization(parts, connected)
    told = []

    async def open_client(credentials, limits, known=None):
        told.append(known)
        return await parts.open_client(credentials, limits, known)

    sync_organization(replace(later(seconds), open_client=open_client), connected, full=full)
    assert [known.is_accepted for known in told] == [is_trusted]


def test_requests_are_kept_by_hour_and_entity(parts, connected, sandbox):
    sync_organization(parts, connected)
    sync_organization(parts, connected, full=True)
    kept = {hour.entity: hour for hour in sent_by_hour(connected, HOUR)}
    assert kept["Opportunities"].hour == HOUR
    runs = [run.summary["entities"]["Opportunities"]["requests"] for run in SyncRun.objects.all()]
    assert kept["Opportunities"].requests == sum(runs)
    assert kept["ThresholdInformation"].requests == 1


def test_what_several_syncs_sent_is_added_up_by_entity_and_hour(connected):
    for entities in ("Tasks Tasks Companies", "Tasks Companies Contacts", "Contacts Contacts"):
        tally = Tally()
        for number, entity in enumerate(entities.split()):
            tally.add(entity, 200 if number else 429, number * 2_000.0)
        keep_tally(connected, tally, HOUR)
    kept = {(row.hour.hour, row.entity): (row.requests, row.throttled) for row in sent_by_hour(connected, HOUR)}
    assert kept == {
        (15, "Tasks"): (3, 2),
        (15, "Companies"): (1, 0),
        (15, "Contacts"): (2, 1),
        (16, "Companies"): (1, 0),
        (16, "Contacts"): (1, 0),
    }


def test_throttled_requests_are_told_apart_and_old_hours_are_dropped(parts, connected):
    tally = Tally()
    tally.add("Tasks", 200, 1.0)
    tally.add("Tasks", 429, 2.0)
    keep_tally(connected, tally, HOUR)
    keep_tally(connected, tally, HOUR)
    (row,) = sent_by_hour(connected, HOUR)
    assert (row.requests, row.throttled) == (4, 2)
    assert list(sent_by_hour(connected, HOUR + timedelta(hours=1))) == []
    keep_tally(connected, Tally(), HOUR + KEPT + timedelta(hours=1))
    assert not SentRequests.objects.exists()
