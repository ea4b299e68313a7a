"""The threads of an API user and entity, lent to several processes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack

import psycopg
import pytest

from cluster.conftest import PATIENCE_SECONDS
from partner_portal.autotask.threads import ThreadRegister
from partner_portal.cluster import lending
from partner_portal.cluster.keys import THREADS
from partner_portal.cluster.lending import LineLender


class Entity:
    """Counts the requests under way on one entity of one user, over all processes of a test."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.under_way = 0
        self.highest = 0

    def __enter__(self) -> None:
        with self._lock:
            self.under_way += 1
            self.highest = max(self.highest, self.under_way)

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self.under_way -= 1


@pytest.fixture
def new_process(new_line):
    """Makes another process's threads: `new_process()`."""

    def make() -> ThreadRegister:
        line = new_line()
        register = ThreadRegister(LineLender(line))
        line.open()
        return register

    return make


@pytest.fixture
def locks_held(postgres_url) -> Iterator:
    """Tells how many threads are borrowed in all."""
    with psycopg.connect(postgres_url, autocommit=True) as server:

        def count() -> int:
            [(held,)] = server.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND granted "
                "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
                (THREADS,),
            ).fetchall()
            return held

        yield count


async def request(process: ThreadRegister, entity: Entity, user: str) -> None:
    async with process.of(user).slot("Tickets"):
        with entity:
            await asyncio.sleep(0.001)


async def until(is_so) -> None:
    """Wait for what no event tells of; `in_every` bounds it."""
    while not is_so():  # noqa: ASYNC110
        await asyncio.sleep(0.001)


def in_every(processes: list[ThreadRegister], work) -> None:
    """Let each process do `work` in an event loop and thread of its own, side by side."""
    failures: list[BaseException] = []

    def run(process: ThreadRegister) -> None:
        async def bounded() -> None:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await work(process)

        try:
            asyncio.run(bounded())
        except BaseException as error:  # noqa: BLE001 (told below)
            failures.append(error)

    threads = [threading.Thread(target=run, args=(process,)) for process in processes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * PATIENCE_SECONDS)
    assert failures == []


def test_no_more_are_under_way_in_all_processes_than_there_are_threads(new_process, monkeypatch):
    monkeypatch.setattr(lending, "TURN_SECONDS", 0.02)
    monkeypatch.setattr(lending, "REST_SECONDS", 0.02)
    monkeypatch.setattr(lending, "RETRY_SECONDS", 0.005)
    entity = Entity()

    async def many(process: ThreadRegister) -> None:
        await asyncio.gather(*[request(process, entity, "api@one") for _ in range(30)])

    in_every([new_process() for _ in range(5)], many)  # also: nobody waits for ever
    assert entity.highest == 3
    assert entity.under_way == 0


def test_one_process_alone_has_them_all(new_process):
    entity, process = Entity(), new_process()

    async def many(process: ThreadRegister) -> None:
        await asyncio.gather(*[request(process, entity, "api@two") for _ in range(30)])

    in_every([process], many)
    assert entity.highest == 3


def test_users_and_entities_do_not_wait_for_each_other(new_process):
    one, other = new_process(), new_process()

    async def work(_: ThreadRegister) -> None:
        async with AsyncExitStack() as stack:
            for process, user, entity in (
                *[(one, "api@three", "Tickets")] * 3,
                *[(other, "api@three", "Tasks")] * 3,
                *[(other, "api@four", "Tickets")] * 3,
            ):
                await stack.enter_async_context(process.of(user).slot(entity))

    in_every([one], work)


def test_a_busy_process_gives_one_of_its_threads_to_another_that_has_none(new_process):
    busy, other = new_process(), new_process()
    entity, is_over = Entity(), threading.Event()

    async def keep_busy() -> None:
        async def again() -> None:
            while not is_over.is_set():
                await request(busy, entity, "api@five")

        await asyncio.gather(*[again() for _ in range(6)])

    running = threading.Thread(target=asyncio.run, args=(keep_busy(),))
    running.start()
    try:
        in_every([other], lambda process: request(process, entity, "api@five"))
    finally:
        is_over.set()
        running.join(PATIENCE_SECONDS)
    assert entity.highest <= 3


def test_what_is_not_used_is_given_back(new_process, locks_held, monkeypatch):
    monkeypatch.setattr(lending, "IDLE_SECONDS", 0.01)
    before = locks_held()

    async def once(process: ThreadRegister) -> None:
        await request(process, Entity(), "api@six")
        await until(lambda: locks_held() == before)

    in_every([new_process()], once)


def test_a_process_that_ends_leaves_nothing_behind(new_line, locks_held):
    before = locks_held()
    line = new_line()
    register = ThreadRegister(LineLender(line))
    line.open()
    in_every([register], lambda process: request(process, Entity(), "api@seven"))
    assert locks_held() == before + 1
    line.close()

    async def until_gone(_: ThreadRegister) -> None:
        await until(lambda: locks_held() == before)

    in_every([register], until_gone)


def test_after_the_server_was_restarted_threads_are_borrowed_anew_before_anything_is_sent(new_process, break_lines):
    one, other = new_process(), new_process()
    entity = Entity()

    async def work(process: ThreadRegister) -> None:
        threads = process.of("api@eight")
        async with threads.slot("Tickets"), threads.slot("Tickets"):
            break_lines()
            await until(lambda: not threads.use("Tickets").lent)
            # two are under way: of the three that can be borrowed anew only one is free
            await asyncio.gather(*[request(process, entity, "api@eight") for _ in range(4)])
            assert entity.highest == 1
            assert threads.use("Tickets").lent == 3

    in_every([one], work)
    in_every([other], lambda process: request(process, entity, "api@eight"))
