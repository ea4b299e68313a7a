"""How healthy the data is: what is told of entities, runs, requests and unmapped types, and to whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from partner_portal.accounts.actor import Actor
from partner_portal.accounts.models import Membership
from partner_portal.accounts.policy import OrganizationUnknown
from partner_portal.autotask.tally import Tally
from partner_portal.organizations.models import Connection, SyncRun
from partner_portal.sandbox.faults import Fault
from partner_portal.usecases import sync_runs
from partner_portal.usecases.call_budget import keep_tally
from partner_portal.usecases.data_health import HOURS_TOLD, RUNS_TOLD, read_data_health
from partner_portal.usecases.disconnect_autotask import disconnect_autotask
from partner_portal.usecases.mapping import save_mapping
from partner_portal.usecases.sync_organization import sync_organization
from partner_portal.warehouse.store import Reconciliation
from usecases.mapped import name_types, proposal

HOUR = datetime(2026, 11, 18, 15, tzinfo=UTC)


@pytest.fixture
def synced(parts, connected, sandbox, world):
    sandbox.state.options.band_scale = 0.0
    world.table("Opportunities").add({"id": 3 * i, "title": "Deal"} for i in range(1, 11))
    sync_organization(parts, connected)
    return connected


@pytest.fixture
def representative(member):
    person = member("representative")
    Membership.objects.filter(person=person).update(resource_id=8, is_resource_decided=True)
    return Actor.of(person)


def entity(document, path: str):
    return next(entity for entity in document["entities"] if entity["entity"] == path)


def test_an_entity_that_was_read_and_compared(parts, synced):
    found = entity(read_data_health(parts, synced), "Opportunities")
    assert found == {
        "entity": "Opportunities",
        "as_of": "2026-11-18T15:00:00Z",
        "full_at": "2026-11-18T15:00:00Z",
        "next_at": "2026-11-18T15:05:00Z",
        "rows": 10,
        "unconfirmed": 0,
        "complete": True,
        "problem": None,
        "reconciled": {
            "at": "2026-11-18T15:00:00Z",
            "ours": 10,
            "theirs": 10,
            "differs_since": None,
            "gone": [],
            "missing": [],
        },
    }


def test_an_entity_that_rests_says_when_its_hour_is_over(parts, synced):
    assert entity(read_data_health(parts, synced), "Resources")["next_at"] == "2026-11-18T16:00:00Z"


def test_a_difference_names_the_ids(parts, synced):
    store = parts.warehouse.organization(synced.scope)
    store.keep_reconciliation(Reconciliation("Opportunities", HOUR, 10, 9, HOUR, gone=(3, 6), missing=(7,)))
    told = entity(read_data_health(parts, synced), "Opportunities")["reconciled"]
    assert (told["ours"], told["theirs"], told["gone"], told["missing"]) == (10, 9, [3, 6], [7])
    assert told["differs_since"] == "2026-11-18T15:00:00Z"


def test_what_may_not_be_read_says_why_and_has_no_count(parts, connected, sandbox):
    sandbox.state.options.permissions = {"Appointments": "forbidden"}
    sync_organization(parts, connected)
    found = entity(read_data_health(parts, connected), "Appointments")
    assert (found["rows"], found["as_of"], found["complete"]) == (None, None, False)
    assert "Appointments" in found["problem"]


def test_a_run_tells_what_came_and_what_it_took(parts, synced, later):
    sync_organization(later(300), synced, full=True)
    newest, oldest = read_data_health(parts, synced)["runs"]
    assert (newest["full"], oldest["full"]) == (True, False)
    assert (oldest["started_at"], oldest["outcome"], oldest["seconds"]) == ("2026-11-18T15:00:00Z", "done", 0.0)
    by_path = {part["entity"]: part for part in oldest["entities"]}
    assert (by_path["Opportunities"]["rows"], by_path["Companies"]["rows"]) == (10, 2)
    assert oldest["rows"] == sum(part["rows"] for part in oldest["entities"])
    assert oldest["requests"] == SyncRun.objects.get(is_full=False).summary["requests"]


def test_a_run_that_failed_before_anything_came_counts_nothing(parts, synced, later, sandbox):
    sandbox.state.faults.add(Fault(kind="unauthorized", count=None))
    sync_organization(later(300), synced)
    run = read_data_health(parts, synced)["runs"][0]
    assert run["outcome"] == "failed"
    assert run["problem"]
    assert run["rows"] == 0


def test_a_running_sync_tells_how_far_it_is(parts, synced):
    run = sync_runs.begin(synced, parts.clock.now(), is_full=True)
    sync_runs.beat(run, parts.clock.now(), {"Tickets": {"rows": 5, "expected": 9, "state": "running", "problem": None}})
    document = read_data_health(parts, synced)
    assert document["connection"]["is_syncing"]
    assert document["connection"]["progress"] == [
        {"entity": "Tickets", "rows": 5, "expected": 9, "state": "running", "problem": None}
    ]
    told = document["runs"][0]
    assert (told["outcome"], told["finished_at"], told["seconds"], told["rows"]) == ("running", None, None, None)


def test_so_many_runs_are_told_and_no_more(parts, synced):
    for minutes in range(1, RUNS_TOLD + 5):
        at = HOUR + timedelta(minutes=minutes)
        sync_runs.finish(sync_runs.begin(synced, at, is_full=False), at, SyncRun.Outcome.DONE)
    runs = read_data_health(parts, synced)["runs"]
    assert len(runs) == RUNS_TOLD
    assert runs == sorted(runs, key=lambda run: run["started_at"], reverse=True)


def test_requests_by_hour_with_what_was_throttled(parts, connected):
    tally = Tally()
    tally.add("Tasks", 200, 1.0)
    tally.add("Tasks", 429, 3601.0)
    tally.add("Contacts", 200, 3602.0)
    keep_tally(connected, tally, HOUR - timedelta(hours=1))
    keep_tally(connected, tally, HOUR - timedelta(hours=HOURS_TOLD + 1))
    told = read_data_health(parts, connected)["requests"]
    assert (told["since"], told["until"]) == ("2026-11-16T16:00:00Z", "2026-11-18T16:00:00Z")
    before, now = told["hours"]
    assert (before["hour"], before["requests"], before["throttled"]) == ("2026-11-18T14:00:00Z", 1, 0)
    assert (now["hour"], now["requests"], now["throttled"]) == ("2026-11-18T15:00:00Z", 2, 1)
    assert now["entities"] == [
        {"entity": "Contacts", "requests": 1, "throttled": 0},
        {"entity": "Tasks", "requests": 1, "throttled": 1},
    ]


def test_the_budget_is_as_autotask_told(parts, synced, sandbox, later):
    sandbox.state.hour.set_used(8_299)
    Connection.objects.update(budget_read_at=parts.clock.now() - timedelta(hours=1))
    sync_organization(parts, synced)
    document = read_data_health(parts, synced)
    budget = document["budget"]
    assert budget["used"] == Connection.objects.get().budget_used >= 8_299
    assert (budget["limit"], budget["minutes"]) == (10_000, 60)
    assert (budget["slow_share"], budget["stop_share"]) == (0.5, 0.8)
    assert "goes on at about 10:09." in document["connection"]["pause"]
    assert document["connection"]["paused_until"].startswith("2026-11-18T15:09:")
    assert read_data_health(later(900), synced)["connection"]["pause"] is None


@pytest.fixture
def with_new_type(parts, organization, store):
    save_mapping(parts, organization, proposal(parts, organization))
    name_types(store, t33="Site walk")
    return organization


def test_what_is_unmapped_is_named_with_its_count(parts, with_new_type):
    told = read_data_health(parts, with_new_type)["unmapped"]
    assert told["is_confirmed"]
    assert {entry["id"]: (entry["label"], entry["recent"]) for entry in told["action_types"]} == {
        31: ("Demo", 2),
        33: ("Site walk", 0),
    }
    assert told["stages"] == []


def test_before_anything_is_connected_nothing_is_known(parts, organization):
    document = read_data_health(parts, organization)
    assert document["connection"]["stage"] == "not_connected"
    assert (document["budget"], document["history_since"], document["runs"]) == (None, None, [])
    assert {entity["rows"] for entity in document["entities"]} == {None}
    assert {entity["next_at"] for entity in document["entities"]} == {None}


def test_after_the_connection_is_ended_what_is_held_is_still_told(parts, synced):
    disconnect_autotask(parts, synced, confirmed=synced.name, removes_data=False, actor=Actor("x"))
    document = read_data_health(parts, synced)
    assert document["connection"]["stage"] == "not_connected"
    assert entity(document, "Opportunities")["rows"] == 10


def test_history_begins_with_the_first_sync(parts, synced):
    assert read_data_health(parts, synced)["history_since"] == "2026-11-18T15:00:00Z"


def test_who_is_confined_learns_how_fresh_the_data_is_and_no_count(parts, synced, representative):
    run = sync_runs.begin(synced, parts.clock.now(), is_full=False)
    sync_runs.beat(run, parts.clock.now(), {"Tickets": {"rows": 5, "expected": 9, "state": "running", "problem": None}})
    document = read_data_health(parts, synced, actor=representative)
    assert document["is_confined"]
    assert (document["requests"], document["unmapped"]) == (None, None)
    assert [entity["as_of"] for entity in document["entities"]] == ["2026-11-18T15:00:00Z"] * 12
    assert {(entity["rows"], entity["unconfirmed"], entity["reconciled"]) for entity in document["entities"]} == {
        (None, None, None)
    }
    assert {(run["rows"], run["requests"], run["removed"], len(run["entities"])) for run in document["runs"]} == {
        (None, None, None, 0)
    }
    assert document["connection"]["progress"] == [
        {"entity": "Tickets", "rows": None, "expected": None, "state": "running", "problem": None}
    ]


def test_to_strangers_there_is_nothing(parts, organization, stranger):
    with pytest.raises(OrganizationUnknown):
        read_data_health(parts, organization, actor=Actor.of(stranger))
