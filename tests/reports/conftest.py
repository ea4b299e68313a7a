from __future__ import annotations

from collections.abc import Iterator

import pytest

from partner_portal.warehouse.opening import open_warehouse
from partner_portal.warehouse.store import Warehouse
from postgres import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]


@pytest.fixture(scope="session")
def duckdb_warehouse() -> Iterator[Warehouse]:
    """One store in memory for the whole session; every test takes organizations of its own in it."""
    warehouse = open_warehouse(":memory:")
    yield warehouse
    warehouse.close()


@pytest.fixture(scope="session", params=["duckdb", "postgres"])
def warehouse(request: pytest.FixtureRequest) -> Iterator[Warehouse]:
    """Each kind of store once."""
    if request.param == "duckdb":
        yield request.getfixturevalue("duckdb_warehouse")
        return
    warehouse = open_warehouse(request.getfixturevalue("postgres_url"))
    yield warehouse
    warehouse.close()
