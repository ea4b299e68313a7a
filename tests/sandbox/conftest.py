"""A small world made once, and sandboxes over worlds that a test may change."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import pytest

from partner_portal.sandbox.app import build
from partner_portal.sandbox.generation.plan import Sizes
from partner_portal.sandbox.options import Options
from partner_portal.sandbox.world import World, generate
from sandbox.calling import Caller

TODAY = date(2026, 11, 18)
SMALL = Sizes(
    companies=40, contacts=60, opportunities=90, appointments=60, tickets=30, time_entries=30, contracts=20, tasks=20
)


@pytest.fixture(scope="session")
def made_world() -> World:
    """Not to be changed."""
    return generate(seed=3, today=TODAY, activities=700, sizes=SMALL)


@pytest.fixture(scope="session")
def guide_world() -> World:
    """Not to be changed."""
    return generate(seed=3, today=TODAY, activities=700, dialect="guide", sizes=SMALL)


@pytest.fixture
def world() -> World:
    return World.empty()


@pytest.fixture
def caller(world: World) -> Caller:
    return Caller(build(world, options=Options(release_seconds=0)))


@pytest.fixture
def made(made_world: World) -> Caller:
    return Caller(build(made_world, options=Options(release_seconds=0, hourly_limit=1_000_000)))


@pytest.fixture(scope="session")
def facts() -> Path:
    """The vendor's facts, which lie beside the checkout."""
    beside = Path(__file__).parents[3] / "shared" / "autotask"
    folder = Path(os.environ.get("PORTAL_AUTOTASK_FACTS", beside))
    if not (folder / "openapi-subset.json").is_file():
        pytest.skip(f"the vendor's API description is not at {folder}; set PORTAL_AUTOTASK_FACTS to its folder")
    return folder


@pytest.fixture(scope="session")
def description(facts: Path) -> dict:
    return json.loads((facts / "openapi-subset.json").read_text())
