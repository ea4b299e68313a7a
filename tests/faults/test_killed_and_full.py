"""A syncing process that is killed, or whose disk is full: the file keeps complete data, and the next sync is right."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mirror.wired import Bench, assert_equal_to_the_world
from partner_portal.autotask.catalog import CATALOG
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.sandbox.app import build
from partner_portal.sandbox.generation.plan import Sizes
from partner_portal.sandbox.options import Options
from partner_portal.sandbox.server import running
from partner_portal.sandbox.world import World, generate
from partner_portal.warehouse.opening import open_warehouse
from partner_portal.warehouse.store import OrganizationStore, Warehouse

pytestmark = pytest.mark.slow

SIZES = Sizes(companies=80, contacts=150, opportunities=300, appointments=200, tickets=200, time_entries=300)
PROGRAM = Path(__file__).with_name("syncing_process.py")
KILLS = 6


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    made = generate(seed=5, activities=3_000, sizes=SIZES)
    yield made
    made.close()


def start(address: str, path: Path, *, most: int = 0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(PROGRAM), address, str(path), str(most)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


def opened(path: Path) -> tuple[Warehouse, OrganizationStore]:
    warehouse = open_warehouse(str(path))
    return warehouse, warehouse.organization(OrganizationScope(1))


def assert_whole(store: OrganizationStore, world: World) -> None:
    """Each entity is there completely, with the count that its source tells, or not at all."""
    for path, source in store.sources().items():
        entity = next(entity for entity in CATALOG if entity.path == path)
        ((held,),) = store.rows(f"SELECT count(*) FROM {entity.table}")
        assert held == source.rows
        assert held in (0, len(world.rows(path)))


async def assert_made_right(store: OrganizationStore, world: World) -> None:
    bench = Bench(world, store)
    stopped_at = world.clock.stopped_at
    assert (await bench.sync(datetime.now(UTC) + timedelta(minutes=1))).complete
    world.clock.stopped_at = stopped_at
    assert_equal_to_the_world(bench)


async def test_a_process_that_is_killed_at_any_moment_leaves_a_file_that_the_next_sync_completes(
    world: World, tmp_path: Path
) -> None:
    path, chance = tmp_path / "warehouse.duckdb", random.Random(7)
    app = build(world, options=Options(latency_seconds=0.02))
    reached = []
    with running(app) as address:
        for _ in range(KILLS):
            app.state.counters.requests.clear()
            process = start(address, path)
            _wait_for_requests(app, chance.randrange(20, 110), process)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            reached.append(app.state.counters.requests.total())
            if path.exists():
                warehouse, store = opened(path)
                assert_whole(store, world)
                warehouse.close()
    assert min(reached) >= 20
    warehouse, store = opened(path)
    await assert_made_right(store, world)
    warehouse.close()


def _wait_for_requests(app, count: int, process: subprocess.Popen[str]) -> None:
    while app.state.counters.requests.total() < count and process.poll() is None:
        signal.sigtimedwait([], 0.002)


@pytest.fixture(params=["small disk", "small files"])
def cramped(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, int]]:
    """A folder on a disk that is too small, or any folder and a limit for the size of files."""
    if request.param == "small files":
        yield tmp_path, 400_000
        return
    folder = tmp_path / "disk"
    folder.mkdir()
    if shutil.which("mount") is None or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(folder)], check=False)
    if mounted.returncode:
        pytest.skip("no right to mount here")
    try:
        yield folder, 0
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


async def test_a_full_disk_is_told_and_costs_nothing_that_was_complete(
    world: World, cramped: tuple[Path, int], tmp_path: Path
) -> None:
    folder, most = cramped
    path = folder / "warehouse.duckdb"
    with running(build(world)) as address:
        process = start(address, path, most=most)
        printed, complaints = process.communicate(timeout=120)
    assert process.returncode == 0, complaints
    entities = json.loads(printed)["entities"]
    failed = {name: part["problem"] for name, part in entities.items() if not part["complete"]}
    assert failed
    assert all(failed.values())
    moved = tmp_path / "roomy.duckdb"
    for file in folder.glob("warehouse.duckdb*"):
        shutil.copy(file, str(moved) + file.name.removeprefix("warehouse.duckdb"))
    warehouse, store = opened(moved)
    assert_whole(store, world)
    await assert_made_right(store, world)
    warehouse.close()
