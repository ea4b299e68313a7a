"""What goes wrong on the way: what is tried again, how often, after which pause, and what is told in the end."""

from __future__ import annotations

import asyncio

import pytest

from autotask.scripted import ScriptedTransport, Waits, connected, page_answer, respond
from partner_portal.autotask.catalog import COMPANIES, CONTACTS, OPPORTUNITIES
from partner_portal.autotask.errors import (
    AnswerCutShort,
    AnswerTooLarge,
    CallBudgetSpent,
    EntityMissing,
    HostUnreachable,
    MalformedAnswer,
    PermissionMissing,
    QueryRefused,
    RedirectRefused,
    ServerFailed,
    ThreadLimitReached,
    Throttled,
    TlsFailed,
    UnknownField,
    explain,
)
from partner_portal.autotask.limits import Limits, retry_after_seconds

THREADS = {"errors": ["The Autotask API thread threshold of 3 threads has been exceeded"]}
BUDGET = {"errors": ["The external request threshold of 10000 requests per hour has been exceeded."]}
RIGHTS = {"errors": ["The logged in Resource does not have the adequate permissions to query this entity type."]}
HOST = "webservices5.autotask.net"


async def ids(transport, waits=None, **limits):
    async with connected(transport, waits=waits, limits=Limits(**limits)) as client:
        return [row.id async for row in client.query(OPPORTUNITIES)]


PASSING = [
    respond(429, THREADS),
    respond(429, b""),
    respond(500, THREADS),
    respond(500, b"<html>oops</html>"),
    respond(500, {"errors": ["An error occurred while processing your request."]}),
    respond(502, b""),
    respond(503, b"<html>Service Unavailable</html>"),
    respond(504, {"errors": ["gateway"]}),
    HostUnreachable(HOST, "the connection was lost"),
    AnswerCutShort(HOST, "the body ended early"),
    respond(200, b'{"items":[{"id":1},{"i'),
    respond(200, b""),
    respond(200, b"<html>maintenance</html>"),
]


@pytest.mark.parametrize("fault", PASSING, ids=str)
async def test_a_passing_fault_costs_a_pause_and_no_row(fault) -> None:
    waits = Waits()
    transport = ScriptedTransport(fault, fault, rows=[{"id": 1}, {"id": 2}])
    assert await ids(transport, waits) == [1, 2]
    assert waits == [0.1875, 0.375]
    assert transport.asked[0] == transport.asked[2]


@pytest.mark.parametrize(
    ("fault", "error", "tries"),
    [
        (respond(429, THREADS), ThreadLimitReached, 8),
        (respond(429, b"slow down"), Throttled, 8),
        (respond(503, b""), ServerFailed, 6),
        (HostUnreachable(HOST, "no answer"), HostUnreachable, 6),
        (respond(200, b"{"), AnswerCutShort, 6),
    ],
    ids=str,
)
async def test_patience_ends(fault, error, tries) -> None:
    waits = Waits()
    transport = ScriptedTransport(*[fault] * 20)
    with pytest.raises(error) as caught:
        await ids(transport, waits)
    assert type(caught.value) is error
    assert len(transport.asked) == tries == len(waits) + 1
    assert waits == sorted(waits)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (respond(403, b""), PermissionMissing),
        (respond(500, RIGHTS), PermissionMissing),
        (respond(500, {"Errors": RIGHTS["errors"]}), PermissionMissing),
        (respond(404, {"Message": "No HTTP resource was found"}), EntityMissing),
        (respond(405, {"Message": "The requested resource does not support http method 'GET'."}), QueryRefused),
        (respond(400, {"errors": ["Unexpected character"]}), QueryRefused),
        (respond(500, {"errors": ["Conversion failed when converting the varchar value"]}), QueryRefused),
        (respond(500, {"errors": ["Unable to find stage in the Opportunity Entity."]}), UnknownField),
        (respond(429, BUDGET), CallBudgetSpent),
        (respond(307, b"", {"location": "https://evil.example"}), RedirectRefused),
        (respond(200, {"queryCount": 1}), MalformedAnswer),
        (TlsFailed(HOST, "TLS failed"), TlsFailed),
        (AnswerTooLarge(HOST, "more than 10 bytes"), AnswerTooLarge),
    ],
    ids=str,
)
async def test_what_would_come_again_is_not_asked_again(fault, error) -> None:
    transport = ScriptedTransport(fault, rows=[{"id": 1}])
    with pytest.raises(error) as caught:
        await ids(transport)
    assert type(caught.value) is error
    assert len(transport.asked) == 1
    assert "\n" not in explain(caught.value)


async def test_errors_name_what_they_are_about() -> None:
    faults = [
        respond(500, RIGHTS),
        respond(500, {"errors": ["Unable to find lastActivityDate in the Opportunity Entity."]}),
        respond(500, {"errors": ["Invalid filter: line one\r\n  line two.", "x" * 5000]}),
    ]
    async with connected(ScriptedTransport(*faults)) as client:
        with pytest.raises(PermissionMissing, match=r"no permission to read Contacts$"):
            await client.count(CONTACTS)
        with pytest.raises(UnknownField, match="lastActivityDate") as unknown:
            await client.count(OPPORTUNITIES)
        with pytest.raises(QueryRefused, match="line one line two") as refused:
            await client.count(OPPORTUNITIES)
    assert unknown.value.field == "lastActivityDate"
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "Sun, 06 Nov 2022 08:49:47 GMT", "date": "Sun, 06 Nov 2022 08:49:37 GMT"}, 10.0),
        ({"retry-after": "Sun, 06 Nov 2022 08:49:37 GMT", "date": "Sun, 06 Nov 2022 08:49:47 GMT"}, 0.0),
        ({"retry-after": "Thu, 01 Jan 1970 00:01:40 GMT"}, 40.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "²"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(headers, seconds) -> None:
    assert retry_after_seconds(headers, now=60.0) == seconds


@pytest.mark.parametrize(("asked", "waited"), [("7", 7.0), ("86400", 60.0)])
async def test_retry_after_is_honoured_within_reason(asked, waited) -> None:
    for fault in (respond(429, b"", {"retry-after": asked}), respond(503, b"", {"retry-after": asked})):
        waits = Waits()
        assert await ids(ScriptedTransport(fault, rows=[{"id": 1}]), waits) == [1]
        assert waits == [waited]


async def test_a_spent_budget_is_waited_for_only_when_autotask_says_how_long() -> None:
    waits = Waits()
    fault = respond(429, BUDGET, {"retry-after": "30"})
    assert await ids(ScriptedTransport(fault, rows=[{"id": 1}]), waits) == [1]
    assert waits == [30.0]


def test_pauses_double_up_to_a_bound_and_spread_over_half_of_it() -> None:
    limits = Limits(first_pause_seconds=1.0, longest_pause_seconds=5.0)
    assert [limits.pause_seconds(failures, 1.0, None) for failures in (1, 2, 3, 4, 50)] == [1.0, 2.0, 4.0, 5.0, 5.0]
    assert limits.pause_seconds(1, 0.0, None) == 0.5


async def test_failures_are_counted_per_page_not_per_run() -> None:
    bad = respond(503, b"")
    pages = [page_answer([{"id": number}], size=1) for number in (1, 2, 3)]
    script = [answer for page in pages for answer in (bad, bad, bad, page)]
    assert await ids(ScriptedTransport(*script, page_answer([])), page_size=1) == [1, 2, 3]


async def test_a_request_that_takes_too_long_is_given_up() -> None:
    transport = ScriptedTransport(rows=[{"id": 1}])
    async with connected(transport, limits=Limits(request_timeout_seconds=0.01, attempts=2)) as client:
        transport.hold = 5.0
        with pytest.raises(HostUnreachable, match=r"no answer within 0\.01 seconds"):
            await client.count(COMPANIES)
    assert client.requests["Companies"] == 2


async def test_an_entity_takes_no_more_than_its_share_at_once() -> None:
    transport = ScriptedTransport(rows=[{"id": 1}])
    transport.hold = 0.005
    async with connected(transport, limits=Limits(per_entity=2)) as client:
        await asyncio.gather(*[client.count(COMPANIES) for _ in range(7)])
        assert transport.highest == 2
        await asyncio.gather(*[client.count(entity) for entity in (COMPANIES, CONTACTS) for _ in range(4)])
        assert transport.highest == 4


async def test_all_entities_together_take_no_more_than_the_connections() -> None:
    transport = ScriptedTransport(rows=[{"id": 1}])
    transport.hold = 0.005
    async with connected(transport, limits=Limits(connections=3)) as client:
        await asyncio.gather(*[client.count(entity) for entity in (COMPANIES, CONTACTS) for _ in range(4)])
    assert transport.highest == 3


async def test_after_a_thread_limit_slots_rest_before_they_are_used_again() -> None:
    transport = ScriptedTransport(respond(429, THREADS), rows=[{"id": 1}])
    loop = asyncio.get_running_loop()
    async with connected(transport, limits=Limits(per_entity=1, rest_seconds=0.02)) as client:
        await client.count(COMPANIES)
        started = loop.time()
        await client.count(COMPANIES)
        await client.count(COMPANIES)
        assert loop.time() - started >= 0.035
        started = loop.time()
        await client.count(CONTACTS)
        await client.count(CONTACTS)
        assert loop.time() - started < 0.03


async def test_every_request_is_counted_and_observed() -> None:
    observed = []
    transport = ScriptedTransport(respond(503, b""), HostUnreachable(HOST, "lost"), rows=[{"id": 1}])
    async with connected(transport, on_request=lambda *seen: observed.append(seen)) as client:
        await client.count(COMPANIES)
        assert dict(client.requests) == {"ZoneInformation": 1, "Companies": 3}
    assert [seen[:2] for seen in observed] == [
        ("ZoneInformation", 200),
        ("Companies", 503),
        ("Companies", None),
        ("Companies", 200),
    ]
    assert all(seconds >= 0 for _, _, seconds in observed)


async def test_a_count_must_be_a_count() -> None:
    for document in ({}, {"queryCount": None}, {"queryCount": -1}, {"queryCount": "many"}):
        async with connected(ScriptedTransport(respond(200, document))) as client:
            with pytest.raises(MalformedAnswer):
                await client.count(COMPANIES)
    async with connected(ScriptedTransport(respond(200, {"QueryCount": 5.0}))) as client:
        assert await client.count(COMPANIES) == 5


async def test_one_row_is_read_by_id() -> None:
    script = [
        respond(200, {"item": {"id": 0, "companyName": "Own", "isActive": True}}),
        respond(200, {"item": None}),
        respond(404, b""),
        respond(200, {"Item": {"Id": 4}}),
        respond(200, {}),
    ]
    transport = ScriptedTransport(*script)
    async with connected(transport) as client:
        own = await client.get(COMPANIES, 0)
        assert own is not None
        assert (own.id, own.company_name, own.is_active) == (0, "Own", True)
        assert await client.get(COMPANIES, 1) is None
        assert await client.get(COMPANIES, 2) is None
        assert (await client.get(COMPANIES, 4)).id == 4
        with pytest.raises(MalformedAnswer):
            await client.get(COMPANIES, 5)
    assert transport.asked[0].url == f"https://{HOST}/ATServicesRest/V1.0/Companies/0"
    assert transport.asked[0].method == "GET"
