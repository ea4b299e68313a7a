"""What filters let pass: examples, the refusals, and random filters against a plain loop over the rows."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partner_portal.sandbox.filters import read_filter
from sandbox.calling import where
from sandbox.oracle import passes

KINDS = {
    "Opportunities": {
        "id": "long",
        "title": "string",
        "probability": "integer",
        "stage": "integer",
        "amount": "decimal",
        "closedDate": "datetime",
        "lossReasonDetail": "string",
        "useQuoteTotals": "boolean",
    },
    "CompanyNotes": {"id": "long", "name": "string", "contactID": "integer", "startDateTime": "datetime"},
}
COMPARISONS = ["eq", "noteq", "gt", "gte", "lt", "lte"]
TEXT_TESTS = ["beginsWith", "endsWith", "contains"]


OTHERS = {
    "string": st.text("abcE ozé–4", max_size=3),
    "datetime": st.sampled_from(["2026-11-01", "2025-06-30T12:00:00", "2026-02-01T00:00:00.5+02:00"]),
    "boolean": st.booleans(),
    "decimal": st.integers(0, 20_000).map(lambda cents: cents / 100),
    "integer": st.integers(-1, 120),
    "long": st.integers(-1, 120),
}
"""Values that few rows hold; the others are taken from the rows."""


class Drawer:
    """Draws filters over the rows of an entity."""

    def __init__(self, data, entity: str, rows: list[dict]) -> None:
        self.draw = data.draw
        self.kinds = KINDS[entity]
        self.rows = rows

    def filters(self) -> list[dict]:
        return [self.node(2) for _ in range(self.draw(st.integers(0, 3)))]

    def node(self, depth: int) -> dict:
        if depth and self.draw(st.booleans()):
            items = [self.node(depth - 1) for _ in range(self.draw(st.integers(1, 3)))]
            return {"op": self.draw(st.sampled_from(["and", "or"])), "items": items}
        field = self.draw(st.sampled_from(sorted(self.kinds)))
        text_tests = TEXT_TESTS if self.kinds[field] == "string" else []
        op = self.draw(st.sampled_from([*COMPARISONS, *text_tests, "exist", "notExist", "in", "notIn"]))
        if op in ("exist", "notExist"):
            return {"op": op, "field": field}
        if op in ("in", "notIn"):
            return where(field, op, [self.value(field) for _ in range(self.draw(st.integers(1, 4)))])
        return where(field, op, self.value(field))

    def value(self, field: str):
        held = self.rows[self.draw(st.integers(0, len(self.rows) - 1))][field]
        return held if held is not None and self.draw(st.booleans()) else self.draw(OTHERS[self.kinds[field]])


@pytest.mark.parametrize("entity", sorted(KINDS))
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_filter_lets_pass_what_a_plain_loop_lets_pass(made_world, entity, data):
    rows = made_world.rows(entity)
    drawn = Drawer(data, entity, rows).filters()
    expected = [row["id"] for row in rows if passes(row, drawn, KINDS[entity])]
    table = made_world.table(entity)
    group = read_filter(drawn, table.model)
    assert table.select(group, limit=10_000) == expected
    assert table.count(group) == len(expected)


@settings(max_examples=40, deadline=None)
@given(after=st.integers(-1, 30_020_000), low=st.integers(0, 30_020_000), high=st.integers(0, 30_020_000))
def test_ids_alone_are_answered_as_by_sql(made_world, after, low, high):
    table = made_world.table("CompanyNotes")
    by_ids = [where("id", "gt", low), where("id", "lte", high)]
    by_sql = [*by_ids, {"op": "or", "items": [where("id", "exist"), where("name", "exist")]}]
    one, other = read_filter(by_ids, table.model), read_filter(by_sql, table.model)
    assert table.select(one, after=after, limit=50) == table.select(other, after=after, limit=50)
    assert table.count(one) == table.count(other)


async def ids_of(caller, *filters) -> list[int]:
    reply = await caller.query("Companies", *filters)
    assert reply.status == 200, reply.json
    return reply.ids


@pytest.fixture
def companies(caller):
    for row in (
        {"id": 0, "companyName": "Own", "isActive": True, "companyType": 1},
        {"id": 4, "companyName": "Zürich Söhne", "isActive": False, "createDate": "2026-03-01T12:00:00.5Z"},
        {"id": 9, "companyName": None, "userDefinedFields": [{"name": "Seats", "value": "12"}]},
    ):
        caller.app.state.world.insert("Companies", {"createDate": None, **row})
    return caller


async def test_names_operators_and_text_do_not_depend_on_case(companies):
    assert await ids_of(companies, {"OP": "CONTAINS", "Field": "COMPANYNAME", "VALUE": "RICH SÖ"}) == [4]
    assert await ids_of(companies, where("companyName", "eq", "OWN")) == [0]


async def test_not_equal_does_not_return_rows_without_a_value(companies):
    assert await ids_of(companies, where("companyName", "noteq", "Own")) == [4]
    assert await ids_of(companies, where("companyName", "notIn", ["Own", "x"])) == [4]


async def test_numbers_truths_and_dates_are_read_from_text_as_well(companies):
    assert await ids_of(companies, where("companyType", "eq", "1")) == [0]
    assert await ids_of(companies, where("isActive", "eq", "False")) == [4]
    assert await ids_of(companies, where("createDate", "gt", "2026-03-01T14:00:00.4+02:00")) == [4]
    assert await ids_of(companies, where("createDate", "gte", "2026-03-01T12:00:01")) == []


async def test_an_unknown_operator_is_ignored_until_a_switch_refuses_it(companies):
    assert await ids_of(companies, where("companyName", "startsWith", "Own")) == [0, 4, 9]
    nested = {"op": "or", "items": [where("id", "between", 3), where("id", "eq", 4)]}
    assert await ids_of(companies, nested) == [4]
    companies.app.state.options.refuse_unknown_operators = True
    assert (await companies.query("Companies", nested)).status == 500


async def test_a_user_defined_field_is_filtered_by_its_own_type(companies):
    assert await ids_of(companies, where("seats", "gt", 3, udf=True)) == [9]
    assert await ids_of(companies, where("Seats", "gt", "100", udf=True)) == []


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (where("lastActivity", "gt", "2026-01-01"), "Unable to find lastActivity in the Company Entity."),
        (where("Seats", "gt", 1), "Unable to find Seats in the Company Entity."),
        (where("companyName", "eq", 1, udf=True), "Unable to find companyName in the Company Entity."),
        (where("sicCode", "eq", "7"), "cannot be queried"),
        (where("companyType", "eq", "Customer"), "Conversion failed when converting the varchar value 'Customer' to"),
        (where("createDate", "gt", "yesterday"), "Conversion failed when converting date and/or time"),
        (where("createDate", "gt", 20260101), "Conversion failed when converting date and/or time"),
        (where("isActive", "eq", "perhaps"), "to data type bit"),
        (where("companyName", "eq", None), "Value is required"),
        (where("id", "in", 5), "needs a list"),
        (where("id", "in", []), "needs a list"),
        (where("companyType", "contains", "1"), "cannot be used"),
    ],
)
async def test_a_condition_that_cannot_be_met_is_refused_with_its_reason(companies, condition, text):
    reply = await companies.query("Companies", condition)
    assert reply.status == 500
    assert text in reply.json["errors"][0]


async def test_a_contact_is_active_by_number_not_by_truth(made):
    wrong = await made.query("Contacts", where("isActive", "eq", True))
    assert wrong.json["errors"][0].startswith("Unexpected character encountered while parsing value: t")
    assert (await made.query("Contacts", where("isActive", "eq", 1))).status == 200


@pytest.mark.parametrize(
    "condition",
    [
        where("id", "in", list(range(501))),
        {"op": "or", "items": [where("id", "eq", number) for number in range(501)]},
        {"op": "or", "items": [where("id", "in", list(range(400))), where("companyType", "in", list(range(101)))]},
    ],
)
async def test_more_than_500_or_conditions_are_refused(companies, condition):
    reply = await companies.query("Companies", condition)
    assert reply.status == 500
    assert "500 or fewer 'OR' conditions" in reply.json["errors"][0]


async def test_500_or_conditions_and_any_number_of_and_conditions_are_taken(companies):
    assert await ids_of(companies, where("id", "in", list(range(500)))) == [0, 4, 9]
    assert await ids_of(companies, *[where("id", "noteq", number) for number in range(600)]) == []


async def test_one_user_defined_condition_is_the_most(companies):
    reply = await companies.query("Companies", where("Seats", "gt", 1, udf=True), where("Seats", "lt", 99, udf=True))
    assert "Only one user-defined field" in reply.json["errors"][0]


async def test_a_changed_row_is_found_by_what_it_holds_now(companies):
    world = companies.app.state.world
    assert await ids_of(companies, where("companyName", "eq", "Own")) == [0]
    world.update("Companies", 0, companyName="Renamed")
    world.delete("Companies", 4)
    world.insert("Companies", {"id": 2, "companyName": "own"})
    assert await ids_of(companies, where("companyName", "eq", "Own")) == [2]
    assert await ids_of(companies, where("companyName", "exist")) == [0, 2]
