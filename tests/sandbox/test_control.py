"""The control plane: the knobs of a running sandbox, apart from the API."""

from __future__ import annotations

import pytest

from partner_portal.sandbox.app import build
from partner_portal.sandbox.generation.plan import Sizes
from partner_portal.sandbox.options import Options
from partner_portal.sandbox.world import generate
from sandbox.calling import Caller, where

TINY = Sizes(companies=8, contacts=8, opportunities=12, appointments=8, tickets=4, time_entries=4, contracts=2, tasks=2)


@pytest.fixture
def tiny() -> Caller:
    return Caller(build(generate(seed=5, activities=60, sizes=TINY), options=Options(release_seconds=0)))


async def test_rows_are_added_changed_and_removed(caller):
    added = await caller.control("POST", "rows/Companies", [{"companyName": "A"}, {"companyName": "B"}])
    assert added.json == {"ids": [1, 2]}
    changed = await caller.control("PATCH", "rows/Companies/1", {"companyName": "C"})
    assert changed.json["companyName"] == "C"
    await caller.control("DELETE", "rows/companies/2")
    assert [row["companyName"] for row in (await caller.control("GET", "rows/Companies")).json] == ["C"]
    assert (await caller.control("GET", "rows")).json["Companies"] == 1
    assert (await caller.query("Companies")).ids == [1]


@pytest.mark.parametrize(
    ("verb", "path", "body", "status"),
    [
        ("GET", "nothing", None, 404),
        ("GET", "rows/Nothing", None, 404),
        ("DELETE", "rows/Companies/77", None, 404),
        ("POST", "rows/Companies", {"compName": "A"}, 400),
        ("POST", "faults", {"kind": "earthquake"}, 400),
        ("PATCH", "options", {"latency_seconds": "slow"}, 400),
        ("PATCH", "options", {"unknown": 1}, 400),
        ("POST", "reset", {"dialect": "latin"}, 400),
        ("POST", "reset", {"color": "red"}, 400),
        ("POST", "deals/1/draw", None, 404),
        ("POST", "churn", b"{", 400),
    ],
)
async def test_a_wrong_turn_is_told_and_changes_nothing(caller, verb, path, body, status):
    reply = await caller.control(verb, path, body)
    assert reply.status == status
    assert reply.json["error"]


async def test_a_deal_is_won_and_lost(tiny):
    deal = next(row for row in tiny.app.state.world.rows("Opportunities") if row["status"] == 1)
    before = deal["lastActivity"]
    won = (await tiny.control("POST", f"deals/{deal['id']}/win")).json
    tenant = tiny.app.state.world.tenant
    assert (won["status"], won["stage"]) == (3, tenant.value("Opportunities", "stage", "Closed Won"))
    assert won["closedDate"]
    assert won["lastActivity"] > before
    lost = (await tiny.control("POST", f"deals/{deal['id']}/lose")).json
    assert (lost["status"], lost["probability"]) == (2, 0)
    assert lost["lostDate"]


async def test_churn_changes_rows_that_a_delta_by_stamp_then_finds(tiny):
    world = tiny.app.state.world
    before = {entity: {row["id"]: row for row in world.rows(entity)} for entity in world.entities}
    done = (await tiny.control("POST", "churn", {"rows": 40})).json
    assert sum(done.values()) == 40
    changed = 0
    for entity in world.entities:
        now = {row["id"]: row for row in world.rows(entity)}
        changed += sum(before[entity].get(row_id) != row for row_id, row in now.items())
        changed += len(before[entity].keys() - now.keys())
    assert 20 <= changed <= 40  # a row can be changed twice


async def test_stamps_follow_the_clock_with_a_jitter_of_seconds_if_asked_for(caller):
    world = caller.app.state.world
    world.clock.stopped_at = world.clock.now().replace(microsecond=0)
    world.insert("CompanyNotes", {"id": 1})
    assert world.row("CompanyNotes", 1)["lastModifiedDate"] == world.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    await caller.control("POST", "advance", {"seconds": 60})
    later = world.clock.now()
    world.stamp_jitter_seconds = 5.0
    world.update("CompanyNotes", 1, name="x")
    stamp = world.row("CompanyNotes", 1)["lastModifiedDate"]
    assert stamp < later.strftime("%Y-%m-%dT%H:%M:%SZ")
    reply = await caller.query("CompanyNotes", where("lastModifiedDate", "gte", (later.isoformat()[:16])))
    assert reply.ids == [1] if stamp >= later.isoformat()[:16] else not reply.ids


async def test_a_deleted_ticket_leaves_an_entry_in_the_log(tiny):
    world = tiny.app.state.world
    ticket = world.rows("Tickets")[0]
    world.delete("Tickets", ticket["id"])
    entry = world.rows("DeletedTicketLogs")[-1]
    assert (entry["ticketID"], entry["ticketNumber"]) == (ticket["id"], ticket["ticketNumber"])


async def test_options_are_set_one_by_one(caller):
    options = caller.app.state.options
    await caller.control("PATCH", "options", {"thread_limit": 2, "permissions": {"Tickets": "forbidden"}})
    assert options is caller.app.state.options
    assert (options.thread_limit, options.release_seconds) == (2, 0)
    assert (await caller.query("Tickets")).status == 403


async def test_the_counters_tell_what_was_asked_and_can_start_anew(caller):
    await caller.query("Companies")
    await caller.get("Companies/1")
    counters = (await caller.control("GET", "counters")).json
    assert counters["requests"] == {"Companies": 2}
    assert counters["routes"] == {"Companies query": 1, "Companies item": 1}
    assert counters["statuses"] == {"200": 2}
    assert counters["highestInFlight"] == {"Companies": 1}
    assert counters["hourUsed"] == 2
    assert (await caller.control("DELETE", "counters")).json["requests"] == {}


async def test_reset_makes_the_world_anew_with_the_arguments_that_differ(tiny):
    first = tiny.app.state.world
    held = first.rows("Companies")
    first.delete("Companies", held[1]["id"])
    await tiny.query("Companies")
    rows = (await tiny.control("POST", "reset", {"activities": 30, "sizes": {"companies": 5, "tickets": 3}})).json[
        "rows"
    ]
    assert (rows["Companies"], rows["Tickets"], rows["Contacts"]) == (5, 3, 800)
    assert tiny.app.state.world.seed == 5
    assert tiny.app.state.counters.requests == {}
    assert (await tiny.query("Companies", where("companyName", "exist"))).status == 200


async def test_reset_turns_an_empty_world_into_an_empty_world(caller):
    caller.app.state.world.insert("Companies", {})
    rows = (await caller.control("POST", "reset")).json["rows"]
    assert (rows["Companies"], rows["ActionTypes"]) == (0, 11)


async def test_the_control_plane_is_no_part_of_the_api_and_costs_it_nothing(caller):
    for _ in range(5):
        await caller.control("GET", "rows")
    assert caller.app.state.hour.used == 0
    assert not caller.app.state.counters.requests
