"""Whether the portal can do its work, and how old its data is, for monitoring."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.models import Max

from partner_portal.organizations.models import Organization, SyncRun
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.usecases.measures import SYNC_AGE
from partner_portal.usecases.parts import Parts
from partner_portal.warehouse.store import WarehouseError

NOBODY = OrganizationScope(0)


def database_problem() -> str | None:
    """Why Django's database does not answer; None when it does."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return type(error).__name__
    return None


def warehouse_problem(parts: Parts) -> str | None:
    """Why the warehouse does not answer; None when it does."""
    try:
        parts.warehouse.organization(NOBODY).data_version()
    except WarehouseError as error:
        return str(error)
    return None


def measure_sync_ages(parts: Parts) -> None:
    """Set the age of each connected organization's data, in seconds."""
    now = parts.clock.now()
    useful = (SyncRun.Outcome.DONE, SyncRun.Outcome.PARTIAL)
    runs = SyncRun.objects.filter(outcome__in=useful).values("organization__slug").annotate(began=Max("started_at"))
    connected = set(Organization.objects.filter(connection__isnull=False).values_list("slug", flat=True))
    SYNC_AGE.clear()
    for run in runs.order_by():
        if run["organization__slug"] in connected:
            SYNC_AGE.labels(run["organization__slug"]).set((now - run["began"]).total_seconds())
