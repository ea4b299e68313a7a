"""How many requests may be under way at once, and how a client settles when Autotask says that it were too many."""

from __future__ import annotations

import asyncio

import pytest

from partner_portal.autotask.asgi_transport import AsgiTransport
from partner_portal.autotask.catalog import COMPANIES
from partner_portal.autotask.client import AutotaskClient
from partner_portal.autotask.credentials import Credentials
from partner_portal.autotask.gates import Gate
from partner_portal.autotask.limits import Limits
from partner_portal.sandbox.app import build
from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME
from partner_portal.sandbox.options import Options
from partner_portal.sandbox.world import World

BRIEF = 0.004


class Room:
    """Whoever is behind the gate."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.inside = 0
        self.highest = 0
        self.order: list[int] = []

    async def visit(self, name: int = 0, seconds: float = BRIEF) -> None:
        async with self.gate.slot():
            self.order.append(name)
            self.inside += 1
            self.highest = max(self.highest, self.inside)
            await asyncio.sleep(seconds)
            self.inside -= 1


def gate(slots: int = 3, *, rest: float = 0.0, lowered: float = 60.0) -> Gate:
    return Gate(slots, rest_seconds=rest, lowered_seconds=lowered)


async def test_no_more_than_the_slots_are_inside_and_in_the_order_of_their_coming() -> None:
    room = Room(gate())
    await asyncio.gather(*[room.visit(n) for n in range(8)])
    assert (room.highest, room.order) == (3, list(range(8)))


async def test_a_refusal_takes_a_slot_for_a_while_and_then_gives_it_back() -> None:
    room = Room(gate(lowered=0.02))
    room.gate.narrow()
    await asyncio.gather(*[room.visit() for _ in range(4)])
    assert room.highest == 2
    await asyncio.sleep(0.025)
    await asyncio.gather(*[room.visit() for _ in range(4)])
    assert room.highest == 3


async def test_those_who_wait_are_let_in_when_the_slot_comes_back() -> None:
    room = Room(gate(2, lowered=0.01))
    room.gate.narrow()
    async with asyncio.timeout(0.2):
        await asyncio.gather(room.visit(seconds=0.05), room.visit(seconds=0.001))
    assert room.highest == 2


async def test_refusals_of_one_moment_count_once_later_ones_again_and_one_slot_always_stays() -> None:
    one = gate(lowered=0.01)
    for _ in range(3):
        one.narrow()
    assert one.slots == 2
    await asyncio.sleep(0.006)
    one.narrow()
    assert one.slots == 1
    await asyncio.sleep(0.006)
    one.narrow()
    assert one.slots == 1
    await asyncio.sleep(0.05)
    assert one.slots == 3


async def test_a_refusal_soon_after_lowers_for_longer() -> None:
    one = gate(lowered=0.01)
    one.narrow()
    await asyncio.sleep(0.015)
    assert one.slots == 3
    one.narrow()
    await asyncio.sleep(0.013)
    assert one.slots == 2
    await asyncio.sleep(0.012)
    assert one.slots == 3


async def test_after_a_refusal_only_the_last_slot_rests() -> None:
    loop = asyncio.get_running_loop()
    room = Room(gate(3, rest=0.03, lowered=0.001))
    room.gate.narrow()
    await asyncio.sleep(0.003)
    started = loop.time()
    await asyncio.gather(room.visit(seconds=0.002), room.visit(seconds=0.002))
    await asyncio.gather(room.visit(seconds=0.002), room.visit(seconds=0.002))
    assert loop.time() - started < 0.02
    await asyncio.gather(*[room.visit(seconds=0.05) for _ in range(3)])
    assert room.highest == 3
    assert loop.time() - started >= 0.07


@pytest.mark.parametrize("is_admitted", [True, False])
async def test_one_who_gives_up_leaves_no_slot_behind(*, is_admitted: bool) -> None:
    room = Room(gate(1))
    async with room.gate.slot():
        waiter = asyncio.create_task(room.visit())
        await asyncio.sleep(0)
        if not is_admitted:
            waiter.cancel()
            await asyncio.sleep(0)
    waiter.cancel()  # the slot may be the waiter's by now, who has not gone on yet
    async with asyncio.timeout(0.1):
        await room.visit(7)
    assert room.order == [7]


async def test_a_slot_passes_over_those_who_were_told_to_give_up_and_have_not_gone_yet() -> None:
    room = Room(gate(1))
    async with room.gate.slot():
        waiting = [asyncio.create_task(room.visit(name)) for name in range(3)]
        await asyncio.sleep(0)
        for waiter in waiting[:2]:
            waiter.cancel()
    async with asyncio.timeout(0.1):
        await asyncio.gather(*waiting, return_exceptions=True)
        await room.visit(7)
    assert room.order == [2, 7]


async def test_three_eager_readers_settle_where_threads_are_freed_late() -> None:
    world = World.empty()
    app = build(world, options=Options(latency_seconds=0.002, release_seconds=0.05))
    client = await AutotaskClient.connect(
        Credentials(USERNAME, SECRET, INTEGRATION_CODE),
        entry_url="https://webservices.autotask.net",
        transport=AsgiTransport(app),
        limits=Limits(lowered_seconds=0.1, first_pause_seconds=0.01),
    )

    async def reader() -> None:
        for _ in range(25):
            await client.count(COMPANIES)

    loop = asyncio.get_running_loop()
    started = loop.time()
    async with client:
        await asyncio.gather(*[reader() for _ in range(3)])
    refused = app.state.counters.statuses["429"]
    assert 1 <= refused <= 6
    assert app.state.gate.highest["Companies"] == 3
    # Two at once need no rest; three that rest 60 ms after each request would take 75 x 62 / 3 ms.
    assert loop.time() - started < 1.2
