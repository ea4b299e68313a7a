"""What an organization costs: processor time, memory, disk and API calls, measured with more and more of them.

`python -m benchmarks.growth [--counts 1 10 100] [--storage postgres] [--scale 1] [--latency-ms 0]`

Sizes are drawn from a log-normal distribution (`tenants.drawn_sizes`). Refreshes come every `--refresh` seconds so
that some minutes show many; their cost is then spread over the five minutes of a real portal. What 10,000
organizations need is a straight line through the measured counts, so that what a portal takes anyway is not counted for
each, and the first resource that runs out is named.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression, mean

from benchmarks.database import EMBEDDED, KINDS, Storage, storage
from benchmarks.installation import Order, made
from benchmarks.mirrors import measures, wait_until_synced
from benchmarks.processes import Running, Usage, ending, start_serving, usage_of
from benchmarks.sandbox import Sandbox
from benchmarks.soak import changing, repeated
from benchmarks.tenants import drawn_sizes, tenants

COUNTS = (1, 10, 100)
GOAL = 10_000
REFRESH_SECONDS = 30
REAL_REFRESH_SECONDS = 300
ROUNDS = 3
"""Refreshes of each organization that are measured."""
CHANGES_PER_SECOND = 5
FIRST_LOAD_SECONDS = 3_600
JOBS_AT_ONCE = 4
HOURLY_LIMIT = 10_000
MEMORY_MB = 24 * 1024
DISK_MB = 200 * 1024
"""What one machine of 2 cores and 24 GiB offers; a process uses one core, as Python does."""


@dataclass(frozen=True)
class Line:
    """What is needed whatever is measured, and what each one more takes."""

    base: float
    slope: float


@dataclass(frozen=True)
class Cost:
    """What one measured installation took: while all organizations were read first, then for its refreshes."""

    organizations: int
    activities: int
    first_load_seconds: float
    first_load_cpu: float
    memory_mb: float
    disk_mb: float
    syncs: float
    calls: float
    cpu_seconds: float
    busy_seconds: float
    window_seconds: float

    def line(self) -> str:
        """The measured figures, per organization where that is what counts."""
        return (
            f"{self.organizations:>4} organizations, {self.activities:>9,} activities: first load "
            f"{self.first_load_seconds:,.0f} s ({self.first_load_cpu / self.organizations:.2f} s of processor each); "
            f"memory {self.memory_mb:,.0f} MB; disk {self.disk_mb:,.1f} MB "
            f"({self.disk_mb * 1024 / max(self.activities, 1):.2f} KB an activity); a refresh: "
            f"{self.per_sync(self.cpu_seconds) * 1000:.0f} ms of processor, "
            f"{self.per_sync(self.busy_seconds) * 1000:.0f} ms long, {self.per_sync(self.calls):.1f} calls; "
            f"{self.syncs:.0f} in {self.window_seconds:.0f} s"
        )

    @property
    def syncs_per_second(self) -> float:
        """How many refreshes there were in a second of the window."""
        return self.syncs / self.window_seconds

    @property
    def cores(self) -> float:
        """Processor seconds in a second of the window."""
        return self.cpu_seconds / self.window_seconds

    def per_sync(self, value: float) -> float:
        """A sum of the window, by refresh."""
        return value / self.syncs if self.syncs else 0.0


def run(
    counts: Sequence[int] = COUNTS,
    kind: str = EMBEDDED,
    *,
    scale: float = 1.0,
    latency_ms: int = 0,
    refresh_seconds: int = REFRESH_SECONDS,
) -> None:
    """Cost per organization from a few installations of growing size, and what 10,000 organizations would need."""
    print(
        f"  {os.cpu_count()} processors, load average {os.getloadavg()[0]:.1f}; storage {kind}; latency {latency_ms} ms"
    )
    costs = []
    for count in counts:
        folder = Path(tempfile.mkdtemp())
        try:
            costs.append(_measured(folder, drawn_sizes(count, scale=scale), kind, latency_ms, refresh_seconds))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        print(f"  {costs[-1].line()}", flush=True)
    _extrapolate(costs)


def _measured(folder: Path, sizes: list[int], kind: str, latency_ms: int, refresh_seconds: int) -> Cost:
    with (
        tenants(sizes, folder, latency_ms=latency_ms) as (served, knobs),
        storage(folder, kind, served.address, refresh_seconds=refresh_seconds) as kept,
    ):
        made(Order(organizations=len(sizes)), kept.settings)
        began = time.monotonic()
        with ending(start_serving(folder / "serve.log", kept.settings)) as server:
            wait_until_synced(server.address, len(sizes), FIRST_LOAD_SECONDS)
            loaded_in, loaded = time.monotonic() - began, _usage(server, kept)
            return _window(server, kept, knobs, sizes, (loaded_in, loaded.cpu_seconds), refresh_seconds)


def _window(
    server: Running,
    kept: Storage,
    knobs: Sequence[Sandbox],
    sizes: list[int],
    first: tuple[float, float],
    refresh_seconds: int,
) -> Cost:
    """Some refreshes of every organization, with changes, and what they took."""
    before, usage, began = measures(server.address), _usage(server, kept), time.monotonic()
    with repeated(1 / CHANGES_PER_SECOND, changing(knobs)):
        time.sleep(refresh_seconds * ROUNDS)
    after, later = measures(server.address), _usage(server, kept)
    spent = {name: after[name] - before.get(name, 0.0) for name in after}
    return Cost(
        organizations=len(sizes),
        activities=sum(sizes),
        first_load_seconds=first[0],
        first_load_cpu=first[1],
        memory_mb=later.memory_mb,
        disk_mb=kept.disk_mb(),
        syncs=spent["portal_sync_seconds_count"],
        calls=sum(value for name, value in spent.items() if name.startswith("portal_autotask_requests_total{")),
        cpu_seconds=later.cpu_seconds - usage.cpu_seconds,
        busy_seconds=spent["portal_sync_seconds_sum"],
        window_seconds=time.monotonic() - began,
    )


def _usage(server: Running, kept: Storage) -> Usage:
    """The portal's processes, and PostgreSQL's with them where there is one."""
    return server.usage() + (usage_of(kept.database.process_id) if kept.database else Usage())


def _extrapolate(costs: Sequence[Cost]) -> None:
    """What the goal would need by straight lines, and which resource runs out at how many organizations."""
    largest = costs[-1]
    size = mean(drawn_sizes(GOAL))
    memory = _line([each.organizations for each in costs], [each.memory_mb for each in costs])
    work = _line([each.syncs_per_second for each in costs], [each.cores for each in costs])
    cpu = work.slope / REAL_REFRESH_SECONDS
    busy = largest.per_sync(largest.busy_seconds) / REAL_REFRESH_SECONDS
    disk = largest.disk_mb / largest.activities * size
    calls = largest.per_sync(largest.calls) * 3600 / REAL_REFRESH_SECONDS
    print(
        f"  at a refresh every {REAL_REFRESH_SECONDS} s and {size:,.0f} activities on average, an organization takes "
        f"{cpu * 1000:.2f} ms of processor a second ({work.slope * 1000:.0f} ms a refresh; besides "
        f"{work.base * 1000:.0f} ms a second for the portal itself), {memory.slope:.2f} MB of memory (besides "
        f"{memory.base:.0f}), {disk:.1f} MB of disk, {calls:.0f} calls an hour of its tenant's {HOURLY_LIMIT:,}"
    )
    print(
        f"  {GOAL:,} organizations: {work.base + cpu * GOAL:.1f} cores, "
        f"{(memory.base + memory.slope * GOAL) / 1024:.1f} GB of memory, {disk * GOAL / 1024:.0f} GB of disk, "
        f"{busy * GOAL:.0f} syncs side by side"
    )
    ends = {
        "the one core of a process": _end(1 - work.base, cpu),
        f"{JOBS_AT_ONCE} syncs side by side in a process": _end(JOBS_AT_ONCE, busy),
        f"{MEMORY_MB / 1024:.0f} GB of memory": _end(MEMORY_MB - memory.base, memory.slope),
        f"{DISK_MB / 1024:.0f} GB of disk": _end(DISK_MB, disk),
    }
    for name, end in sorted(ends.items(), key=lambda each: each[1]):
        print(f"    {name} {'lasts for' if end != float('inf') else 'does not end:'} {end:,.0f} organizations")
    print(f"  first bottleneck: {min(ends, key=lambda name: ends[name])}")


def _line(along: Sequence[float], values: Sequence[float]) -> Line:
    """The line that lies closest; through the origin where there is one point only."""
    if len(along) == 1:
        return Line(0.0, values[0] / along[0])
    found = linear_regression(along, values)
    return Line(max(found.intercept, 0.0), max(found.slope, 0.0))


def _end(room: float, each_takes: float) -> float:
    return room / each_takes if each_takes > 0 else float("inf")


def main() -> None:
    """Read the command line, and run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--counts", type=int, nargs="+", default=COUNTS)
    parser.add_argument("--storage", choices=KINDS, default=EMBEDDED)
    parser.add_argument("--scale", type=float, default=1.0, help="make the tenants smaller, such as 0.1")
    parser.add_argument("--latency-ms", type=int, default=0)
    parser.add_argument("--refresh", type=int, default=REFRESH_SECONDS)
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is ended, too
    run(
        chosen.counts,
        chosen.storage,
        scale=chosen.scale,
        latency_ms=chosen.latency_ms,
        refresh_seconds=chosen.refresh,
    )


if __name__ == "__main__":
    main()
