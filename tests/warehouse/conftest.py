"""A warehouse of each kind, opened once; every test has organizations of its own in it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from partner_portal.organizations.scope import OrganizationScope
from partner_portal.warehouse.opening import open_warehouse
from partner_portal.warehouse.store import OrganizationStore, Warehouse
from postgres import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]

_organization_ids = count(1)


@pytest.fixture(scope="session", params=["duckdb", "postgres"])
def warehouse(request: pytest.FixtureRequest) -> Iterator[Warehouse]:
    location = ":memory:" if request.param == "duckdb" else request.getfixturevalue("postgres_url")
    opened = open_warehouse(location)
    yield opened
    opened.close()


@pytest.fixture
def store(warehouse: Warehouse) -> OrganizationStore:
    return warehouse.organization(OrganizationScope(next(_organization_ids)))


@pytest.fixture
def stranger(warehouse: Warehouse) -> OrganizationStore:
    return warehouse.organization(OrganizationScope(next(_organization_ids)))
