"""Two web processes and two workers over one PostgreSQL, while everything that can fail fails again and again.

`python -m benchmarks.cluster [--rounds 10] [--organizations 50] [--refresh 10] [--calm 8]`

In each round a worker and a web process are killed, PostgreSQL is ended as a crash would and started again, and the
network to Autotask is cut and mended, while rows change and pages are asked for. At its end every mirror must equal
its tenant, no sync may have run twice at once, and the audit log's chains must hold.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from statistics import mean
from typing import Any

import psycopg

from benchmarks.database import POSTGRES, Database, storage
from benchmarks.equality import differences
from benchmarks.installation import Order, made
from benchmarks.processes import HOST, Running, free_port, start, start_serving, wait_until_ready
from benchmarks.sandbox import Sandbox
from benchmarks.soak import changing, repeated
from benchmarks.tenants import drawn_sizes, tenants
from benchmarks.wire import Wire, wire_to
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.warehouse.opening import open_warehouse

ROUNDS = 10
ORGANIZATIONS = 50
REFRESH_SECONDS = 10
SCALE = 0.1
"""Of the sizes of `tenants.drawn_sizes`: the tenants are many here, not large."""
CALM_SECONDS = 8.0
"""The longest time between two faults of a round."""
CUT_SECONDS = 6.0
DOWN_SECONDS = 3.0
CHANGE_SECONDS = 0.5
PATIENCE_SECONDS = 300
RUNS = """
SELECT organization_id, started_at, finished_at, outcome FROM sync_runs ORDER BY organization_id, started_at, id
"""
OVERLAP = timedelta(seconds=1)
"""A run tells when it was wanted, and is put down as soon as the one before has ended: so much is no overlap."""
WAITING = """
SELECT count(*) FROM connections c WHERE NOT EXISTS (
    SELECT FROM sync_runs r WHERE r.organization_id = c.organization_id AND r.started_at > %s AND r.outcome = 'done')
"""


@dataclass
class Cluster:
    """The processes of one installation, and what they stand on."""

    settings: dict[str, str]
    folder: Path
    database: Database
    wire: Wire
    knobs: Sequence[Sandbox]
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    web: list[Running] = field(default_factory=list)
    workers: list[Running] = field(default_factory=list)
    calm_seconds: float = CALM_SECONDS

    def add_web(self) -> None:
        """One more `portal serve` that leaves the jobs to others."""
        log = self.folder / "web.log"
        self.web.append(start_serving(log, self.settings, options=("--no-jobs",)))

    def add_worker(self) -> None:
        """One more `portal worker`."""
        port = free_port()
        begun = start(self.folder / "worker.log", self.settings, "worker", "--metrics-port", str(port))
        worker = Running(begun.process, begun.log, f"http://{HOST}:{port}")
        wait_until_ready(worker)
        self.workers.append(worker)

    def kill_worker(self) -> None:
        """End one of the workers at once; another takes its place a little later."""
        self.workers.pop(self.chance.randrange(len(self.workers))).kill()
        time.sleep(DOWN_SECONDS)
        self.add_worker()

    def kill_web(self) -> None:
        """The same with a web process."""
        self.web.pop(self.chance.randrange(len(self.web))).kill()
        time.sleep(DOWN_SECONDS)
        self.add_web()

    def cut_network(self) -> None:
        """Part the portal from Autotask for some seconds."""
        self.wire.cut()
        time.sleep(CUT_SECONDS)
        self.wire.mend()

    def stop(self) -> None:
        """Ask all processes to end."""
        for each in (*self.web, *self.workers):
            each.process.terminate()
        for each in (*self.web, *self.workers):
            each.stop()

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a `portal` command beside the others."""
        return subprocess.run(
            [sys.executable, "-m", "partner_portal.cli", *words],
            env={**os.environ, **self.settings},
            capture_output=True,
            text=True,
            check=False,
        )


def run(
    rounds: int = ROUNDS,
    organizations: int = ORGANIZATIONS,
    refresh_seconds: int = REFRESH_SECONDS,
    calm_seconds: float = CALM_SECONDS,
) -> list[str]:
    """Everything fails, again and again; what was wrong at the end of a round."""
    wrong: list[str] = []
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
        sizes = drawn_sizes(organizations, scale=SCALE)
        served, knobs = held.enter_context(tenants(sizes, folder))
        wire = held.enter_context(wire_to(int(served.address.rpartition(":")[2])))
        kept = held.enter_context(storage(folder, POSTGRES, wire.address, refresh_seconds=refresh_seconds))
        if kept.database is None:
            raise RuntimeError("a cluster needs PostgreSQL")
        cluster = Cluster(kept.settings, folder, kept.database, wire, knobs, calm_seconds=calm_seconds)
        made(Order(organizations=organizations), kept.settings)
        held.callback(cluster.stop)
        for add in (cluster.add_web, cluster.add_web, cluster.add_worker, cluster.add_worker):
            add()
        print(
            f"  {organizations} organizations with {sum(sizes):,} activities; refresh {refresh_seconds} s", flush=True
        )
        _wait_until_fresh(cluster)
        for number in range(1, rounds + 1):
            wrong += [f"round {number}: {each}" for each in _round(cluster, number)]
        print(f"  {_fairness(cluster)}")
    return wrong


def _round(cluster: Cluster, number: int) -> list[str]:
    """Let everything fail once, in an order drawn by chance; then what is wrong once all is calm."""
    faults: list[Callable[[], None]] = [
        cluster.kill_worker,
        cluster.kill_web,
        cluster.database.restart,
        cluster.cut_network,
    ]
    cluster.chance.shuffle(faults)
    began = time.monotonic()
    with repeated(CHANGE_SECONDS, changing(cluster.knobs)):
        for fault in faults:
            time.sleep(cluster.chance.uniform(0.2, 1) * cluster.calm_seconds)
            fault()
    seconds = _wait_until_fresh(cluster)
    wrong = [
        *_unverified(cluster),
        *_unequal(cluster),
        *_twice_at_once(cluster),
        *_unready(cluster),
        *_broken_chains(cluster),
    ]
    order = ", ".join(fault.__name__ for fault in faults)
    outcome = "all well" if not wrong else "; ".join(wrong)
    print(f"  round {number}: {order}; {seconds:.0f} s until all fresh, {time.monotonic() - began:.0f} s: {outcome}")
    sys.stdout.flush()
    return wrong


def _wait_until_fresh(cluster: Cluster) -> float:
    """Wait until every organization had a whole sync that began after now; the seconds that took."""
    began = time.monotonic()
    with psycopg.connect(cluster.database.url, autocommit=True) as connection:
        (now,) = connection.execute("SELECT now()").fetchone() or (None,)
        while time.monotonic() - began < PATIENCE_SECONDS:
            (waiting,) = connection.execute(WAITING, (now,)).fetchone() or (0,)
            if not waiting:
                break
            time.sleep(0.5)
        else:
            print(f"  {waiting} organizations had no whole sync within {PATIENCE_SECONDS} s")
    return time.monotonic() - began


def _unverified(cluster: Cluster) -> list[str]:
    """What a comparison of counts could not settle: a refresh alone does not see what Autotask deleted."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.verifying"],
        env={**os.environ, **cluster.settings},
        capture_output=True,
        text=True,
        check=False,
    )
    return json.loads(done.stdout) if not done.returncode else [f"not verified: {done.stderr[-300:]}"]


def _unequal(cluster: Cluster) -> list[str]:
    """The entities of which a mirror does not hold what its tenant has."""
    warehouse = open_warehouse(cluster.database.url)
    try:
        return [
            f"organization {number}: {each}"
            for number, knob in enumerate(cluster.knobs)
            for each in differences(warehouse.organization(OrganizationScope(number + 1)), knob)
        ]
    finally:
        warehouse.close()


def _twice_at_once(cluster: Cluster) -> list[str]:
    """Syncs of one organization that began while another of it ran."""
    runs = _runs(cluster)
    return [
        f"organization {earlier[0]} was synced twice at {later[1]:%H:%M:%S}"
        for earlier, later in pairwise(runs)
        if earlier[0] == later[0] and (earlier[2] is None or later[1] + OVERLAP < earlier[2])
    ]


def _runs(cluster: Cluster) -> list[tuple[Any, ...]]:
    with psycopg.connect(cluster.database.url) as connection:
        return connection.execute(RUNS).fetchall()


def _unready(cluster: Cluster) -> list[str]:
    """Processes that do not say that they are ready."""
    found = []
    for each in (*cluster.web, *cluster.workers):
        try:
            urllib.request.urlopen(f"{each.address}/readyz", timeout=10).close()
        except (urllib.error.URLError, OSError) as problem:
            found.append(f"{each.log.stem} is not ready: {problem}")
    return found


def _broken_chains(cluster: Cluster) -> list[str]:
    """What `portal audit verify` finds."""
    done = cluster.command("audit", "verify", "--json")
    if not done.stdout.startswith("{"):
        return [f"audit verify: {done.stderr[-200:]}"]
    return [
        f"audit: {chain['name']}: {chain['problem']}" for chain in json.loads(done.stdout)["chains"] if chain["problem"]
    ]


def _fairness(cluster: Cluster) -> str:
    """Refreshes of the organization that got fewest, beside the mean."""
    runs = _runs(cluster)
    whole = [sum(each[0] == number + 1 and each[3] == "done" for each in runs) for number in range(len(cluster.knobs))]
    outcomes = {outcome: sum(each[3] == outcome for each in runs) for outcome in sorted({each[3] for each in runs})}
    return (
        f"whole syncs per organization: fewest {min(whole)}, mean {mean(whole):.1f}, most {max(whole)}, "
        f"fewest/mean {min(whole) / mean(whole):.2f}; all {outcomes}"
    )


def main() -> int:
    """Read the command line, run, and say with the exit code whether anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--organizations", type=int, default=ORGANIZATIONS)
    parser.add_argument("--refresh", type=int, default=REFRESH_SECONDS)
    parser.add_argument("--calm", type=float, default=CALM_SECONDS, help="longest seconds between two faults")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is ended, too
    wrong = run(chosen.rounds, chosen.organizations, chosen.refresh, chosen.calm)
    print("  " + ("\n  ".join(wrong) or "every round ended well"))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
