"""Syncs and readers for as long as wanted: does the portal's memory, its file handles or its threads grow?

`python -m benchmarks.soak [--minutes 20] [--storage postgres]`

Reports and pages are kept, up to 80 MiB of them: memory is level only once that room is full. That is what the first
half is for; on a slow machine take longer.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from statistics import linear_regression, mean

from benchmarks.database import EMBEDDED, KINDS, storage
from benchmarks.installation import Order, made
from benchmarks.mirrors import measures, wait_until_synced
from benchmarks.processes import Running, Usage, ending, start_serving
from benchmarks.readers import DOCUMENTS, PAGES, Habit, Seen, read
from benchmarks.sandbox import Sandbox
from benchmarks.tenants import tenants

MINUTES = 20.0
ORGANIZATIONS = 5
ACTIVITIES = 2_000
READERS = 10
THINK_SECONDS = 2.0
REFRESH_SECONDS = 10
CHANGES = 20
"""Rows that change in one tenant, again and again."""
CHANGE_SECONDS = 2.0
LOOK_SECONDS = 5.0
TOLD = ("memory_mb", "handles", "threads")


def run(minutes: float = MINUTES, kind: str = EMBEDDED) -> None:
    """Refreshes every ten seconds over data that change, and readers of pages and API."""
    with (
        tempfile.TemporaryDirectory() as folder,
        tenants([ACTIVITIES] * ORGANIZATIONS, Path(folder)) as (served, knobs),
    ):
        place = Path(folder)
        with storage(place, kind, served.address, refresh_seconds=REFRESH_SECONDS) as kept:
            sessions = made(Order(organizations=ORGANIZATIONS, sessions=READERS), kept.settings)
            with ending(start_serving(place / "serve.log", kept.settings)) as server:
                wait_until_synced(server.address, ORGANIZATIONS)
                with repeated(CHANGE_SECONDS, changing(knobs)):
                    _soak(server, sessions, minutes * 60)


def _soak(server: Running, sessions: list[dict[str, str]], seconds: float) -> None:
    looks: list[tuple[float, Usage]] = []
    began = time.monotonic()

    def look() -> None:
        looks.append((time.monotonic() - began, server.usage()))

    syncs = _syncs(server.address)
    with repeated(LOOK_SECONDS, look):
        seen = asyncio.run(_read(server.address, sessions, seconds))
    _tell(looks)
    done = {outcome: count - syncs.get(outcome, 0) for outcome, count in _syncs(server.address).items()}
    print(f"  syncs {done}; readers: {seen.line()}")


async def _read(address: str, sessions: list[dict[str, str]], seconds: float) -> Seen:
    return await read(address, sessions, Habit((*PAGES, *DOCUMENTS), THINK_SECONDS), seconds)


def _syncs(address: str) -> dict[str, float]:
    """Syncs that ended, by outcome."""
    prefix = 'portal_syncs_total{outcome="'
    return {name[len(prefix) : -2]: count for name, count in measures(address).items() if name.startswith(prefix)}


def _tell(looks: Sequence[tuple[float, Usage]]) -> None:
    """A line for each tenth of the time, then the growth by a straight line through the second half.

    Each sync that runs at a look has some seven threads and twenty handles for as long as it lasts. The lowest of each
    quarter, when hardly any did, tells what stays.
    """
    for tenth in range(11):
        at, usage = looks[min(tenth * len(looks) // 10, len(looks) - 1)]
        print(f"  {at / 60:6.1f} min{usage.memory_mb:>8.0f} MB{usage.handles:>6} handles{usage.threads:>5} threads")
    later = looks[len(looks) // 2 :]
    hours = [at / 3600 for at, _ in later]
    for name in [each.name for each in fields(Usage) if each.name in TOLD]:
        values = [float(getattr(usage, name)) for _, usage in later]
        slope = linear_regression(hours, values).slope
        print(
            f"  {name:<10} second half: mean {mean(values):,.1f}, {min(values):,.0f} to {max(values):,.0f}, "
            f"growth {slope:+,.1f} an hour ({slope * (hours[-1] - hours[0]) / mean(values):+.2%} meanwhile); "
            f"lowest of each quarter {', '.join(f'{lowest:,.0f}' for lowest in _lowest(looks, name))}"
        )


def _lowest(looks: Sequence[tuple[float, Usage]], name: str) -> list[float]:
    quarters = (looks[len(looks) * each // 4 : len(looks) * (each + 1) // 4] for each in range(4))
    return [min(getattr(usage, name) for _, usage in quarter) for quarter in quarters if quarter]


def changing(knobs: Sequence[Sandbox]) -> Callable[[], None]:
    """What changes some rows of a tenant that it draws, each time it is called."""
    chance = random.Random(1)
    return lambda: chance.choice(knobs).churn(CHANGES)


@contextmanager
def repeated(seconds: float, act: Callable[[], object]) -> Iterator[None]:
    """Do `act` now and every so often, beside what goes on within."""
    over = threading.Event()

    def work() -> None:
        while True:
            act()
            if over.wait(seconds):
                return

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def main() -> None:
    """Read the command line, and run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--storage", choices=KINDS, default=EMBEDDED)
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is ended, too
    run(chosen.minutes, chosen.storage)


if __name__ == "__main__":
    main()
