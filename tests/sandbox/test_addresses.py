"""Zone discovery, versions, and addresses that lead nowhere."""

from __future__ import annotations

import pytest

from partner_portal.sandbox.login import USERNAME
from sandbox.calling import BASE, Caller


@pytest.fixture
def stranger(caller: Caller) -> Caller:
    """Somebody without credentials."""
    return Caller(caller.app, headers={})


async def test_the_zone_is_told_without_credentials_and_points_to_the_host_that_was_asked(stranger):
    reply = await stranger.get(f"ZoneInformation?user={USERNAME.upper().replace('@', '%40')}")
    assert reply.status == 200
    assert reply.json == {"zoneName": "Sandbox", "url": f"{BASE}/ATServicesRest/", "webUrl": f"{BASE}/", "ci": 1}


async def test_a_zone_request_without_user_looks_like_a_wrong_path(stranger):
    reply = await stranger.get("ZoneInformation")
    assert reply.status == 404


@pytest.mark.parametrize("user", ["", "nobody@sandbox.invalid"])
async def test_an_unknown_user_has_no_zone(stranger, user):
    reply = await stranger.get(f"ZoneInformation?user={user}")
    assert reply.status == 500
    assert reply.json == {"errors": ["Zone information could not be determined"]}


async def test_versions_are_told_to_everybody_and_the_last_one_does_not_answer(stranger):
    assert (await stranger.get("/ATServicesRest/VersionInformation")).json == {"apiVersions": ["V1.0", "V2.0"]}
    assert (await stranger.get(f"/ATServicesRest/V2.0/ZoneInformation?user={USERNAME}")).status == 404


async def test_case_matters_nowhere_in_an_address(caller):
    reply = await caller.get("/aTservicesREST/v1.0/actiontypes/QUERY/Count?search=%7B%22FILTER%22%3A%5B%5D%7D")
    assert reply.json == {"queryCount": 11}


@pytest.mark.parametrize(
    "path",
    ["/", "/ATServicesRest/V1.0", "/ATServicesRest/V1.0/Nothing/query", "/ATServicesRest/V1.0/Companies/query/all"],
)
async def test_an_address_that_leads_nowhere_is_404(caller, path):
    reply = await caller.get(path)
    assert reply.status == 404
    assert "No HTTP resource was found" in reply.json["Message"]


async def test_a_missing_row_is_200_with_null(caller):
    reply = await caller.get("Companies/12345")
    assert (reply.status, reply.json) == (200, {"item": None})


async def test_company_0_is_a_row_like_any_other(made):
    assert (await made.get("Companies/0")).json["item"]["companyName"] == "Bright Harbor IT"


async def test_the_version_and_the_list_of_entities(caller):
    assert (await caller.get("Version")).json["majorVersion"] == 2026
    entities = (await caller.get("EntityInformation")).json["entityDescriptions"]
    assert {"Opportunity", "CompanyToDo", "QuoteItem"} <= {entity["name"] for entity in entities}
    assert len(entities) == 21


async def test_a_zone_that_moved_knows_nobody_on_the_old_host(caller):
    caller.app.state.options.zone_host = "new.sandbox.test:8101"
    zone = (await caller.get(f"ZoneInformation?user={USERNAME}")).json
    assert zone["url"] == "http://new.sandbox.test:8101/ATServicesRest/"
    assert (await caller.get("Companies/0")).status == 401
    assert (await caller.get(f"{zone['url']}V1.0/Companies/0")).status == 200
    assert not caller.app.state.locked
