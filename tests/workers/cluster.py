"""Portal processes over one PostgreSQL, as tests start, watch and end them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

COMMAND = Path(__file__).with_name("portal_command.py")
PROCESS = Path(__file__).with_name("portal_process.py")
PATIENCE_SECONDS = 180


def wait_for(what: Any) -> Any:
    """What `what` gives as soon as it is something; other processes tell of nothing by themselves."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (given := what()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} gave nothing")
        time.sleep(0.05)
    return given


@dataclass
class Cluster:
    """The processes of one installation, and its database."""

    environment: dict[str, str]
    address: str
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def run(self, script: Path, *words: str) -> str:
        """Run one command to its end; what it wrote to standard output."""
        done = subprocess.run(
            [sys.executable, script, *words],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, *words: str, log: Path) -> subprocess.Popen[bytes]:
        """Start a command that stays."""
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, COMMAND, *words],
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.started.append(process)
        return process

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of a query over the database."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            return connection.execute(query, values).fetchall()

    def runs(self) -> list[str]:
        """How the syncs ended, first to last; empty for one that runs."""
        return [outcome for (outcome,) in self.rows("SELECT outcome FROM sync_runs ORDER BY id")]

    def at_work(self) -> int | None:
        """The number of the process whose sync has begun to read."""
        held = self.rows("SELECT process FROM sync_runs WHERE finished_at IS NULL AND progress::text <> '{}'")
        return int(held[0][0].split(":")[1]) if held else None


@contextmanager
def cluster(environment: dict[str, str], address: str) -> Iterator[Cluster]:
    """An installation without processes yet; those that still run in the end are killed."""
    made = Cluster(environment | {"DATABASE_URL": address}, address)
    try:
        yield made
    finally:
        for process in made.started:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # those that it started as well
            process.wait()


def free_port() -> int:
    """A port that nothing listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def asked(port: int, path: str) -> tuple[int, str]:
    """Status and body of a GET; (0, "") where nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()
    except OSError:
        return 0, ""


def is_ready(port: int) -> bool:
    """Whether the process at `port` says that it is."""
    return asked(port, "/readyz")[0] == 200


def stop(process: subprocess.Popen[bytes]) -> int:
    """End a process as an operator would; its exit code."""
    process.send_signal(signal.SIGTERM)
    return process.wait(PATIENCE_SECONDS)
