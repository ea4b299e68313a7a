"""What a running portal's own measures say of its mirrors."""

from __future__ import annotations

import time
import urllib.request

from benchmarks.processes import PATIENCE_SECONDS


def measures(address: str) -> dict[str, float]:
    """The samples of /metrics, by their names with labels."""
    with urllib.request.urlopen(f"{address}/metrics") as answer:
        lines = answer.read().decode().splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[:1] != "#")}


def wait_until_synced(address: str, organizations: int, patience_seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until each of so many organizations has been read whole once and none is being read."""
    deadline = time.monotonic() + patience_seconds
    while time.monotonic() < deadline:
        found = measures(address)
        ages = [name for name in found if name.startswith("portal_sync_age_seconds{")]
        if len(ages) == organizations and not found["portal_syncs_running"]:
            return
        time.sleep(0.5)
    raise RuntimeError(f"not every organization was read within {patience_seconds:g} s: {ages}")
