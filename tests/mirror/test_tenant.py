"""What a tenant's metadata tells, and what happens where it cannot be read."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from mirror.wired import NOW, Bench, connected
from partner_portal.autotask.catalog import CATALOG, COMPANY_TO_DOS, OPPORTUNITIES, TASKS
from partner_portal.autotask.errors import CredentialsRefused, HostUnreachable
from partner_portal.mirror.tenant import PICKLIST_FIELDS, read_tenant
from partner_portal.warehouse.store import EntityFacts, Tenant


async def read(bench: Bench, known: Tenant | None = None, **more) -> Tenant:
    async with connected(bench.app) as client:
        return await read_tenant(client, at=NOW, known=known, **more)


async def test_the_live_dialect_is_found(bench: Bench) -> None:
    tenant = await read(bench)
    assert tenant.dialect == "live"
    assert tenant.read_at == NOW
    assert tenant.web_url
    assert set(tenant.entities) == {entity.path for entity in CATALOG}
    assert tenant.entities["Tasks"].fields is not None
    assert "actionType" not in tenant.entities["Tasks"].fields
    assert tenant.entities["Opportunities"].fields == OPPORTUNITIES.field_names


async def test_the_guide_dialect_is_found(guide: Bench) -> None:
    tenant = await read(guide)
    assert tenant.dialect == "guide"
    assert tenant.entities["Tasks"].fields is not None
    assert {"actionType", "direction"} <= set(tenant.entities["Tasks"].fields)


@pytest.mark.parametrize("dialect", ["bench", "guide"])
async def test_picklists_come_as_integers_inactive_ones_too(request: pytest.FixtureRequest, dialect: str) -> None:
    bench: Bench = request.getfixturevalue(dialect)
    tenant = await read(bench)
    for path, fields in PICKLIST_FIELDS.items():
        for name in fields:
            model = next((field for field in bench.world.model(path).fields if field.name == name), None)
            choices = bench.world.tenant.choices(path, name) if model is not None and model.picklist else ()
            found = [(v.value, v.label, v.is_active) for v in tenant.picklists if (v.entity, v.field) == (path, name)]
            assert found == [(choice.value, choice.label, choice.is_active) for choice in choices], (path, name)
    assert any(not value.is_active for value in tenant.picklists) or dialect == "guide"


async def test_an_entity_without_rights_is_refused_with_its_remedy(bench: Bench) -> None:
    bench.app.state.options.permissions["CompanyToDos"] = "forbidden"
    tenant = await read(bench)
    refusal = tenant.entities["CompanyToDos"].refusal
    assert refusal is not None
    assert refusal.startswith("The API user has no permission to read CompanyToDos. ")
    assert tenant.entities["CompanyNotes"].refusal is None


async def test_fields_that_cannot_be_read_refuse_nothing(bench: Bench) -> None:
    bench.fail("unavailable", "Opportunities", route="fields", count=None)
    bench.fail("broken_json", "Tickets", route="fields", count=None)
    tenant = await read(bench)
    assert tenant.entities["Opportunities"] == EntityFacts()
    assert tenant.entities["Tickets"] == EntityFacts()
    assert tenant.entities["Companies"].fields is not None


async def test_rights_that_cannot_be_read_leave_the_fields_known(guide: Bench) -> None:
    guide.fail("unavailable", "Tasks", route="information", count=None)
    tenant = await read(guide)
    assert tenant.dialect == "guide"
    assert "actionType" in (tenant.entities["Tasks"].fields or ())


async def test_facts_that_are_not_due_are_kept(bench: Bench) -> None:
    first = await read(bench)
    bench.app.state.counters.requests.clear()
    again = await read(bench, first, entities=[COMPANY_TO_DOS])
    assert replace(again, picklists=()) == replace(first, picklists=())
    assert set(again.picklists) == set(first.picklists)
    assert bench.app.state.counters.requests == {"ZoneInformation": 1, "CompanyToDos": 2}


async def test_what_shows_rows_is_not_asked_whether_it_may_be_read(bench: Bench) -> None:
    bench.app.state.options.permissions["Tickets"] = "forbidden"
    told = {path: asyncio.get_running_loop().create_future() for path in ("Companies", "Contacts")}
    told["Companies"].set_result(True)
    told["Contacts"].set_result(False)
    tenant = await read(bench, shows_rows=told.get)
    requests = bench.app.state.counters.requests
    assert requests["Companies"] == 1
    assert requests["Contacts"] == requests["Resources"] == 2
    assert tenant.entities["Companies"].fields is not None
    assert tenant.entities["Tickets"].refusal is not None


async def test_an_unread_task_metadata_leaves_the_known_dialect(guide: Bench) -> None:
    first = await read(guide)
    guide.fail("unavailable", "Tasks", route="fields", count=None)
    assert (await read(guide, first, entities=[TASKS])).dialect == "guide"


async def test_refused_credentials_cost_one_failed_login(bench: Bench) -> None:
    async with connected(bench.app, secret="wrong") as client:
        with pytest.raises(CredentialsRefused):
            await read_tenant(client, at=NOW)
    assert bench.app.state.counters.failed_logins.total() == 1


async def test_a_host_that_is_gone_ends_the_look_up(bench: Bench) -> None:
    bench.fail("reset", "Contracts", route="information", count=None)
    with pytest.raises(HostUnreachable):
        await read(bench)
