"""The first load over HTTP, against what the API's rules allow."""

from __future__ import annotations

import asyncio
import math
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from partner_portal.autotask.client import AutotaskClient
from partner_portal.autotask.credentials import Credentials
from partner_portal.mirror.sync import Summary, sync
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME
from partner_portal.warehouse.opening import open_warehouse

PORT = 8871
ACTIVITIES = 50_000
PAGE = 500
AT_ONCE = 3


def run() -> None:
    """First load of 50,000 activities from a sandbox in its own process, at two latencies."""
    for latency_ms in (0, 100):
        with sandbox(latency_ms) as address:
            started = time.perf_counter()
            summary = asyncio.run(load(address))
            seconds = time.perf_counter() - started
        entities = summary.document()["entities"].values()
        rows = sum(entity["rows"] for entity in entities)
        pages = max(math.ceil(entity["rows"] / PAGE) for entity in entities)
        limit = math.ceil(pages / AT_ONCE) * latency_ms / 1000
        share = f", {limit / seconds:.0%} of the limit that {AT_ONCE} requests at once allow" if limit else ""
        print(f"  latency {latency_ms:>3} ms: {rows:,} rows in {seconds:.1f} s, {rows / seconds:,.0f} rows/s{share}")


async def load(address: str) -> Summary:
    """One full sync into an empty warehouse in memory."""
    warehouse = open_warehouse(":memory:")
    credentials = Credentials(USERNAME, SECRET, INTEGRATION_CODE)
    async with await AutotaskClient.connect(credentials, entry_url=address) as client:
        store = warehouse.organization(OrganizationScope(1))
        return await sync(store, client, started_at=datetime.now(UTC), full=True)


@contextmanager
def sandbox(latency_ms: int) -> Iterator[str]:
    """`portal sandbox` in its own process; its address."""
    options = ["--port", str(PORT), "--activities", str(ACTIVITIES), "--latency-ms", str(latency_ms)]
    process = subprocess.Popen(
        [sys.executable, "-m", "partner_portal.cli", "sandbox", *options, "--release-ms", "0"],
        stderr=subprocess.DEVNULL,
    )
    try:
        address = f"http://127.0.0.1:{PORT}"
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{address}/ATServicesRest/VersionInformation", timeout=1).close()
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait()
