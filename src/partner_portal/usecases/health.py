"""Whether the portal can do its work, and how old its data is, for monitoring."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import DatabaseError, connection
from django.db.models import Max
from prometheus_client.core import Metric

from partner_portal.organizations.models import Connection, SyncRun
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.usecases import measures
from partner_portal.usecases.parts import Parts
from partner_portal.warehouse.store import WarehouseError

NOBODY = OrganizationScope(0)


def problems_of(parts: Parts, jobs_problem: str | None) -> dict[str, str | None]:
    """What hinders the portal's work, by part; None for what is well. Whoever runs the jobs tells of them."""
    return {
        "database": database_problem(),
        "warehouse": warehouse_problem(parts),
        "jobs": jobs_problem,
        "cluster": "no line to the other processes" if parts.member.is_lost else None,
    }


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


def readings(parts: Parts) -> Iterator[Metric]:
    """What is told of the queues, and of each connected organization: its data's age, last sync, budget, secret."""
    yield measures.QUEUE.of(dict(parts.jobs.lengths()))
    now = parts.clock.now()
    useful = (SyncRun.Outcome.DONE, SyncRun.Outcome.PARTIAL)
    runs = SyncRun.objects.filter(organization__connection__isnull=False, finished_at__isnull=False).order_by()
    began = runs.filter(outcome__in=useful).values_list("organization__slug").annotate(Max("started_at"))
    yield measures.SYNC_AGE.of({slug: (now - at).total_seconds() for slug, at in began})
    last = runs.values("organization").annotate(last=Max("id")).values("last")
    ended = list(SyncRun.objects.filter(pk__in=last).select_related("organization"))
    yield measures.LAST_SYNC_SECONDS.of({run.organization.slug: _seconds(run) for run in ended})
    failed = SyncRun.Outcome.FAILED
    yield measures.LAST_SYNC_FAILED.of({run.organization.slug: float(run.outcome == failed) for run in ended})
    held = {each.organization.slug: each for each in Connection.objects.select_related("organization")}
    yield measures.SECRET_AGE.of({slug: (now - each.secret_set_at).total_seconds() for slug, each in held.items()})
    known = {slug: each for slug, each in held.items() if each.budget_limit}
    yield measures.BUDGET_SHARE.of({slug: each.budget_used / each.budget_limit for slug, each in known.items()})


def _seconds(run: SyncRun) -> float:
    """How long a run took that has ended."""
    return ((run.finished_at or run.started_at) - run.started_at).total_seconds()
