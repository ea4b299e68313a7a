"""Disconnecting: the credentials go at once, syncs stop, the data stays or goes, and none of it comes back."""

from __future__ import annotations

from dataclasses import replace
from typing import NoReturn

import pytest

from partner_portal.accounts.actor import Actor
from partner_portal.accounts.policy import NotPermitted, OrganizationUnknown
from partner_portal.audit.models import Entry
from partner_portal.organizations.models import Connection, FormerConnection, SyncRun
from partner_portal.usecases import sync_organization as syncing
from partner_portal.usecases.connect_autotask import connect_autotask
from partner_portal.usecases.connection_state import connection_state
from partner_portal.usecases.disconnect_autotask import clear_former_tenants, disconnect_autotask
from partner_portal.usecases.due import enqueue_due_syncs
from partner_portal.usecases.errors import NotConfirmed, NotConnected, SyncInterrupted
from partner_portal.usecases.refresh import refresh
from partner_portal.usecases.sync_organization import sync_organization
from partner_portal.vault.models import SealedSecret
from partner_portal.warehouse.store import WarehouseLocked


@pytest.fixture
def sandbox(sandbox):
    """Frees its threads at once, so that a sync right after a test need not wait."""
    sandbox.state.options.release_seconds = 0
    return sandbox


@pytest.fixture
def synced(parts, connected):
    sync_organization(parts, connected, full=True)
    return connected


def rows(parts, organization) -> int:
    store = parts.warehouse.organization(organization.scope)
    return sum(source.rows for source in store.sources().values())


def end(parts, organization, *, removes_data=False, actor=None, confirmed="Acme"):
    more = {} if actor is None else {"actor": actor}
    return disconnect_autotask(parts, organization, confirmed=confirmed, removes_data=removes_data, **more)


def test_the_credentials_go_and_the_data_stays(parts, synced):
    held = rows(parts, synced)
    assert end(parts, synced)
    assert not SealedSecret.objects.exists()
    assert not Connection.objects.exists()
    assert rows(parts, synced) == held > 0
    assert connection_state(parts, synced).stage == "not_connected"


def test_the_data_goes_when_it_shall(parts, synced):
    assert end(parts, synced, removes_data=True)
    assert rows(parts, synced) == 0
    assert parts.warehouse.organization(synced.scope).tenant() is None
    assert Entry.objects.filter(action="mirror.cleared").get().details["rows"] > 0


def test_no_sync_is_due_or_can_be_asked_for(parts, synced, later):
    end(parts, synced)
    assert enqueue_due_syncs(later(3600)) == 0
    with pytest.raises(NotConnected):
        refresh(parts, synced, Actor("somebody"))
    with pytest.raises(NotConnected):
        sync_organization(parts, synced)


@pytest.mark.parametrize("typed", ["", "acme", "ACME", "Acme Inc", "Other"])
def test_only_the_name_confirms(parts, synced, typed):
    with pytest.raises(NotConfirmed, match="'Acme'"):
        end(parts, synced, confirmed=typed)
    assert Connection.objects.exists()
    assert Entry.objects.filter(action="connection.ended").get().result == "refused"


def test_white_space_does_not_matter(parts, synced):
    assert end(parts, synced, confirmed="  Acme ")


def test_what_is_not_connected_cannot_be_ended(parts, organization):
    with pytest.raises(NotConnected):
        end(parts, organization)


def test_only_administrators_end_it(parts, synced, member, stranger):
    for role in ("manager", "representative", "viewer"):
        with pytest.raises(NotPermitted):
            end(parts, synced, actor=Actor.of(member(role)))
    with pytest.raises(OrganizationUnknown):
        end(parts, synced, actor=Actor.of(stranger))
    assert end(parts, synced, actor=Actor.of(member("administrator"), "192.0.2.7"))
    entry = Entry.objects.filter(action="connection.ended").get()
    assert (entry.address, entry.result) == ("192.0.2.7", "done")
    assert entry.details == {"before": "api-user@sandbox.invalid", "removes_data": False}


def test_a_sync_under_way_leaves_off(parts, connected, monkeypatch):
    beat = syncing.sync_runs.beat

    def beat_and_disconnect(run, now, progress):
        if Connection.objects.exists():
            assert not end(parts, connected, removes_data=True)
        return beat(run, now, progress)

    monkeypatch.setattr(syncing, "PULSE_SECONDS", 0.001)
    monkeypatch.setattr(syncing.sync_runs, "beat", beat_and_disconnect)
    with pytest.raises(SyncInterrupted):
        sync_organization(parts, connected, full=True)
    assert FormerConnection.objects.get().must_clear
    clear_former_tenants(parts)
    assert rows(parts, connected) == 0
    assert not FormerConnection.objects.get().must_clear


class Elsewhere:
    """A warehouse that another process owns."""

    def organization(self, scope) -> NoReturn:
        raise WarehouseLocked("Another process has it.")


def test_while_another_process_owns_the_warehouse_its_timetable_removes_the_data(parts, synced):
    assert not end(replace(parts, warehouse=Elsewhere()), synced, removes_data=True)
    assert not SealedSecret.objects.exists()
    assert rows(parts, synced) > 0
    clear_former_tenants(replace(parts, warehouse=Elsewhere()))
    clear_former_tenants(parts)
    assert rows(parts, synced) == 0


def test_the_same_tenant_again_takes_its_data_up(parts, synced, credentials):
    end(parts, synced)
    held = rows(parts, synced)
    assert connect_autotask(parts, synced, credentials).passed
    assert rows(parts, synced) == held
    assert not FormerConnection.objects.exists()


def test_another_tenant_does_not_inherit_the_data_that_was_kept(parts, synced, credentials, sandbox):
    end(parts, synced)
    FormerConnection.objects.update(tenant_number=sandbox.state.world.seed + 1)
    assert connect_autotask(parts, synced, credentials).passed
    assert rows(parts, synced) == 0


def test_data_that_was_to_go_does_not_come_back_with_the_next_connection(parts, synced, credentials):
    end(replace(parts, warehouse=Elsewhere()), synced, removes_data=True)
    assert connect_autotask(parts, synced, credentials).passed
    assert rows(parts, synced) == 0


def test_nothing_is_cleared_while_a_run_is_open(parts, synced):
    now = parts.clock.now()
    SyncRun.objects.create(organization=synced, started_at=now, heartbeat_at=now)
    assert not end(parts, synced, removes_data=True)
    assert rows(parts, synced) > 0
    SyncRun.objects.update(finished_at=now)
    clear_former_tenants(parts)
    assert rows(parts, synced) == 0
