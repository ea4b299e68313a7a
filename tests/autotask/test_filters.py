"""Filters: what is sent, and what is refused before it is sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autotask.scripted import ScriptedTransport, connected
from partner_portal.autotask.catalog import COMPANIES, COMPANY_TO_DOS, CONTACTS, OPPORTUNITIES, TIME_ENTRIES
from partner_portal.autotask.errors import FilterInvalid, UnknownField
from partner_portal.autotask.filters import Condition, Op, all_of, any_of, checked

SINCE = datetime(2026, 3, 8, 2, 30, tzinfo=timezone(timedelta(hours=-5)))


def wire(condition, entity=OPPORTUNITIES):
    return checked(condition, entity).wire()


def test_the_operators_are_the_thirteen_that_autotask_knows() -> None:
    known = "eq noteq gt gte lt lte beginsWith endsWith contains exist notExist in notIn"
    assert sorted(op.value for op in Op) == sorted(known.split())


def test_a_field_is_found_in_any_case_and_sent_in_its_own() -> None:
    assert wire(Condition("COMPANYID", Op.EQ, 0)) == {"op": "eq", "field": "companyID", "value": 0}


def test_instants_are_sent_as_utc_with_z() -> None:
    assert wire(Condition("lastActivity", Op.GTE, SINCE))["value"] == "2026-03-08T07:30:00Z"
    finer = SINCE.replace(microsecond=123_000)
    assert wire(Condition("lastActivity", Op.GTE, finer))["value"] == "2026-03-08T07:30:00.123000Z"


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=13)), timezone(timedelta(hours=-8))])))
def test_an_instant_means_the_same_after_the_wire(at) -> None:
    try:
        sent = wire(Condition("lastActivity", Op.GT, at))["value"]
    except OverflowError:
        return
    assert sent.endswith("Z")
    assert datetime.fromisoformat(sent) == at


def test_groups_nest() -> None:
    query = all_of(
        Condition("amount", Op.GT, Decimal("10.50")),
        any_of(Condition("status", Op.IN, [3, 4]), Condition("closedDate", Op.NOT_EXIST)),
    )
    assert wire(query) == {
        "op": "and",
        "items": [
            {"op": "gt", "field": "amount", "value": 10.5},
            {
                "op": "or",
                "items": [
                    {"op": "in", "field": "status", "value": [3, 4]},
                    {"op": "notExist", "field": "closedDate"},
                ],
            },
        ],
    }


@pytest.mark.parametrize(
    ("entity", "condition"),
    [
        (COMPANIES, Condition("isActive", Op.EQ, True)),
        (CONTACTS, Condition("isActive", Op.EQ, 1)),
        (COMPANIES, Condition("companyName", Op.CONTAINS, "")),
        (COMPANIES, Condition("companyName", Op.BEGINS_WITH, "Ä")),
        (TIME_ENTRIES, Condition("hoursWorked", Op.LTE, 1.5)),
        (TIME_ENTRIES, Condition("hoursWorked", Op.NOT_EQ, 2)),
        (COMPANY_TO_DOS, Condition("ticketID", Op.NOT_IN, (1, 2))),
    ],
)
def test_a_value_that_suits_its_field_passes(entity, condition) -> None:
    assert wire(condition, entity)["op"] == condition.op.value


@pytest.mark.parametrize(
    ("entity", "condition", "said"),
    [
        (CONTACTS, Condition("isActive", Op.EQ, True), "takes a int, not a bool"),
        (COMPANIES, Condition("isActive", Op.EQ, 1), "takes a bool, not a int"),
        (OPPORTUNITIES, Condition("stage", Op.EQ, "Won"), "takes a int, not a str"),
        (OPPORTUNITIES, Condition("title", Op.EQ, 5), "takes a str, not a int"),
        (OPPORTUNITIES, Condition("amount", Op.GT, float("nan")), "finite"),
        (OPPORTUNITIES, Condition("lastActivity", Op.GT, "2026-01-01"), "takes a datetime"),
        (OPPORTUNITIES, Condition("lastActivity", Op.GT, datetime(2026, 1, 1)), "with a zone"),  # noqa: DTZ001
        (OPPORTUNITIES, Condition("stage", Op.EQ), "use exist or notExist"),
        (OPPORTUNITIES, Condition("stage", Op.IN, [1, None]), "use exist or notExist"),
        (OPPORTUNITIES, Condition("stage", Op.EXIST, 1), "takes no value"),
        (OPPORTUNITIES, Condition("stage", Op.IN, 1), "takes a list"),
        (OPPORTUNITIES, Condition("stage", Op.IN, []), "at least one"),
        (OPPORTUNITIES, Condition("title", Op.IN, "abc"), "takes a list"),
        (OPPORTUNITIES, Condition("stage", Op.EQ, [1]), "one value, not a list"),
        (OPPORTUNITIES, Condition("stage", Op.CONTAINS, 1), "is for text"),
        (OPPORTUNITIES, Condition("stage", "startsWith", 1), "not an operator"),
        (OPPORTUNITIES, Condition("id", Op.IN, range(501)), "501 OR conditions"),
    ],
)
def test_a_filter_that_makes_no_sense_says_why(entity, condition, said) -> None:
    with pytest.raises(FilterInvalid, match=said):
        checked(condition, entity)


def test_or_conditions_are_counted_through_all_groups() -> None:
    in_400 = Condition("id", Op.IN, range(400))
    one = Condition("status", Op.EQ, 1)
    checked(any_of(in_400, *[one] * 100), OPPORTUNITIES)
    checked(all_of(*[one] * 600), OPPORTUNITIES)
    with pytest.raises(FilterInvalid, match="501 OR"):
        checked(all_of(one, any_of(in_400, all_of(*[one] * 101))), OPPORTUNITIES)


def test_an_empty_group_is_refused() -> None:
    with pytest.raises(FilterInvalid):
        any_of()


def test_a_field_that_opportunities_lack_is_refused() -> None:
    with pytest.raises(UnknownField, match="'lastActivityDate'"):
        checked(Condition("lastActivityDate", Op.GTE, SINCE), OPPORTUNITIES)


async def test_nothing_is_sent_for_a_wrong_filter_or_field() -> None:
    transport = ScriptedTransport()
    async with connected(transport) as client:
        with pytest.raises(UnknownField):
            [row async for row in client.query(OPPORTUNITIES, all_of(Condition("nope", Op.EXIST)))]
        with pytest.raises(FilterInvalid):
            await client.count(OPPORTUNITIES, Condition("stage", Op.EQ))
        with pytest.raises(UnknownField):
            [row async for row in client.query(OPPORTUNITIES, fields=["nope"])]
    assert transport.asked == []


async def test_what_is_asked_is_what_is_sent() -> None:
    transport = ScriptedTransport(rows=[{"id": 3}])
    async with connected(transport) as client:
        only = Condition("lastactivity", Op.GTE, SINCE)
        assert [row.id async for row in client.query(OPPORTUNITIES, only, fields=["Title", "stage", "title"])] == [3]
        assert await client.count(OPPORTUNITIES, only) == 1
        assert await client.count(OPPORTUNITIES) == 1
    sent = {"op": "gte", "field": "lastActivity", "value": "2026-03-08T07:30:00Z"}
    assert transport.bodies == [
        {
            "filter": [sent, {"op": "gte", "field": "id", "value": 0}],
            "MaxRecords": 500,
            "IncludeFields": ["id", "title", "stage"],
        },
        {"filter": [sent]},
        {"filter": [{"op": "gte", "field": "id", "value": 0}]},
    ]
