"""Faults on demand, each for the requests it was made for."""

from __future__ import annotations

import json
import time

import pytest

from partner_portal.sandbox.faults import Fault


@pytest.mark.parametrize("retry_after", [None, 7])
async def test_throttling_with_and_without_retry_after(caller, retry_after):
    caller.app.state.faults.add(Fault(kind="throttled", retry_after=retry_after))
    reply = await caller.query("Companies")
    assert reply.status == 429
    assert reply.headers.get("retry-after") == (None if retry_after is None else "7")
    assert (await caller.query("Companies")).status == 200


async def test_a_fault_strikes_its_entity_and_route_as_often_as_told_after_letting_some_pass(caller):
    caller.app.state.faults.add(Fault(kind="error", entity="contacts", route="count", count=2, skip=1, text="Sorry"))
    assert (await caller.query("Contacts")).status == 200
    assert (await caller.post("Companies/query/count", {"filter": []})).status == 200
    replies = [await caller.post("Contacts/query/count", {"filter": []}) for _ in range(4)]
    assert [reply.status for reply in replies] == [200, 500, 500, 200]
    assert replies[1].json == {"errors": ["Sorry"]}
    assert caller.app.state.counters.faults == {"error": 2}


async def test_a_fault_without_count_stays_until_it_is_cleared(caller):
    await caller.control("POST", "faults", {"kind": "unavailable", "count": None})
    for _ in range(3):
        reply = await caller.query("Companies")
        assert (reply.status, reply.headers["content-type"]) == (503, "text/html")
        assert reply.body.startswith(b"<html>")
    await caller.control("DELETE", "faults")
    assert (await caller.query("Companies")).status == 200


async def test_a_body_cut_short_promises_more_than_it_sends(caller):
    caller.app.state.faults.add(Fault(kind="cut"))
    reply = await caller.query("ActionTypes")
    assert (reply.status, reply.complete) == (200, False)
    assert 0 < len(reply.body) < int(reply.headers["content-length"])


async def test_a_lost_connection_sends_nothing(caller):
    caller.app.state.faults.add(Fault(kind="reset"))
    assert (await caller.query("ActionTypes")).status == 0


async def test_broken_and_empty_bodies_come_with_200(caller):
    caller.app.state.faults.add(Fault(kind="broken_json"))
    caller.app.state.faults.add(Fault(kind="empty_body"))
    broken = await caller.query("ActionTypes")
    assert (broken.status, broken.complete) == (200, True)
    with pytest.raises(json.JSONDecodeError):
        _ = broken.json
    empty = await caller.query("ActionTypes")
    assert (empty.status, empty.body) == (200, b"")


@pytest.mark.parametrize(("kind", "status"), [("wrong_verb", 405), ("expired_link", 500)])
async def test_faults_of_page_links_leave_first_pages_alone(caller, kind, status):
    caller.app.state.faults.add(Fault(kind=kind))
    first = await caller.query("ActionTypes", MaxRecords=2)
    assert first.status == 200
    assert (await caller.post(first.next_url, {"filter": []})).status == status
    assert (await caller.post(first.next_url, {"filter": []})).status == 200


async def test_rows_are_spoilt_in_the_ways_that_were_seen(caller):
    sound = (await caller.query("ActionTypes")).json["items"]
    for kind in ("duplicate_row", "unknown_field", "wrong_type", "lone_surrogate"):
        caller.app.state.faults.add(Fault(kind=kind))
    doubled = (await caller.query("ActionTypes")).json["items"]
    assert doubled == [*sound, sound[-1]]
    assert "addedByTheVendor" in (await caller.query("ActionTypes")).json["items"][0]
    assert "not a number" in (await caller.query("ActionTypes")).json["items"][0].values()
    assert b"\\ud83d" in (await caller.query("ActionTypes")).body
    assert (await caller.query("ActionTypes")).json["items"] == sound


async def test_latency_and_a_trickling_body_take_their_time(caller):
    for kind in ("latency", "trickle"):
        caller.app.state.faults.add(Fault(kind=kind, seconds=0.03))
        started = time.perf_counter()
        reply = await caller.query("ActionTypes")
        assert time.perf_counter() - started >= 0.03
        assert len(reply.json["items"]) == 11


async def test_a_401_as_fault_does_not_count_as_a_bad_login(caller):
    caller.app.state.faults.add(Fault(kind="unauthorized"))
    reply = await caller.query("Companies")
    assert (reply.status, reply.body) == (401, b"")
    assert not caller.app.state.counters.failed_logins
