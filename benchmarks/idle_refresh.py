"""A refresh when nothing has changed, over HTTP: how long it takes beside one request, and what it costs."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from statistics import median

from benchmarks.sandbox import sandbox
from partner_portal.autotask.catalog import CATALOG, COMPANIES
from partner_portal.autotask.client import AutotaskClient
from partner_portal.autotask.credentials import Credentials
from partner_portal.autotask.session import Acquaintance
from partner_portal.mirror.sync import sync
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME
from partner_portal.warehouse.opening import open_warehouse
from partner_portal.warehouse.store import OrganizationStore

LATENCY_MS = 100
ACTIVITIES = 50_000
ROUNDS = 9
REST = timedelta(minutes=10)
CREDENTIALS = Credentials(USERNAME, SECRET, INTEGRATION_CODE)
STAMPED = sum(entity.change_stamp is not None for entity in CATALOG)


def run() -> None:
    """Idle refreshes at a latency of 100 ms per request, each with a new client, as the portal does it."""
    with sandbox(ACTIVITIES, latency_ms=LATENCY_MS) as served:
        asyncio.run(_measure(served.address))


async def _measure(address: str) -> None:
    warehouse = open_warehouse(":memory:")
    store = warehouse.organization(OrganizationScope(1))
    started_at = datetime.now(UTC) + REST
    # What was changed within the overlap would be read again: nothing happens for a while before the refreshes.
    _advance(address, REST)
    known, _, _ = await _refresh(address, store, None, started_at)
    requests, seconds = 0, []
    for turn in range(1, ROUNDS + 1):
        known, sent, taken = await _refresh(address, store, known, started_at + timedelta(minutes=turn))
        requests = max(requests, sent)
        seconds.append(taken)
    warehouse.close()
    alone = await _one_request(address)
    print(
        f"  {median(seconds) * 1000:.0f} ms (median), {max(seconds) * 1000:.0f} ms (slowest of {ROUNDS}); "
        f"1.5 x {LATENCY_MS} ms + 50 ms = {1.5 * LATENCY_MS + 50:.0f} ms, "
        f"by one request alone ({alone * 1000:.0f} ms) {1500 * alone + 50:.0f} ms; "
        f"{requests} requests at most for {STAMPED} stamped entities"
    )


async def _one_request(address: str) -> float:
    """Median seconds of one request that is under way alone."""
    seconds = []
    async with await AutotaskClient.connect(CREDENTIALS, entry_url=address) as client:
        for _ in range(ROUNDS):
            began = time.perf_counter()
            await client.count(COMPANIES)
            seconds.append(time.perf_counter() - began)
    return median(seconds)


def _advance(address: str, time_passed: timedelta) -> None:
    """Move the sandbox's clock on."""
    body = json.dumps({"seconds": time_passed.total_seconds()}).encode()
    request = urllib.request.Request(f"{address}/_sandbox/advance", data=body, method="POST")
    urllib.request.urlopen(request).close()


async def _refresh(
    address: str, store: OrganizationStore, known: Acquaintance | None, started_at: datetime
) -> tuple[Acquaintance, int, float]:
    """One sync; what its client learnt, the requests it sent, the seconds from connecting to the end."""
    began = time.perf_counter()
    async with await AutotaskClient.connect(CREDENTIALS, entry_url=address, known=known or Acquaintance()) as client:
        await sync(store, client, started_at=started_at)
        return client.acquaintance, sum(client.requests.values()), time.perf_counter() - began
