"""Disconnecting an organization from its Autotask: the credentials go at once, syncs stop, the data stays or goes."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction

from partner_portal.accounts.actor import CLOCK, SHELL, Actor
from partner_portal.accounts.policy import Act, require
from partner_portal.audit.events import ConnectionEnded, MirrorCleared
from partner_portal.audit.trail import Result, record
from partner_portal.organizations.models import Connection, FormerConnection, Organization, SyncRun
from partner_portal.usecases.errors import NotConfirmed, NotConnected
from partner_portal.usecases.parts import Parts
from partner_portal.warehouse.store import WarehouseError


def disconnect_autotask(
    parts: Parts, organization: Organization, *, confirmed: str, removes_data: bool, actor: Actor = SHELL
) -> bool:
    """Remove the connection of `organization` and its credentials; with `removes_data` what was read from Autotask too.

    `confirmed` is the organization's name, as a person typed it. A sync that is under way leaves off. Whether all of
    it has happened: False where the data is removed later, once a sync has left off, or by the process that owns the
    warehouse. Where credentials are kept outside the portal they stay there.
    Raises NotConfirmed, NotConnected, OrganizationUnknown for strangers, NotPermitted.
    """
    require(actor, Act.CONNECT, organization)
    now = parts.clock.now()
    before = Connection.objects.filter(organization=organization).first()
    event = ConnectionEnded(before.username if before else None, removes_data)
    if " ".join(confirmed.split()) != " ".join(organization.name.split()):
        refusal = NotConfirmed(organization.name)
        record(event, actor, now, organization.scope, result=Result.REFUSED, reason=str(refusal))
        raise refusal
    if before is None:
        raise NotConnected(organization.slug)
    with transaction.atomic():
        FormerConnection.objects.update_or_create(
            organization=organization,
            defaults={
                "username": before.username,
                "tenant_number": before.tenant_number,
                "must_clear": removes_data or before.must_clear,
                "disconnected_at": now,
            },
        )
        parts.vault.forget(organization.scope)
        before.delete()
        record(event, actor, now, organization.scope)
    with suppress(WarehouseError):  # the timetable of the process that owns the warehouse comes back to it
        return clear_former_tenant(parts, organization, actor)
    return False


def clear_former_tenants(parts: Parts) -> None:
    """Remove the data of every ended connection whose data must go and that no sync works on any more."""
    for organization in Organization.objects.filter(former_connection__must_clear=True):
        with suppress(WarehouseError):
            clear_former_tenant(parts, organization, CLOCK)


def clear_former_tenant(parts: Parts, organization: Organization, actor: Actor) -> bool:
    """Remove what is held of an ended connection, if it must go; False while a sync still works on it.

    Raises WarehouseError, WarehouseLocked while another process owns the warehouse.
    """
    former = FormerConnection.objects.filter(organization=organization, must_clear=True)
    if not former.exists():
        return True
    if SyncRun.objects.filter(organization=organization, finished_at=None).exists():
        return False
    store = parts.warehouse.organization(organization.scope)
    rows = sum(source.rows for source in store.sources().values())
    with transaction.atomic():
        if not former.update(must_clear=False):
            return True
        record(MirrorCleared(rows), actor, parts.clock.now(), organization.scope)
        store.clear()
    return True
