"""The client against the sandbox, which was built from the same facts by other hands."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from autotask.scripted import connected as connect_to
from partner_portal.autotask.asgi_transport import AsgiTransport
from partner_portal.autotask.catalog import (
    ACTION_TYPES,
    CATALOG,
    COMPANIES,
    COMPANY_TO_DOS,
    CONTACTS,
    GUIDE_TASK_FIELDS,
    OPPORTUNITIES,
    TASKS,
)
from partner_portal.autotask.credentials import Credentials
from partner_portal.autotask.errors import (
    CallBudgetSpent,
    CredentialsRefused,
    MalformedAnswer,
    PermissionMissing,
    UnknownField,
    UnknownUser,
)
from partner_portal.autotask.filters import Condition, Op, all_of, any_of
from partner_portal.autotask.limits import Limits
from partner_portal.sandbox.app import build
from partner_portal.sandbox.faults import Fault
from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME
from partner_portal.sandbox.options import Options
from partner_portal.sandbox.world import World

NOW = datetime(2026, 3, 18, 15, tzinfo=UTC)
ENTRY = "http://127.0.0.1:8010"


@pytest.fixture
def world():
    world = World.empty(now=NOW)
    yield world
    world.close()


def connected(world: World, *, options: Options | None = None, credentials: Credentials | None = None, **more):
    app = more.pop("app", None) or build(world, options=options or Options(release_seconds=0.0))
    login = credentials or Credentials(USERNAME, SECRET, INTEGRATION_CODE)
    return connect_to(AsgiTransport(app), credentials=login, entry_url=ENTRY, **more)


async def test_more_than_a_page_is_complete(world) -> None:
    for number in range(1203):
        world.insert("Companies", {"id": number * 3, "companyName": f"Company {number}", "isActive": True})
    async with connected(world) as client:
        found = [row async for row in client.query(COMPANIES, fields=["companyName"])]
        assert await client.count(COMPANIES) == 1203
        assert client.requests["Companies"] == 4
    assert [(row.id, row.company_name) for row in found] == [(n * 3, f"Company {n}") for n in range(1203)]
    assert found[0].is_active is None


async def test_a_row_comes_as_it_is_kept(world) -> None:
    world.insert("Companies", {"id": 0, "companyName": "株式会社 Žluťoučký \x00 <b>&amp;</b> 😀"})
    world.insert(
        "Opportunities",
        {"id": 7, "title": "T", "companyID": 0, "amount": 1234.5, "createDate": "2026-03-08T06:59:59.877Z"},
    )
    async with connected(world) as client:
        own = await client.get(COMPANIES, 0)
        (deal,) = [row async for row in client.query(OPPORTUNITIES)]
        assert await client.get(OPPORTUNITIES, 8) is None
    assert own is not None
    assert own.company_name == "株式会社 Žluťoučký \x00 <b>&amp;</b> 😀"
    assert (deal.company_id, deal.amount, deal.contact_id) == (0, Decimal("1234.50"), None)
    assert deal.create_date == datetime(2026, 3, 8, 6, 59, 59, 877_000, tzinfo=UTC)


async def test_filters_mean_what_they_say(world) -> None:
    for number, (stage, amount) in enumerate([(1, 10.0), (2, 20.0), (2, 30.0), (3, 40.0)], start=1):
        world.insert("Opportunities", {"id": number, "title": f"Deal {number}", "stage": stage, "amount": amount})
    world.update("Opportunities", 4, closedDate="2026-03-01T05:00:00Z")
    questions = {
        Condition("stage", Op.EQ, 2): [2, 3],
        Condition("stage", Op.NOT_EQ, 2): [1, 4],
        Condition("stage", Op.IN, (1, 3)): [1, 4],
        Condition("stage", Op.NOT_IN, (1, 3)): [2, 3],
        Condition("amount", Op.GT, Decimal("20.00")): [3, 4],
        Condition("amount", Op.GTE, 20): [2, 3, 4],
        Condition("amount", Op.LT, 20.5): [1, 2],
        Condition("amount", Op.LTE, 10): [1],
        Condition("title", Op.BEGINS_WITH, "Deal"): [1, 2, 3, 4],
        Condition("title", Op.ENDS_WITH, "3"): [3],
        Condition("title", Op.CONTAINS, "al 4"): [4],
        Condition("closedDate", Op.EXIST): [4],
        Condition("closedDate", Op.NOT_EXIST): [1, 2, 3],
        Condition("closedDate", Op.EQ, datetime(2026, 3, 1, 5, tzinfo=UTC)): [4],
        all_of(Condition("stage", Op.GTE, 2), any_of(Condition("id", Op.EQ, 2), Condition("id", Op.EQ, 1))): [2],
    }
    async with connected(world) as client:
        for question, ids in questions.items():
            assert [row.id async for row in client.query(OPPORTUNITIES, question)] == ids, question
            assert await client.count(OPPORTUNITIES, question) == len(ids), question


@pytest.mark.parametrize("dialect", ["live", "guide"])
async def test_every_entity_is_read_with_the_fields_it_has(dialect) -> None:
    world = World.empty(dialect=dialect, now=NOW)
    async with connected(world) as client:
        for entity in CATALOG:
            information = await client.entity_information(entity)
            assert information.is_readable
            assert information.user_access_for_create != "All"
            had = {field.name.casefold() for field in await client.fields(entity)}
            kept = [name for name in entity.field_names if name.casefold() in had]
            missing = set(entity.field_names) - set(kept)
            assert missing == (GUIDE_TASK_FIELDS if (entity, dialect) == (TASKS, "live") else set())
            rows = [row async for row in client.query(entity, fields=kept)]
            assert len(rows) == len(world.rows(entity.path))
    world.close()


async def test_asking_for_a_field_the_tenant_lacks_is_named(world) -> None:
    async with connected(world) as client:
        with pytest.raises(UnknownField, match="actionType"):
            [row async for row in client.query(TASKS, fields=["title", "actionType"])]


async def test_picklists_are_the_tenants(world) -> None:
    async with connected(world) as client:
        fields = {field.name: field for field in await client.fields(COMPANY_TO_DOS)}
        types = {row.id: row.name async for row in client.query(ACTION_TYPES)}
    labels = {int(entry.value): entry.label for entry in fields["actionType"].picklist_values}
    assert labels == types
    assert fields["companyID"].picklist_values == ()


@pytest.mark.parametrize("permission", ["forbidden", "error"])
async def test_a_missing_right_is_named_and_the_rest_is_read(world, permission) -> None:
    world.insert("Contacts", {"id": 1, "firstName": "Zoë"})
    options = Options(permissions={"Companies": permission})
    async with connected(world, options=options) as client:
        with pytest.raises(PermissionMissing, match="Companies"):
            await client.count(COMPANIES)
        assert [row.first_name async for row in client.query(CONTACTS)] == ["Zoë"]


async def test_wrong_sign_ins_have_their_own_names(world) -> None:
    with pytest.raises(UnknownUser):
        async with connected(world, credentials=Credentials("nobody@example.invalid", SECRET, INTEGRATION_CODE)):
            pytest.fail("connected")
    for wrong in (Credentials(USERNAME, "x", INTEGRATION_CODE), Credentials(USERNAME, SECRET, "x")):
        async with connected(world, credentials=wrong) as client:
            with pytest.raises(CredentialsRefused):
                await client.threshold()


PASSING = ["throttled", "unavailable", "reset", "cut", "empty_body", "broken_json", "duplicate_row", "unknown_field"]


@pytest.mark.parametrize("kind", [*PASSING, "lone_surrogate"])
async def test_a_fault_on_the_way_costs_no_row(world, kind) -> None:
    for number in range(12):
        world.insert("Companies", {"id": number, "companyName": f"Company {number}"})
    app = build(world, options=Options(release_seconds=0.0))
    app.state.faults.add(Fault(kind=kind, entity="Companies", skip=1))
    async with connected(world, app=app, limits=Limits(page_size=5)) as client:
        found = [row.id async for row in client.query(COMPANIES)]
    assert found == list(range(12))
    assert app.state.counters.faults[kind] == 1


async def test_a_wrong_type_stops_the_read_and_is_named(world) -> None:
    world.insert("Companies", {"id": 1, "companyName": "C", "companyType": 1})
    app = build(world)
    app.state.faults.add(Fault(kind="wrong_type", entity="Companies"))
    async with connected(world, app=app) as client:
        with pytest.raises(MalformedAnswer, match="Companies"):
            [row async for row in client.query(COMPANIES)]


async def test_the_thread_gate_is_kept_or_waited_for(world) -> None:
    world.insert("Companies", {"id": 1, "companyName": "C"})
    app = build(world, latency_seconds=0.002, options=Options(release_seconds=0.01))
    limits = Limits(first_pause_seconds=0.02, rest_seconds=0.012, throttled_attempts=20)
    async with connected(world, app=app, limits=limits, waits=asyncio.sleep) as client:
        assert await asyncio.gather(*[client.count(COMPANIES) for _ in range(12)]) == [1] * 12
    assert app.state.gate.highest["Companies"] <= 3


async def test_the_budget_is_told_and_its_end_is_named(world) -> None:
    app = build(world, options=Options(hourly_limit=100, band_scale=0.0))
    async with connected(world, app=app) as client:
        app.state.hour.set_used(40)
        threshold = await client.threshold()
        assert (threshold.limit, threshold.timeframe_minutes) == (100, 60)
        assert 0.40 <= threshold.share <= 0.42
        app.state.hour.set_used(100)
        with pytest.raises(CallBudgetSpent):
            await client.count(COMPANIES)


async def test_a_tenant_that_moves_during_a_read_is_read_on(world) -> None:
    for number in range(12):
        world.insert("Companies", {"id": number, "companyName": f"Company {number}"})
    app = build(world, options=Options(release_seconds=0.0))
    async with connected(world, app=app, limits=Limits(page_size=5)) as client:
        walk = client.pages(COMPANIES)
        found = [row.id for row in await anext(walk)]
        app.state.options.zone_host = "localhost:8011"
        found += [row.id async for page in walk for row in page]
        assert client.zone.url == "http://localhost:8011/ATServicesRest/V1.0"
    assert found == list(range(12))
