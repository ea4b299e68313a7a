"""Three at once per entity, and the tenant's shared hour with its slower bands."""

from __future__ import annotations

import asyncio
import time

from sandbox.calling import Caller


async def burst(caller: Caller, count: int, entity: str = "Companies") -> list[int]:
    return sorted(reply.status for reply in await asyncio.gather(*(caller.query(entity) for _ in range(count))))


async def test_the_fourth_request_at_once_is_refused(caller):
    caller.app.state.options.latency_seconds = 0.01
    assert await burst(caller, 5) == [200, 200, 200, 429, 429]
    assert caller.app.state.gate.highest["Companies"] == 4
    assert await burst(caller, 3) == [200, 200, 200]


async def test_the_refusal_names_the_threshold(caller):
    caller.app.state.options.thread_limit = 0
    reply = await caller.query("Companies")
    assert reply.status == 429
    assert reply.json["errors"][0].startswith("The Autotask API thread threshold of 0 threads has been exceeded")
    assert "retry-after" not in reply.headers


async def test_each_entity_has_a_gate_of_its_own_and_metadata_share_it(caller):
    caller.app.state.options.latency_seconds = 0.01
    calls = [caller.query("Companies"), caller.get("Companies/0"), caller.get("Companies/entityInformation/fields")]
    others = [caller.query("Contacts") for _ in range(3)]
    replies = await asyncio.gather(*calls, caller.query("Companies"), *others)
    assert [reply.status for reply in replies] == [200, 200, 200, 429, 200, 200, 200]


async def test_a_slot_is_freed_late_so_three_workers_without_a_pause_trip_and_two_do_not(caller):
    caller.app.state.options.release_seconds = 0.05
    caller.app.state.options.latency_seconds = 0.002

    async def worker() -> list[int]:
        return [(await caller.query("Companies")).status for _ in range(3)]

    two = await asyncio.gather(worker(), worker())
    assert {status for statuses in two for status in statuses} == {200}
    three = await asyncio.gather(worker(), worker(), worker())
    assert 429 in {status for statuses in three for status in statuses}


async def test_the_threshold_counts_itself_and_the_zone_does_not_count(caller):
    await caller.get("ZoneInformation?user=api-user@sandbox.invalid")
    await caller.query("Companies")
    assert (await caller.get("ThresholdInformation")).json == {
        "externalRequestThreshold": 10_000,
        "requestThresholdTimeframe": 60,
        "currentTimeframeRequestCount": 2,
    }


async def test_calls_slow_down_from_half_of_the_hour_on(caller):
    state = caller.app.state
    for used, seconds in ((4_999, 0.0), (5_000, 0.5), (7_499, 0.5), (7_500, 1.0), (9_999, 1.0)):
        state.hour.set_used(used)
        assert state.hour.delay_seconds() == seconds
    state.options.band_scale = 0.02
    started = time.perf_counter()
    assert (await caller.query("Companies")).status == 200
    assert time.perf_counter() - started >= 0.02


async def test_a_spent_hour_suspends_the_tenant_until_it_has_rolled_on(caller):
    state = caller.app.state
    state.options.band_scale = 0
    await caller.control("POST", "hour", {"used": 9_999})
    assert (await caller.query("Companies")).status == 200
    refused = await caller.query("Contacts")
    assert refused.status == 429
    assert "threshold" in refused.json["errors"][0]
    await caller.control("POST", "advance", {"seconds": 3_601})
    assert (await caller.query("Contacts")).status == 200
    assert state.hour.used == 1
