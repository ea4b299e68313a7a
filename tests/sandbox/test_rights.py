"""Credentials, rights per entity, and writes, which are refused and counted."""

from __future__ import annotations

import pytest

from sandbox.calling import GOOD, Caller, where


@pytest.mark.parametrize("header", ["UserName", "Secret", "ApiIntegrationCode"])
@pytest.mark.parametrize("value", [None, "wrong"])
async def test_a_wrong_or_missing_header_is_401_without_a_body(caller, header, value):
    headers = {name: text for name, text in {**GOOD, header: value}.items() if text is not None}
    reply = await Caller(caller.app, headers).get("Companies/0")
    assert (reply.status, reply.body) == (401, b"")


async def test_header_names_and_the_user_name_do_not_depend_on_case(caller):
    headers = {name.upper(): value for name, value in GOOD.items()}
    headers["USERNAME"] = headers["USERNAME"].upper()
    assert (await Caller(caller.app, headers).get("Companies/0")).status == 200


async def test_too_many_bad_logins_in_a_row_lock_the_user(caller):
    caller.app.state.options.lock_after = 3
    wrong = Caller(caller.app, {**GOOD, "Secret": "wrong"})
    for _ in range(2):
        await wrong.get("Companies/0")
    assert (await caller.get("Companies/0")).status == 200  # a good login starts the count anew
    for _ in range(3):
        await wrong.get("Companies/0")
    assert (await caller.get("Companies/0")).status == 401
    counters = (await caller.control("GET", "counters")).json
    assert counters["locked"]
    assert counters["failedLogins"] == {GOOD["UserName"]: 5}


@pytest.mark.parametrize(("permission", "status"), [("forbidden", 403), ("error", 500)])
async def test_missing_rights_are_a_403_or_a_500_with_the_permission_text(caller, permission, status):
    caller.app.state.options.permissions["companies"] = permission
    for reply in (await caller.query("Companies"), await caller.get("Companies/0")):
        assert reply.status == status
        [text] = reply.json["errors"]
        assert text.startswith("The logged in Resource does not have the adequate permissions")
    information = (await caller.get("Companies/entityInformation")).json["info"]
    assert information["userAccessForQuery"] == "None"
    assert (await caller.query("Contacts")).status == 200


async def test_rows_out_of_reach_are_an_empty_list(made):
    made.app.state.options.permissions["Companies"] = "empty"
    assert (await made.query("Companies", where("companyName", "contains", "a"))).json["items"] == []
    assert (await made.post("Companies/query/count", {"filter": []})).json == {"queryCount": 0}
    assert (await made.get("Companies/0")).json == {"item": None}
    assert (await made.get("Companies/entityInformation")).json["info"]["userAccessForQuery"] == "Restricted"


@pytest.mark.parametrize(
    ("verb", "path", "status"),
    [
        ("POST", "Opportunities", 500),
        ("PUT", "Companies", 500),
        ("PATCH", "Companies", 500),
        ("DELETE", "Appointments/5", 500),
        ("PATCH", "Companies/5", 405),
        ("PUT", "Companies/query", 405),
        ("POST", "Contacts", 404),
        ("DELETE", "ThresholdInformation", 405),
        ("POST", "Companies/5/Notes", 404),
    ],
)
async def test_every_write_is_refused_and_counted(caller, verb, path, status):
    reply = await caller.send(verb, f"/ATServicesRest/V1.0/{path}", {"id": 5})
    assert reply.status == status
    assert caller.app.state.counters.writes == 1


async def test_reading_counts_as_no_write(caller):
    await caller.query("Companies")
    await caller.search("Companies")
    await caller.post("Companies/query/count", {"filter": []})
    assert caller.app.state.counters.writes == 0


async def test_the_metadata_say_when_the_user_could_write(caller):
    assert (await caller.get("Contacts/entityInformation")).json["info"]["userAccessForDelete"] == "None"
    caller.app.state.options.user_may_write = True
    information = (await caller.get("Contacts/entityInformation")).json["info"]
    assert information["userAccessForDelete"] == information["userAccessForCreate"] == "All"
