"""The package `autotask-client`: its `query_all` for all entities at once. Nothing is stored."""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from typing import Any

from autotask.client import AutotaskClient  # in the environment that the benchmark makes for it
from autotask.config import AutotaskConfig

PAGES_WITHOUT_BOUND = 10**6
"""Its own default stops after 200 pages in silence."""


async def load(order: dict[str, Any]) -> dict[str, Any]:
    """Every row of every entity; the package lets three requests through at once, of all entities together."""
    config = AutotaskConfig(
        username=order["username"],
        secret=order["secret"],
        integration_code=order["integration_code"],
        api_url=order["address"],
    )
    rows: dict[str, int] = {}
    problems: dict[str, str] = {}
    began = time.perf_counter()

    async def one(client: AutotaskClient, path: str) -> None:
        try:
            everything = [{"op": "gte", "field": "id", "value": 0}]
            found = await client.query_all(path, everything, max_pages=PAGES_WITHOUT_BOUND)
            rows[path] = len({row["id"] for row in found})
        except Exception as error:  # noqa: BLE001  (whatever it raises is its result)
            rows[path], problems[path] = 0, f"{type(error).__name__}: {error}"

    async with AutotaskClient(config) as client:
        await asyncio.gather(*[one(client, path) for path in order["entities"]])
    return {"seconds": time.perf_counter() - began, "rows": rows, "problems": problems}


if __name__ == "__main__":
    done = asyncio.run(load(json.load(sys.stdin)))
    done["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    json.dump(done, sys.stdout)
