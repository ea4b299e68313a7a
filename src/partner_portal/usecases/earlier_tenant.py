"""An organization that is connected to another Autotask database than before: nothing of the earlier one may stay."""

from __future__ import annotations

from django.db import transaction

from partner_portal.accounts.actor import Actor
from partner_portal.audit.events import MirrorCleared
from partner_portal.audit.trail import record
from partner_portal.organizations.models import Connection, FormerConnection, Organization
from partner_portal.usecases.parts import Parts


def is_other_tenant(before: Connection | FormerConnection, username: str, tenant_number: int | None) -> bool:
    """Whether `username`, whose tenant has `tenant_number`, belongs to another Autotask database than `before`.

    Where one of the numbers is unknown the domain of the API user decides: Autotask's API users carry their tenant's.
    """
    if before.tenant_number is not None and tenant_number is not None:
        return before.tenant_number != tenant_number
    return _domain(before.username) != _domain(username)


def clear_earlier_tenant(parts: Parts, organization: Organization, actor: Actor) -> None:
    """Remove what is held of an earlier tenant, if `Connection.must_clear` says so; the flag stays.

    Raises WarehouseError, WarehouseLocked while another process owns the warehouse.
    """
    if not Connection.objects.filter(organization=organization, must_clear=True).exists():
        return
    store = parts.warehouse.organization(organization.scope)
    rows = sum(source.rows for source in store.sources().values())
    if not rows and store.tenant() is None:
        return
    with transaction.atomic():
        record(MirrorCleared(rows), actor, parts.clock.now(), organization.scope)
        store.clear()


def clear_before_sync(parts: Parts, connection: Connection, actor: Actor) -> None:
    """Remove what is held of an earlier tenant, for good: the caller's sync over `connection` is the only one now."""
    clear_earlier_tenant(parts, connection.organization, actor)
    same = Connection.objects.filter(pk=connection.pk, secret_set_at=connection.secret_set_at)
    same.update(must_clear=False)


def _domain(username: str) -> str:
    return username.rpartition("@")[2].casefold()
