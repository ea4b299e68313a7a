"""200 people who open reports for two minutes, and the same reading cached answers of the API, on one machine.

`python -m benchmarks.load [--storage postgres] [--seconds 120] [--people 200] [--options "--workers 2"]`
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.database import EMBEDDED, KINDS, storage
from benchmarks.installation import Order, made
from benchmarks.mirrors import wait_until_synced
from benchmarks.processes import Running, Usage, ending, start_serving
from benchmarks.readers import DOCUMENTS, PAGES, Habit, Seen, read
from benchmarks.tenants import tenants

ACTIVITIES = 20_000
ORGANIZATIONS = 4
PEOPLE = 200
SECONDS = 120.0
THINK_SECONDS = 5.0
AT_ONCE = 16
"""Connections of the program that asks the API without a pause."""
WARM_SECONDS = 5.0
LOOKS = 24


@dataclass
class Watch:
    """What a process held at several moments while something else went on."""

    looks: list[Usage] = field(default_factory=list)

    def line(self) -> str:
        """Memory at the start, in the middle and at the end; handles and threads; processor time."""
        first, middle, last = (self.looks[place] for place in (0, len(self.looks) // 2, -1))
        return (
            f"server: memory {first.memory_mb:.0f}, {middle.memory_mb:.0f}, {last.memory_mb:.0f} MB at start, middle, "
            f"end; handles {first.handles}, {middle.handles}, {last.handles}; threads {first.threads}, "
            f"{middle.threads}, {last.threads}; processor time {last.cpu_seconds - first.cpu_seconds:.1f} s"
        )


@contextmanager
def watched(running: Running, seconds: float) -> Iterator[Watch]:
    """Look at `running` now, at the end, and regularly in between."""
    watch, over = Watch([running.usage()]), threading.Event()

    def look() -> None:
        while not over.wait(seconds / LOOKS):
            watch.looks.append(running.usage())

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield watch
    finally:
        over.set()
        thread.join()
        watch.looks.append(running.usage())


def run(seconds: float = SECONDS, people: int = PEOPLE, kind: str = EMBEDDED, options: Sequence[str] = ()) -> None:
    """200 people opening reports for two minutes; the same number reading cached answers of the API."""
    print(f"  {os.cpu_count()} processors, load average before {os.getloadavg()[0]:.1f}; storage {kind}")
    with tempfile.TemporaryDirectory() as folder, tenants([ACTIVITIES] * ORGANIZATIONS, Path(folder)) as (served, _):
        place = Path(folder)
        with storage(place, kind, served.address, refresh_seconds=3600) as kept:
            sessions = made(Order(organizations=ORGANIZATIONS, sessions=people), kept.settings)
            serving = start_serving(place / "serve.log", kept.settings, options=tuple(options))
            with ending(serving) as server:
                wait_until_synced(server.address, ORGANIZATIONS)
                _measure(server, sessions, seconds)


def _measure(server: Running, sessions: list[dict[str, str]], seconds: float) -> None:
    _read(server, sessions, Habit(PAGES, THINK_SECONDS / 5), WARM_SECONDS)
    people = f"{len(sessions)} people"
    _tell(server, f"{people}, {THINK_SECONDS:g} s between pages", sessions, Habit(PAGES, THINK_SECONDS), seconds)
    few = sessions[:AT_ONCE]
    for name, keeps in (("with the tag they hold", True), ("without tags", False)):
        habit = Habit(DOCUMENTS, 0, keeps=keeps)
        _tell(server, f"{AT_ONCE} at once, cached API answers {name}", few, habit, seconds / 2)
    _tell(server, f"{AT_ONCE} at once, pages as fast as they come", few, Habit(PAGES, 0), seconds / 4)


def _tell(server: Running, name: str, sessions: list[dict[str, str]], habit: Habit, seconds: float) -> None:
    ours = time.process_time()
    with watched(server, seconds) as watch:
        seen = _read(server, sessions, habit, seconds)
    print(f"  {name}, {seconds:g} s: {seen.line()}")
    print(f"    {watch.line()}; load generator's {time.process_time() - ours:.1f} s", flush=True)
    if len(seen.by_page) > 1:
        print(f"    median by page: {seen.pages()}")


def _read(server: Running, sessions: list[dict[str, str]], habit: Habit, seconds: float) -> Seen:
    return asyncio.run(read(server.address, sessions, habit, seconds))


def main() -> None:
    """Read the command line, and run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--storage", choices=KINDS, default=EMBEDDED)
    parser.add_argument("--options", default="", help='further options of `portal serve`, such as "--workers 2"')
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is ended, too
    run(chosen.seconds, chosen.people, chosen.storage, chosen.options.split())


if __name__ == "__main__":
    main()
