"""Our first load, into a DuckDB file or into the PostgreSQL of the order's `location`."""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from partner_portal.autotask.client import AutotaskClient
from partner_portal.autotask.credentials import Credentials
from partner_portal.lib.interpreter import settle
from partner_portal.mirror.progress import Silent
from partner_portal.mirror.sync import sync
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.warehouse.opening import open_warehouse


class Landing(Silent):
    """When the last entity's rows were in place."""

    def __init__(self) -> None:
        self.at = 0.0

    def entity_finished(self, path: str, problem: str | None) -> None:  # noqa: ARG002
        """Note the time."""
        self.at = time.perf_counter()


async def load(order: dict[str, Any], location: str) -> dict[str, Any]:
    """One full sync of an empty warehouse, counts compared at its end."""
    warehouse, landing = open_warehouse(location), Landing()
    store = warehouse.organization(OrganizationScope(1))
    settle()  # as the portal's own processes do once they are there
    credentials = Credentials(order["username"], order["secret"], order["integration_code"])
    began, cpu = time.perf_counter(), time.process_time()
    async with await AutotaskClient.connect(credentials, entry_url=order["address"]) as client:
        await sync(store, client, started_at=datetime.now(UTC), full=True, progress=landing)
    ended = time.perf_counter()
    rows = {path: source.rows if source.complete else 0 for path, source in store.sources().items()}
    spent = time.process_time() - cpu
    warehouse.close()
    return {"seconds": landing.at - began, "with_comparison": ended - began, "cpu_seconds": spent, "rows": rows}


if __name__ == "__main__":
    order = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as folder:
        done = asyncio.run(load(order, order["location"] or str(Path(folder, "warehouse.duckdb"))))
    done["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    json.dump(done, sys.stdout)
