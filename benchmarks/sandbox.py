"""`portal sandbox` in its own process, for benchmarks."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from partner_portal.autotask.catalog import CATALOG

HOST = "127.0.0.1"
PATIENCE_SECONDS = 600


@dataclass(frozen=True)
class Sandbox:
    """A sandbox that serves, its base address, and the id of its process."""

    address: str
    process_id: int

    def requests(self) -> dict[str, int]:
        """How many requests came since the last `forget`, by entity."""
        found: dict[str, int] = self._control("GET", "counters")["requests"]
        return found

    def rows(self) -> dict[str, int]:
        """How many rows there are of each entity that we read."""
        held = self._control("GET", "rows")
        return {entity.path: int(held[entity.path]) for entity in CATALOG}

    def forget(self) -> None:
        """Count from nothing, with the whole hour to spend."""
        self._control("DELETE", "counters")
        self._control("POST", "hour", {"used": 0})

    def set_latency(self, milliseconds: int) -> None:
        """Add so much to every request from now on."""
        self._control("PATCH", "options", {"latency_seconds": milliseconds / 1000})

    def churn(self, rows: int) -> None:
        """Edit, copy or delete so many rows of the sales entities."""
        self._control("POST", "churn", {"rows": rows})

    def contents(self, entity: str) -> list[dict[str, Any]]:
        """All rows of an entity, as they go over the wire, ascending by id."""
        found: list[dict[str, Any]] = self._control("GET", f"rows/{entity}")
        return found

    def cpu_seconds(self) -> float:
        """The processor time that it has used; 0 where the system does not tell."""
        try:
            fields = Path(f"/proc/{self.process_id}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _control(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.address}/_sandbox/{path}", data=content, method=method)
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
        return json.loads(text) if text else {}


@contextmanager
def sandbox(activities: int, *, latency_ms: int = 0, sizes: Mapping[str, int] | None = None) -> Iterator[Sandbox]:
    """A sandbox with so many activities, and rows of other entities as `sizes` says; threads are freed at once."""
    with socket.create_server((HOST, 0)) as probe:
        port = probe.getsockname()[1]
    options = ["--port", str(port), "--activities", str(activities), "--latency-ms", str(latency_ms)]
    for name, size in (sizes or {}).items():
        options += ["--size", f"{name}={size}"]
    process = subprocess.Popen(
        [sys.executable, "-m", "partner_portal.cli", "sandbox", *options, "--release-ms", "0"],
        stderr=subprocess.DEVNULL,
    )
    try:
        served = Sandbox(f"http://{HOST}:{port}", process.pid)
        _wait_for(served, process)
        yield served
    finally:
        process.terminate()
        process.wait()


def _wait_for(served: Sandbox, process: subprocess.Popen[bytes]) -> None:
    for _ in range(PATIENCE_SECONDS * 5):
        if process.poll() is not None:
            raise RuntimeError("the sandbox ended before it served")
        try:
            urllib.request.urlopen(f"{served.address}/ATServicesRest/VersionInformation", timeout=1).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("the sandbox does not serve")
