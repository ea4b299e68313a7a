"""Threads that several clients share, each in an event loop of its own."""

from __future__ import annotations

import asyncio
import threading

from autotask.scripted import ScriptedTransport, connected
from partner_portal.autotask.catalog import COMPANIES
from partner_portal.autotask.threads import ThreadRegister, Threads


async def test_no_more_are_under_way_than_there_are_threads() -> None:
    threads, under_way, highest = Threads(3), 0, 0

    async def work() -> None:
        nonlocal under_way, highest
        async with threads.slot("Companies"):
            under_way += 1
            highest = max(highest, under_way)
            await asyncio.sleep(0)
            under_way -= 1

    await asyncio.gather(*[work() for _ in range(20)])
    assert highest == 3


async def test_entities_do_not_wait_for_each_other() -> None:
    threads = Threads(1)
    async with threads.slot("Companies"), threads.slot("Contacts"):
        pass


def test_event_loops_share_them() -> None:
    threads = Threads(3)
    lock, together = threading.Lock(), [0, 0]

    async def work() -> None:
        async with threads.slot("Companies"):
            with lock:
                together[0] += 1
                together[1] = max(together)
            await asyncio.sleep(0.001)
            with lock:
                together[0] -= 1

    async def many() -> None:
        await asyncio.gather(*[work() for _ in range(10)])

    loops = [threading.Thread(target=asyncio.run, args=(many(),)) for _ in range(4)]
    for loop in loops:
        loop.start()
    for loop in loops:
        loop.join(10)
    assert together == [0, 3]


async def test_who_gives_up_waiting_takes_nothing_along() -> None:
    threads = Threads(1)
    async with threads.slot("Companies"):
        waiting = asyncio.create_task(threads.slot("Companies").__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
    async with asyncio.timeout(1), threads.slot("Companies"):
        pass


async def test_a_thread_given_to_somebody_who_leaves_in_that_moment_is_handed_on() -> None:
    threads = Threads(1)
    held = threads.slot("Companies")
    await held.__aenter__()
    waiting = asyncio.create_task(threads.slot("Companies").__aenter__())
    await asyncio.sleep(0)
    await held.__aexit__(None, None, None)
    waiting.cancel()  # given already, not yet noticed
    await asyncio.wait([waiting])
    async with asyncio.timeout(1), threads.slot("Companies"):
        pass


def test_a_loop_that_ended_while_waiting_blocks_nobody() -> None:
    threads = Threads(1)
    gone = asyncio.new_event_loop()
    asyncio.run(threads._enter("Companies"))
    stuck = gone.create_task(threads._enter("Companies"))
    gone.run_until_complete(asyncio.sleep(0))
    gone.close()
    threads._leave("Companies")

    async def again() -> None:
        async with asyncio.timeout(1), threads.slot("Companies"):
            pass

    asyncio.run(again())
    assert not stuck.done()


async def test_two_clients_of_one_user_stay_below_the_limit_together() -> None:
    threads = ThreadRegister()
    wire = ScriptedTransport(rows=[{"id": 1}])
    wire.hold = 0.001
    async with (
        connected(wire, threads=threads.of("API@example")) as one,
        connected(wire, threads=threads.of("api@example")) as other,
    ):
        await asyncio.gather(one.count(COMPANIES), other.count(COMPANIES))  # credentials are known to be good
        wire.highest = 0
        await asyncio.gather(*[client.count(COMPANIES) for client in (one, other) for _ in range(9)])
    assert wire.highest == 3


def test_users_do_not_share() -> None:
    register = ThreadRegister()
    assert register.of("a") is register.of("A")
    assert register.of("a") is not register.of("b")


class Books:
    """A lender that lends nothing by itself, and notes what it is told."""

    def __init__(self) -> None:
        self.wanted: list[str] = []
        self.returned_to: list[str] = []

    def want(self, _threads: Threads, entity: str) -> None:
        self.wanted.append(entity)

    def returned(self, _threads: Threads, entity: str) -> None:
        self.returned_to.append(entity)


async def test_what_is_not_lent_is_waited_for() -> None:
    books = Books()
    threads = ThreadRegister(books).of("API@example")
    slots = [threads.slot("Companies") for _ in range(3)]
    waiting = [asyncio.create_task(slot.__aenter__()) for slot in slots]
    await asyncio.sleep(0)
    assert threads.use("Companies").lacking == 3
    assert books.wanted == ["Companies"] * 3
    threads.lend("Companies", 2)
    async with asyncio.timeout(1):
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.sleep(0)
    assert sorted(task.done() for task in waiting) == [False, True, True]
    assert threads.use("Companies").lacking == 1
    for task in waiting:
        task.cancel()
    await asyncio.wait(waiting)


async def test_a_free_thread_goes_back_at_once_and_a_used_one_afterwards() -> None:
    books = Books()
    threads = Threads(name="api", lender=books)
    threads.lend("Companies", 2)
    async with threads.slot("Companies"):
        assert threads.recall("Companies")
        assert not threads.recall("Companies")
        waiting = asyncio.create_task(threads.slot("Companies").__aenter__())
        await asyncio.sleep(0)
        assert books.returned_to == []
    assert books.returned_to == ["Companies"]  # not handed to whoever waits here
    await asyncio.sleep(0)
    assert not waiting.done()
    waiting.cancel()
    await asyncio.wait([waiting])


async def test_what_is_under_way_counts_after_all_that_was_lent_is_gone() -> None:
    threads = Threads(name="api", lender=Books())
    threads.lend("Companies", 3)
    async with threads.slot("Companies"), threads.slot("Companies"):
        threads.forget("Companies")
        threads.lend("Companies", 3)
        async with threads.slot("Companies"):
            assert threads.use("Companies").under_way == 3
            slot = threads.slot("Companies")
            late = asyncio.create_task(slot.__aenter__())
            await asyncio.sleep(0)
            assert not late.done()
        async with asyncio.timeout(1):
            await late
