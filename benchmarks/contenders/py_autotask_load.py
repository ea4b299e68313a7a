"""The package `py-autotask`: its `query_all`, entity after entity, as it has no other way. Nothing is stored."""

from __future__ import annotations

import json
import logging
import resource
import sys
import time
from typing import Any

from py_autotask import AutotaskClient  # in the environment that the benchmark makes for it


def load(order: dict[str, Any]) -> dict[str, Any]:
    """Every row of every entity, as the package understands it."""
    client = AutotaskClient.create(
        username=order["username"],
        secret=order["secret"],
        integration_code=order["integration_code"],
        api_url=f"{order['address']}/ATServicesRest",
    )
    rows, problems, began = {}, {}, time.perf_counter()
    for path, fields in order["entities"].items():
        try:
            found = client.entities.get_entity(path).query_all(
                [{"op": "gte", "field": "id", "value": 0}], include_fields=fields
            )
            rows[path] = len({row["id"] for row in found})
        except Exception as error:  # noqa: BLE001  (whatever it raises is its result)
            rows[path], problems[path] = 0, f"{type(error).__name__}: {error}"
    return {"seconds": time.perf_counter() - began, "rows": rows, "problems": problems}


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    done = load(json.load(sys.stdin))
    done["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    json.dump(done, sys.stdout)
