"""The portal's processes as a benchmark runs and watches them, and what the system says of each."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

HOST = "127.0.0.1"
PATIENCE_SECONDS = 120
STOP_SECONDS = 60
TICKS = os.sysconf("SC_CLK_TCK")
OURS = ("PORTAL_", "AUTOTASK_", "DATABASE_URL")


@dataclass(frozen=True)
class Usage:
    """What a process and its children hold and have used; memory is resident, in MB, shared pages counted once each."""

    memory_mb: float = 0.0
    handles: int = 0
    threads: int = 0
    cpu_seconds: float = 0.0

    def __add__(self, other: Usage) -> Usage:
        return Usage(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(Usage)))


def usage_of(process_id: int) -> Usage:
    """The usage of a process and all below it, as Linux tells it; of one that has ended, nothing."""
    held = _usage_of_one(process_id)
    for child in _children(process_id):
        held += usage_of(child)
    return held


def _usage_of_one(process_id: int) -> Usage:
    folder = Path(f"/proc/{process_id}")
    try:
        fields_of_stat = (folder / "stat").read_text().rpartition(")")[2].split()
        memory = next(line for line in (folder / "smaps_rollup").read_text().splitlines() if line.startswith("Pss:"))
        handles = len(list((folder / "fd").iterdir()))
    except (OSError, StopIteration):
        return Usage()
    spent = (int(fields_of_stat[11]) + int(fields_of_stat[12])) / TICKS
    return Usage(int(memory.split()[1]) / 1024, handles, int(fields_of_stat[17]), spent)


def _children(process_id: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{process_id}/task").glob("*/children"):
        try:
            found += map(int, task.read_text().split())
        except OSError:
            continue
    return found


@dataclass(frozen=True)
class Running:
    """A command that runs, what it writes into, and the address where it serves, empty for one that does not."""

    process: subprocess.Popen[bytes]
    log: Path
    address: str = ""

    def usage(self) -> Usage:
        """What it and its children hold and have used."""
        return usage_of(self.process.pid)

    def kill(self) -> None:
        """End it and its children as a power cut would."""
        for each in (self.process.pid, *descendants(self.process.pid)):
            try:
                os.kill(each, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait()

    def stop(self) -> None:
        """Ask it to end, and wait for it."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()


def descendants(process_id: int) -> list[int]:
    """The ids of all processes below this one."""
    return [each for child in _children(process_id) for each in (child, *descendants(child))]


def start(log: Path, environment: Mapping[str, str], *command: str, module: str = "partner_portal.cli") -> Running:
    """Start a command of ours, its words into `log`; of the portal's settings it sees those of `environment` only."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *command],
            stdout=output,
            stderr=output,
            env={**clean, **environment},
            start_new_session=True,
        )
    return Running(process, log)


def start_serving(
    log: Path, environment: Mapping[str, str], *, port: int | None = None, options: tuple[str, ...] = ()
) -> Running:
    """`portal serve` on a loopback port, a free one unless given; returns when it is ready."""
    chosen = port or free_port()
    made = start(log, environment, "serve", "--port", str(chosen), *options)
    running = Running(made.process, log, f"http://{HOST}:{chosen}")
    wait_until_ready(running)
    return running


def wait_until_ready(running: Running, path: str = "/readyz") -> None:
    """Wait until it answers; raises `RuntimeError` with the end of its log when it ends or takes too long."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and running.process.poll() is None:
        try:
            urllib.request.urlopen(running.address + path, timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"{running.address or running.log.name} does not answer: {running.log.read_text()[-2000:]}")


@contextmanager
def ending(running: Running) -> Iterator[Running]:
    """Stop it when we leave."""
    try:
        yield running
    finally:
        running.stop()


def free_port() -> int:
    """A loopback port that nothing listens at."""
    with socket.create_server((HOST, 0)) as probe:
        return int(probe.getsockname()[1])
