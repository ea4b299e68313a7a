"""Pages: ascending ids, links bound to their verb, and everything a query can be refused for."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partner_portal.sandbox.app import build
from partner_portal.sandbox.options import Options
from partner_portal.sandbox.world import World
from sandbox.calling import BASE, Caller, where


def stocked(ids) -> Caller:
    world = World.empty()
    world.table("Appointments").add({"id": row_id, "title": f"No. {row_id}"} for row_id in ids)
    return Caller(build(world, options=Options(release_seconds=0, hourly_limit=1_000_000)))


async def walk(caller: Caller, verb: str, body: dict) -> list[list[int]]:
    """Every page by its links, going forward."""
    pages = []
    reply = await (
        caller.post("Appointments/query", body) if verb == "POST" else caller.search("Appointments", **rest(body))
    )
    while True:
        pages.append(reply.ids)
        url = reply.next_url
        if url is None:
            return pages
        reply = await caller.send(verb, url, body if verb == "POST" else None)


def rest(body: dict) -> dict:
    assert body["filter"] == []
    return {name: value for name, value in body.items() if name != "filter"}


@pytest.mark.parametrize("verb", ["GET", "POST"])
async def test_the_links_lead_through_every_row_once_in_order_of_id(verb):
    ids = [3 * number + number % 3 for number in range(1_203)]
    pages = await walk(stocked(reversed(ids)), verb, {"filter": []})
    assert [len(page) for page in pages] == [500, 500, 203]
    assert [row_id for page in pages for row_id in page] == sorted(ids)


@settings(max_examples=40, deadline=None)
@given(ids=st.sets(st.integers(0, 400), max_size=60), size=st.integers(1, 25))
async def test_whatever_the_gaps_and_the_page_size(ids, size):
    pages = await walk(stocked(ids), "POST", {"filter": [], "MaxRecords": size})
    assert [row_id for page in pages for row_id in page] == sorted(ids)
    assert all(len(page) == size for page in pages[:-1])


async def test_a_full_last_page_has_no_next_link():
    reply = await stocked(range(500)).query("Appointments")
    details = reply.json["pageDetails"]
    assert details == {"count": 500, "requestCount": 500, "prevPageUrl": None, "nextPageUrl": None}


async def test_the_link_is_absolute_lower_case_hex_and_tells_its_ids():
    url = (await stocked([1, 725, 900]).query("Appointments", MaxRecords=2)).next_url
    assert url.startswith(f"{BASE}/ATServicesRest/V1.0/Appointments/query/next?paging=%7b")
    assert not re.search(r"%[0-9]?[A-F]", url)
    [paging] = parse_qs(urlsplit(url).query)["paging"]
    assert json.loads(paging) == {"pageSize": 2, "previousIds": [-1], "nextIds": [725]}


async def test_a_get_link_carries_its_search_and_a_post_link_needs_the_body_again():
    caller = stocked(range(9))
    by_get = (await caller.search("Appointments", where("id", "gte", 2), MaxRecords=3)).next_url
    assert (await caller.get(by_get)).ids == [5, 6, 7]
    body = {"filter": [where("id", "gte", 2)], "maxRecords": 3}
    by_post = (await caller.post("Appointments/query", body)).next_url
    assert "search=" not in by_post
    assert (await caller.post(by_post, body)).ids == [5, 6, 7]
    assert (await caller.send("POST", by_post)).status == 500


async def test_a_link_is_bound_to_the_verb_of_its_query():
    caller = stocked(range(9))
    by_post = await caller.get((await caller.query("Appointments", MaxRecords=3)).next_url)
    assert by_post.status == 405
    assert by_post.body == b'{"Message":"The requested resource does not support http method \'GET\'."}'
    by_get = (await caller.search("Appointments", MaxRecords=3)).next_url
    assert (await caller.post(by_get, {"filter": []})).status == 405


async def test_previous_links_lead_back_to_the_start():
    caller = stocked(range(10))
    first = await caller.search("Appointments", MaxRecords=4)
    second = await caller.get(first.next_url)
    third = await caller.get(second.next_url)
    assert third.ids == [8, 9]
    back = await caller.get(third.previous_url)
    assert back.ids == second.ids
    home = await caller.get(back.previous_url)
    assert home.ids == first.ids
    assert home.previous_url is None
    assert (await caller.get(back.next_url)).ids == third.ids


async def test_rows_that_come_or_go_during_the_walk_neither_hide_nor_double_others():
    caller = stocked(range(0, 20, 2))
    first = await caller.query("Appointments", MaxRecords=4)
    world = caller.app.state.world
    world.delete("Appointments", 6)
    world.insert("Appointments", {"id": 3})
    world.insert("Appointments", {"id": 9})
    second = await caller.post(first.next_url, {"filter": []})
    assert second.ids == [8, 9, 10, 12]


@pytest.mark.parametrize("size", [0, 501, -1, "10", 2.5, True])
async def test_a_page_size_outside_1_to_500_is_refused(caller, size):
    reply = await caller.query("Companies", MaxRecords=size)
    assert reply.status == 500
    assert "maxCountOfRecordsToReturn must be between 1 and 500" in reply.json["errors"][0]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"MaxRecords":5}', b'{"filter":{"op":"eq"}}', b'{"filter":[5]}'])
async def test_a_query_without_a_readable_filter_is_refused(caller, body):
    for path in ("query", "query/count"):
        reply = await caller.send("POST", f"/ATServicesRest/V1.0/Companies/{path}", body)
        assert reply.status == 500
        assert reply.json["errors"]


@pytest.mark.parametrize("paging", ["", "x", '{"pageSize":0,"previousIds":[-1],"nextIds":[1]}', '{"pageSize":5}'])
async def test_a_forged_link_is_refused(caller, paging):
    assert (await caller.post(f"Companies/query/next?paging={paging}", {"filter": []})).status == 500


async def test_only_the_fields_that_are_asked_for_come_back(made):
    reply = await made.query("Opportunities", includeFields=["ID", "Title", "stage"], MaxRecords=5)
    for row in reply.json["items"]:
        assert set(row) == {"id", "title", "stage", "userDefinedFields"}
        assert row["userDefinedFields"] == []
        whole = (await made.get(f"Opportunities/{row['id']}")).json["item"]
        assert whole["title"] == row["title"]
        assert len(whole) == 61
    plain = await made.query("Appointments", includeFields=["id"], MaxRecords=5)
    assert all(set(row) == {"id"} for row in plain.json["items"])


async def test_a_user_defined_field_is_asked_for_by_its_name(made):
    reply = await made.query("Companies", where("id", "gt", 0), includeFields=["id", "seats"], MaxRecords=3)
    for row in reply.json["items"]:
        [entry] = row["userDefinedFields"]
        assert entry["name"] == "Seats"
        assert entry["value"] is None or isinstance(entry["value"], str)


async def test_an_unknown_field_to_include_is_named(caller):
    reply = await caller.query("CompanyToDos", includeFields=["id", "lastActivityDate"])
    assert (reply.status, reply.json) == (
        500,
        {"errors": ["Unable to find lastActivityDate in the CompanyToDo Entity."]},
    )


async def test_more_than_one_page_needs_the_id_among_the_fields():
    caller = stocked(range(9))
    assert (await caller.query("Appointments", includeFields=["title"], MaxRecords=9)).status == 200
    assert (await caller.query("Appointments", includeFields=["title"], MaxRecords=3)).status == 500


async def test_a_page_repeats_what_the_world_holds_byte_for_byte_also_nul(made):
    world = made.app.state.world
    reply = await made.query("CompanyNotes")
    assert reply.json["items"] == world.rows("CompanyNotes")[:500]
    assert any("\x00" in (row["note"] or "") for row in reply.json["items"])
