"""Every row of a large entity, and the truth about one that may not be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from acceptance.portal_cli import NewPortal
from partner_portal.sandbox.app import build
from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME
from partner_portal.sandbox.options import Options
from partner_portal.sandbox.server import running
from partner_portal.sandbox.world import World, generate

pytestmark = [pytest.mark.slow]

LOGIN = {"AUTOTASK_USERNAME": USERNAME, "AUTOTASK_SECRET": SECRET, "AUTOTASK_INTEGRATION_CODE": INTEGRATION_CODE}


def test_more_than_50_000_rows_of_one_entity_are_complete(new_portal: NewPortal, tmp_path: Path) -> None:
    world = generate(seed=5, activities=110_000, echo="none")
    held = {entity: len(world.rows(entity)) for entity in ("CompanyNotes", "CompanyToDos", "Appointments")}
    assert max(held.values()) > 50_000
    with running(world) as url:
        portal = new_portal(tmp_path, url, LOGIN)
        portal.done("connect")
        summary = json.loads(portal.done("sync", "--json"))
    assert {entity: summary["entities"][entity]["rows"] for entity in held} == held
    sources = {source["entity"]: source for source in portal.document()["data"]["sources"]}
    assert {entity: sources[entity]["rows"] for entity in held} == held
    assert all(sources[entity]["complete"] for entity in held)


@pytest.mark.parametrize("refusal", ["forbidden", "error"])
def test_an_entity_without_permission_is_named_and_the_rest_is_right(
    new_portal: NewPortal, tmp_path: Path, refusal: str
) -> None:
    world = generate(seed=6, activities=1_500)
    with running(build(world, options=Options(permissions={"appointments": refusal}))) as url:
        portal = new_portal(tmp_path, url, LOGIN)
        portal.done("connect")
        portal.done("sync")
    document = portal.document("--period", "this_year")
    [problem] = [source["problem"] for source in document["data"]["sources"] if source["entity"] == "Appointments"]
    assert "Appointments" in problem
    assert document["data"]["complete"] is False
    assert document["appointments"]["total"] is None
    assert any("Appointments" in note for note in document["notes"])
    assert document["calls"]["total"] > 0
    assert document["pipeline"]["open"]["count"] == sum(row["status"] == 1 for row in world.rows("Opportunities"))


def test_an_empty_tenant_gives_zeros_and_no_rates(new_portal: NewPortal, tmp_path: Path) -> None:
    with running(World.empty()) as url:
        portal = new_portal(tmp_path, url, LOGIN)
        portal.done("connect")
        portal.done("sync")
    document = portal.document()
    assert document["calls"]["total"] == 0
    assert document["conversion_rate"] == {"won": 0, "of": 0, "rate": None}
