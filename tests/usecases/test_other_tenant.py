"""Connecting an organization to another Autotask database: nothing of the earlier one stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from partner_portal.accounts.actor import Actor
from partner_portal.audit.models import Entry
from partner_portal.autotask.asgi_transport import AsgiTransport
from partner_portal.autotask.catalog import CATALOG
from partner_portal.autotask.client import AutotaskClient
from partner_portal.autotask.credentials import Credentials
from partner_portal.bootstrap import portal
from partner_portal.lib.clock import FixedClock
from partner_portal.organizations.models import Connection
from partner_portal.sandbox.app import build
from partner_portal.sandbox.login import INTEGRATION_CODE, USERNAME
from partner_portal.sandbox.world import World
from partner_portal.usecases.connect_autotask import connect_autotask
from partner_portal.usecases.connection_state import connection_state
from partner_portal.usecases.earlier_tenant import is_other_tenant
from partner_portal.usecases.sync_organization import sync_organization
from partner_portal.warehouse.store import WarehouseLocked

SYSTEM_ACTION_TYPES = 11
SECOND_HELD = {entity.path: 0 for entity in CATALOG} | {"Companies": 1, "ActionTypes": SYSTEM_ACTION_TYPES}
FIRST_ROWS = {"Opportunities": {"title": "Old deal"}, "Tickets": {"title": "Old ticket"}}


@pytest.fixture
def first(parts, organization, credentials, world):
    """The organization after a sync with the first tenant."""
    for entity, row in FIRST_ROWS.items():
        world.insert(entity, row)
    assert connect_autotask(parts, organization, credentials).passed
    assert sync_organization(parts, organization).complete
    assert held(parts, organization)["Opportunities"] == 1
    return organization


@pytest.fixture
def second(parts):
    """The parts an hour later, when the address leads to another tenant that keeps its tickets to itself."""
    world = World.empty(seed=2, now=None)
    world.insert("Companies", {"companyName": "Elsewhere"})
    sandbox = build(world)
    sandbox.state.options.permissions["Tickets"] = "forbidden"

    async def open_client(credentials, limits, known=None):
        transport = AsgiTransport(sandbox)
        return await AutotaskClient.connect(
            credentials, entry_url=parts.entry_url, limits=limits, transport=transport, known=known
        )

    later = FixedClock(parts.clock.now() + timedelta(hours=1))
    made = replace(parts, open_client=open_client, clock=later)
    portal.hold(made)
    yield made
    world.close()


def held(parts, organization) -> dict[str, int]:
    store = parts.warehouse.organization(organization.scope)
    return {entity.path: store.rows(f"SELECT count(*) FROM {entity.table}")[0][0] for entity in CATALOG}


def changes(parts, organization) -> int:
    return parts.warehouse.organization(organization.scope).rows("SELECT count(*) FROM opportunity_changes")[0][0]


def test_no_row_and_no_history_of_the_first_tenant_is_left(first, second, credentials):
    assert changes(second, first) > 0
    assert connect_autotask(second, first, credentials).passed
    assert (sum(held(second, first).values()), changes(second, first)) == (0, 0)
    assert connection_state(second, first).stage == "first_sync"
    sync_organization(second, first)
    assert held(second, first) == SECOND_HELD
    assert changes(second, first) == 0
    assert connection_state(second, first).stage == "connected"
    assert Connection.objects.get().must_clear is False


def test_the_trail_tells_what_was_removed(first, second, credentials, member):
    before = sum(held(second, first).values())
    connect_autotask(second, first, credentials, Actor.of(member("administrator")))
    *_, connected = Entry.objects.filter(action="connection.set")
    (cleared,) = Entry.objects.filter(action="mirror.cleared")
    assert connected.details["is_other_tenant"] is True
    assert cleared.details == {"rows": before}
    assert (cleared.organization_id, cleared.actor) == (first.pk, "administrator@acme.example")
    sync_organization(second, first)
    assert Entry.objects.filter(action="mirror.cleared").count() == 1


def test_a_test_that_fails_removes_nothing(first, second):
    assert not connect_autotask(second, first, Credentials(USERNAME, "wrong", INTEGRATION_CODE)).passed
    assert held(second, first)["Opportunities"] == 1
    assert changes(second, first) > 0
    assert not Entry.objects.filter(action="mirror.cleared").exists()


def test_another_secret_for_the_same_tenant_removes_nothing(parts, first, credentials):
    assert connect_autotask(parts, first, credentials).passed
    assert held(parts, first)["Opportunities"] == 1
    assert connection_state(parts, first).stage == "connected"
    assert not Entry.objects.filter(action="mirror.cleared").exists()


def test_while_another_process_owns_the_warehouse_the_next_sync_removes_it_first(first, second, credentials):
    class Elsewhere:
        def organization(self, scope):
            raise WarehouseLocked("The warehouse is in use by another process. Stop it, or ask it over its API.")

    assert connect_autotask(replace(second, warehouse=Elsewhere()), first, credentials).passed
    assert held(second, first)["Tickets"] == 1
    sync_organization(second, first)
    assert held(second, first) == SECOND_HELD
    assert Entry.objects.filter(action="mirror.cleared").count() == 1


def test_what_a_sync_under_way_brought_of_the_first_tenant_goes_before_the_next_one_reads(
    parts, first, second, credentials
):
    connect_autotask(second, first, credentials)
    connection = Connection.objects.get()
    Connection.objects.update(must_clear=False)  # as it was for the sync that had begun before
    sync_organization(parts, first)
    assert held(parts, first)["Opportunities"] == 1
    Connection.objects.update(must_clear=True, zone_url=connection.zone_url)
    sync_organization(second, first)
    assert held(second, first) == SECOND_HELD


@pytest.mark.parametrize(
    ("before", "username", "number", "is_other"),
    [
        (Connection(username="a@one.example", tenant_number=1), "b@two.example", 1, False),
        (Connection(username="a@one.example", tenant_number=1), "a@one.example", 2, True),
        (Connection(username="a@one.example", tenant_number=0), "a@one.example", 1, True),
        (Connection(username="a@one.example"), "b@ONE.example", 2, False),
        (Connection(username="a@one.example"), "b@two.example", 2, True),
        (Connection(username="a@one.example", tenant_number=1), "a@two.example", None, True),
    ],
    ids=["number alike", "number differs", "number 0", "domain alike", "domain differs", "number not told"],
)
def test_the_tenant_is_known_by_its_number_else_by_the_domain_of_its_users(before, username, number, is_other):
    assert is_other_tenant(before, username, number) is is_other


def test_the_number_is_learnt_by_a_sync_that_looks_for_the_zone(parts, first):
    Connection.objects.update(tenant_number=None, zone_found_at=None)
    sync_organization(parts, first)
    assert Connection.objects.get().tenant_number == 1
