"""The package `py-autotask`: its `query`, entity after entity, by ids. Nothing is stored.

Its own `query_all` ends after one page in silence: it looks for a cursor that Autotask does not send, then sets an
offset that its query model does not have, and takes the error for the end. So it is asked page by page here.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
import time
from typing import Any

from py_autotask import AutotaskClient  # in the environment that the benchmark makes for it
from py_autotask.types import QueryFilter, QueryRequest

PAGE = 500


def load(order: dict[str, Any]) -> dict[str, Any]:
    """Every row of every entity; the package sends one request after the other."""
    client = AutotaskClient.create(
        username=order["username"],
        secret=order["secret"],
        integration_code=order["integration_code"],
        api_url=f"{order['address']}/ATServicesRest",
    )
    rows, problems, began = {}, {}, time.perf_counter()
    for path, fields in order["entities"].items():
        try:
            rows[path] = _rows_of(client, path, fields)
        except Exception as error:  # noqa: BLE001  (whatever it raises is its result)
            rows[path], problems[path] = 0, f"{type(error).__name__}: {error}"
    return {"seconds": time.perf_counter() - began, "rows": rows, "problems": problems}


def _rows_of(client: Any, path: str, fields: list[str]) -> int:
    """How many rows `path` has, each page asked for by the last id of the one before."""
    ids: set[int] = set()
    last, is_full = -1, True
    while is_full:
        request = QueryRequest()
        request.filter = [QueryFilter(op="gt", field="id", value=last)]
        request.include_fields, request.max_records = fields, PAGE
        page = client.query(path, request).items
        ids.update(row["id"] for row in page)
        last, is_full = max(ids, default=last), len(page) == PAGE
    return len(ids)


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    done = load(json.load(sys.stdin))
    done["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    json.dump(done, sys.stdout)
