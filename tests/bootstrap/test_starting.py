"""One at a time: on this machine by a file, on PostgreSQL among all machines."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from partner_portal.bootstrap import starting
from partner_portal.bootstrap.starting import one_at_a_time
from partner_portal.cluster.membership import ClusterUnreachable
from partner_portal.settings import declared
from postgres import postgres_url

__all__ = ["postgres_url"]


@pytest.fixture
def on_machine(monkeypatch, tmp_path):
    """Lets the processes of the test run over a database, on machines of their own: `on_machine(url)`."""
    machines = threading.local()

    def be_on(address: str, machine: str) -> None:
        folder = tmp_path / machine
        folder.mkdir(exist_ok=True)
        machines.values = {declared.DATABASE_URL: address, declared.DATA_DIR: folder}

    monkeypatch.setattr(declared, "current", lambda: machines.values)
    monkeypatch.setattr(starting, "LOOK_SECONDS", 0.001)
    return be_on


@pytest.mark.parametrize("machines", [["one", "one"], ["one", "other"]], ids=["same machine", "two machines"])
def test_nobody_is_at_it_beside_another(on_machine, request, machines):
    address = request.getfixturevalue("postgres_url") if len(set(machines)) > 1 else ""
    together, highest, lock = 0, 0, threading.Lock()

    def work(machine: str) -> None:
        nonlocal together, highest
        on_machine(address, machine)
        for _ in range(5):
            with one_at_a_time("migrating"):
                with lock:
                    together += 1
                    highest = max(highest, together)
                threading.Event().wait(0.001)
                with lock:
                    together -= 1

    workers = [threading.Thread(target=work, args=(machine,)) for machine in machines]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert (together, highest) == (0, 1)


def test_a_failure_lets_the_next_one_in(on_machine, tmp_path: Path):
    on_machine("", "one")
    with pytest.raises(RuntimeError), one_at_a_time("migrating"):
        raise RuntimeError
    with one_at_a_time("migrating"):
        pass


def test_a_database_that_is_not_there_is_told_in_one_line(on_machine):
    on_machine("postgresql://127.0.0.1:9/nowhere", "one")
    with pytest.raises(ClusterUnreachable), one_at_a_time("migrating"):
        pytest.fail("alone")
