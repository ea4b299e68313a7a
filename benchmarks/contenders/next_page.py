"""One stream of pages over `nextPageUrl`, the plain way; the rows are decoded and counted, not stored."""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from typing import Any

import aiohttp


async def load(order: dict[str, Any]) -> dict[str, Any]:
    """Entity after entity, page after page."""
    headers = {
        "UserName": order["username"],
        "Secret": order["secret"],
        "ApiIntegrationCode": order["integration_code"],
    }
    rows, began = {}, time.perf_counter()
    async with aiohttp.ClientSession(headers=headers) as session:
        for path, fields in order["entities"].items():
            ids: set[int] = set()
            url = f"{order['address']}/ATServicesRest/V1.0/{path}/query"
            query = {"filter": [{"op": "gte", "field": "id", "value": 0}], "MaxRecords": 500, "IncludeFields": fields}
            while url:
                async with session.post(url, json=query) as answer:
                    answer.raise_for_status()
                    page = json.loads(await answer.read())
                ids.update(row["id"] for row in page["items"])
                url = page["pageDetails"]["nextPageUrl"]
            rows[path] = len(ids)
    return {"seconds": time.perf_counter() - began, "rows": rows}


if __name__ == "__main__":
    done = asyncio.run(load(json.load(sys.stdin)))
    done["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    json.dump(done, sys.stdout)
