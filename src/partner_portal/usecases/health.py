"""Whether the portal can do its work, and how old its data is, for monitoring."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.models import Max

from partner_portal.organizations.models import Connection, SyncRun
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.usecases.measures import (
    BUDGET_SHARE,
    LAST_SYNC_FAILED,
    LAST_SYNC_SECONDS,
    QUEUE,
    SECRET_AGE,
    SYNC_AGE,
)
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


def measure_organizations(parts: Parts) -> None:
    """Set what is told of each connected organization: its data's age, its last sync, its budget, its secret's age."""
    now = parts.clock.now()
    for gauge in (SYNC_AGE, LAST_SYNC_SECONDS, LAST_SYNC_FAILED, BUDGET_SHARE, SECRET_AGE):
        gauge.clear()
    useful = (SyncRun.Outcome.DONE, SyncRun.Outcome.PARTIAL)
    runs = SyncRun.objects.filter(organization__connection__isnull=False, finished_at__isnull=False).order_by()
    began = runs.filter(outcome__in=useful).values_list("organization__slug").annotate(Max("started_at"))
    for slug, at in began:
        SYNC_AGE.labels(slug).set((now - at).total_seconds())
    ended = runs.values("organization").annotate(last=Max("id")).values("last")
    for run in SyncRun.objects.filter(pk__in=ended).select_related("organization"):
        _measure_last_sync(run)
    for held in Connection.objects.select_related("organization"):
        slug = held.organization.slug
        SECRET_AGE.labels(slug).set((now - held.secret_set_at).total_seconds())
        if held.budget_limit:
            BUDGET_SHARE.labels(slug).set(held.budget_used / held.budget_limit)


def _measure_last_sync(run: SyncRun) -> None:
    slug = run.organization.slug
    if run.finished_at is not None:
        LAST_SYNC_SECONDS.labels(slug).set((run.finished_at - run.started_at).total_seconds())
    LAST_SYNC_FAILED.labels(slug).set(run.outcome == SyncRun.Outcome.FAILED)


def measure_queue(parts: Parts) -> None:
    """Set the length of each queue."""
    QUEUE.clear()
    for queue, length in parts.jobs.lengths().items():
        QUEUE.labels(queue).set(length)
