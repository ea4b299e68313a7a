"""A bench per test: an empty world and an organization of its own in one embedded warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from mirror.wired import NOW, Bench
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.sandbox.world import World
from partner_portal.warehouse.opening import open_warehouse
from partner_portal.warehouse.store import Warehouse
from postgres import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]

_organization_ids = count(1)


@pytest.fixture(scope="session")
def warehouse() -> Iterator[Warehouse]:
    opened = open_warehouse(":memory:")
    yield opened
    opened.close()


@pytest.fixture(params=["duckdb", "postgres"])
def either_warehouse(request: pytest.FixtureRequest) -> Iterator[Warehouse]:
    if request.param == "duckdb":
        yield request.getfixturevalue("warehouse")
    else:
        opened = open_warehouse(request.getfixturevalue("postgres_url"))
        yield opened
        opened.close()


@pytest.fixture
def bench(warehouse: Warehouse) -> Bench:
    return Bench(World.empty(now=NOW), warehouse.organization(OrganizationScope(next(_organization_ids))))


@pytest.fixture
def guide(warehouse: Warehouse) -> Bench:
    world = World.empty(now=NOW, dialect="guide")
    return Bench(world, warehouse.organization(OrganizationScope(next(_organization_ids))))
