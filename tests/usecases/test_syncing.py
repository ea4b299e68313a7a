"""Syncing an organization: what came, how far it is, how it ended, and that it runs once at a time."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from partner_portal.accounts.actor import Actor
from partner_portal.autotask.errors import HostUnreachable
from partner_portal.organizations.models import Connection, SyncRun
from partner_portal.sandbox.faults import Fault
from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET
from partner_portal.usecases import sync_organization as syncing
from partner_portal.usecases import sync_runs
from partner_portal.usecases.connect_autotask import connect_autotask
from partner_portal.usecases.connection_state import connection_state
from partner_portal.usecases.due import enqueue_due_syncs
from partner_portal.usecases.errors import CredentialsShut, NotConnected, SyncInterrupted, SyncPaused, SyncRuns
from partner_portal.usecases.pauses import wait_after
from partner_portal.usecases.refresh import refresh
from partner_portal.usecases.sales_report import read_sales_report, sales_report_tag
from partner_portal.usecases.sync_organization import in_one_line, sync_organization
from partner_portal.usecases.test_connection import test_connection as try_connection
from partner_portal.vault.sealing import Keyring, new_key
from partner_portal.vault.vault import Vault
from stores import database_bytes


class Notes:
    """Writes down what it is told."""

    def __init__(self):
        self.started, self.rows, self.finished = set(), {}, {}

    def entity_started(self, path, total):
        self.started.add(path)

    def rows_arrived(self, path, count):
        self.rows[path] = self.rows.get(path, 0) + count

    def entity_finished(self, path, problem):
        self.finished[path] = problem


def test_the_rows_of_autotask_come_in_and_the_run_is_on_record(parts, connected):
    notes = Notes()
    summary = sync_organization(parts, connected, progress=notes)
    assert summary.complete
    assert summary.document()["entities"]["Companies"]["rows"] == 2
    assert notes.rows["Companies"] == 2
    assert notes.started == set(notes.finished) == set(summary.document()["entities"])
    run = SyncRun.objects.get()
    assert (run.outcome, run.problem, run.is_full) == ("done", "", False)
    assert run.finished_at is not None
    assert run.summary["rows"] == summary.rows
    assert run.progress["Companies"] == {"rows": 2, "expected": run.progress["Companies"]["expected"]} | {
        "state": "done",
        "problem": None,
    }


def test_the_report_has_another_tag_once_data_came(parts, connected):
    before = sales_report_tag(parts, connected)
    sync_organization(parts, connected)
    assert sales_report_tag(parts, connected) != before
    assert read_sales_report(parts, connected)["data"]["dialect"] == "live"


def test_without_a_connection_there_is_nothing_to_sync(parts, organization):
    with pytest.raises(NotConnected):
        sync_organization(parts, organization)
    assert not SyncRun.objects.exists()


def test_one_sync_of_an_organization_runs_at_a_time(parts, connected):
    sync_runs.begin(connected, parts.clock.now(), is_full=False)
    with pytest.raises(SyncRuns, match="acme runs already"):
        sync_organization(parts, connected)


def test_a_silent_run_gives_way(parts, connected, later):
    dead = sync_runs.begin(connected, parts.clock.now(), is_full=False)
    sync_organization(later(61), connected)
    dead.refresh_from_db()
    assert dead.outcome == "interrupted"
    assert SyncRun.objects.latest("id").outcome == "done"


def test_an_entity_without_permission_makes_the_run_partial(parts, connected, sandbox):
    sandbox.state.options.permissions["Tickets"] = "None"
    sync_organization(parts, connected)
    state = connection_state(parts, connected)
    assert SyncRun.objects.get().outcome == "partial"
    assert (state.stage, state.problem) == ("connected", None)
    assert list(dict(state.problems)) == ["Tickets"]
    assert "Tickets" in dict(state.problems)["Tickets"]


def test_refused_credentials_fail_the_run_in_one_line(parts, connected, sandbox):
    sandbox.state.login = replace(sandbox.state.login, secret="rotated elsewhere")
    sync_organization(parts, connected)
    run = SyncRun.objects.get()
    assert run.outcome == "failed"
    assert run.problem.count("refused the API credentials") == 1
    assert connection_state(parts, connected).problem == run.problem
    assert sandbox.state.bad_logins_in_a_row <= 2


def test_an_unreachable_host_is_on_record_with_its_remedy(parts, connected):
    async def nowhere(credentials, limits, known=None):
        raise HostUnreachable("portal.invalid", "connection refused")

    with pytest.raises(HostUnreachable):
        sync_organization(replace(parts, open_client=nowhere), connected)
    assert SyncRun.objects.get().outcome == "failed"
    assert "Check the entry address" in connection_state(parts, connected).problem


def test_a_problem_is_gone_after_a_good_sync(parts, connected):
    Connection.objects.update(problem="Something was wrong.")
    sync_organization(parts, connected)
    assert connection_state(parts, connected).problem is None


def test_without_its_vault_key_the_connection_says_what_to_do(parts, connected):
    other_key = replace(parts, vault=Vault(Keyring([new_key()])))
    with pytest.raises(CredentialsShut):
        sync_organization(other_key, connected)
    assert "PORTAL_VAULT_KEYS" in connection_state(parts, connected).problem


def test_a_fault_of_ours_is_named_by_its_type_only(parts, connected):
    async def broken(credentials, limits, known=None):
        raise RuntimeError("hunter2")

    with pytest.raises(RuntimeError):
        sync_organization(replace(parts, open_client=broken), connected)
    assert "RuntimeError" in SyncRun.objects.get().problem
    assert "hunter2" not in SyncRun.objects.get().problem


def test_a_sync_leaves_off_when_the_process_ends(parts, connected, monkeypatch):
    began = threading.Event()

    async def never(*_args, **_kwargs):
        began.set()
        await asyncio.sleep(60)

    monkeypatch.setattr(syncing, "sync", never)
    monkeypatch.setattr(syncing, "PULSE_SECONDS", 0.02)
    monkeypatch.setattr(syncing, "ATTENTION_SECONDS", 0.02)
    ending = threading.Thread(target=lambda: (began.wait(5), parts.stopping.set()))
    ending.start()
    with pytest.raises(SyncInterrupted, match="the next sync takes it up again"):
        sync_organization(parts, connected)
    ending.join()
    assert SyncRun.objects.get().outcome == "interrupted"


def test_progress_can_be_read_while_the_sync_runs(parts, connected, monkeypatch):
    seen = []
    beat = sync_runs.beat

    def beat_and_look(run, now, progress):
        seen.append(connection_state(parts, connected))
        return beat(run, now, progress)

    monkeypatch.setattr(syncing.sync_runs, "beat", beat_and_look)
    monkeypatch.setattr(syncing, "PULSE_SECONDS", 0.005)
    sync_organization(parts, connected)
    running = [state for state in seen if state.progress]
    assert running
    assert all(state.is_syncing and state.stage == "first_sync" for state in running)
    assert {entity.entity for entity in running[-1].progress} >= {"Companies", "Opportunities"}


def test_the_stages_of_a_connection(parts, organization, credentials, later):
    assert connection_state(parts, organization).stage == "not_connected"
    connect_autotask(parts, organization, credentials)
    fresh = connection_state(parts, organization)
    assert (fresh.stage, fresh.is_syncing, fresh.synced_at) == ("first_sync", False, None)
    sync_organization(parts, organization)
    whole = connection_state(parts, organization)
    assert (whole.stage, whole.is_stale, whole.synced_at) == ("connected", False, parts.clock.now())
    assert whole.next_sync_at == parts.clock.now() + timedelta(seconds=300)
    old = connection_state(later(901), organization)
    assert old.is_stale
    assert old.secret_age_days == 0
    assert old.document()["synced_at"] == "2026-11-18T15:00:00Z"


def test_the_age_of_the_secret_is_told_in_days(parts, connected, later):
    assert connection_state(later(90 * 86_400), connected).secret_age_days == 90


def test_the_secret_is_in_no_database_row_no_state_and_no_log(parts, connected, sandbox, caplog, capfd):
    with caplog.at_level("DEBUG"):
        sandbox.state.faults.add(Fault(kind="error", entity="Companies", text=f"You sent {SECRET}"))
        sync_organization(parts, connected)
        sandbox.state.login = replace(sandbox.state.login, secret="rotated elsewhere")
        sync_organization(parts, connected, full=True)
    said = capfd.readouterr()
    held = database_bytes()
    for secret in (SECRET, INTEGRATION_CODE):
        assert secret.encode() not in held
        assert secret not in caplog.text + said.out + said.err
        assert secret not in str(connection_state(parts, connected).document())
        assert secret not in str(parts)


def test_due_is_who_was_not_synced_for_the_refresh_time(parts, connected, later):
    assert enqueue_due_syncs(parts) == 1
    parts.jobs.waiting.clear()
    sync_organization(parts, connected)
    assert enqueue_due_syncs(later(299)) == 0
    assert enqueue_due_syncs(later(299), tolerance_seconds=5) == 1
    assert enqueue_due_syncs(later(301)) == 0  # it waits already
    parts.jobs.waiting.clear()
    assert enqueue_due_syncs(later(301)) == 1


def test_an_interrupted_sync_is_due_again_at_once(parts, connected):
    sync_runs.begin(connected, parts.clock.now(), is_full=False)
    assert enqueue_due_syncs(parts) == 0
    assert sync_runs.close_leftovers(parts.clock.now()) == 1
    assert enqueue_due_syncs(parts) == 1


def test_who_is_not_connected_is_never_due(parts, organization):
    assert enqueue_due_syncs(parts) == 0


def test_a_refresh_after_a_pause_is_queued(parts, connected, member, later):
    actor = Actor.of(member("viewer"))
    sync_organization(parts, connected)
    assert refresh(later(4), connected, actor).state == "fresh"
    assert refresh(later(6), connected, actor).state == "queued"
    assert parts.jobs.waiting == [("acme", False)]


def test_a_flood_of_refreshes_is_held_back_for_each_person_and_for_all(parts, connected, member):
    def ask(actor: Actor) -> str:
        parts.jobs.waiting.clear()
        return refresh(parts, connected, actor).state

    one, other, third = (Actor.of(member(role)) for role in ("viewer", "manager", "administrator"))
    assert [ask(one) for _ in range(12)] == ["queued"] * 10 + ["paused"] * 2
    assert [ask(other) for _ in range(10)] == ["queued"] * 10
    assert ask(third) == "paused"
    assert "20 requests in 300 seconds" in refresh(parts, connected, third).message
    assert parts.jobs.waiting == []


def test_runs_of_long_ago_are_dropped(parts, connected, later):
    sync_organization(parts, connected)
    sync_organization(later(15 * 86_400), connected)
    assert SyncRun.objects.count() == 1


def test_a_problem_that_all_share_is_told_once():
    assert in_one_line({"A": "No.", "B": "No."}) == "No."
    assert in_one_line({"A": "No.", "B": "Nor here."}) == "A: No. | B: Nor here."
    assert in_one_line({"A": "No."}) == "A: No."
    assert in_one_line({}) == ""


def test_after_a_refusal_the_timetable_waits_longer_each_time(parts, connected, sandbox, later, member):
    good = sandbox.state.login
    sandbox.state.login = replace(good, secret="rotated elsewhere")
    tries, seconds = 0, 0
    while seconds < 86_400:
        at = later(seconds)
        if enqueue_due_syncs(at):
            at.jobs.waiting.clear()
            sync_organization(at, connected)
            tries += 1
        seconds += 300
    assert tries == 8  # at 0, then after 10, 20, 40 ... minutes
    shut = refresh(later(86_400), connected, Actor.of(member("viewer")))
    assert shut.state == "paused"
    assert "save new credentials" in shut.message
    with pytest.raises(SyncPaused, match="test the connection"):
        sync_organization(later(86_400), connected)
    sandbox.state.login = good
    assert try_connection(later(86_400), connected).passed
    sync_organization(later(86_400), connected)
    assert enqueue_due_syncs(later(86_400 + 301)) == 1


def test_a_good_test_does_not_end_the_wait_for_the_call_budget(parts, connected):
    until = parts.clock.now() + timedelta(minutes=9)
    Connection.objects.update(paused_until=until)
    assert try_connection(parts, connected).passed
    assert Connection.objects.get().paused_until == until


@pytest.mark.parametrize(("refusals", "minutes"), [(1, 10), (2, 20), (3, 40), (8, 1280), (9, 1440), (60, 1440)])
def test_the_wait_doubles_up_to_a_day(refusals, minutes):
    assert wait_after(refusals) == timedelta(minutes=minutes)
