"""The record of syncs: one row each, one open row per organization, alive as long as its heart beats."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from partner_portal.organizations.models import Connection, Organization, SyncRun
from partner_portal.usecases.errors import SyncRuns

SILENCE = timedelta(seconds=60)
"""How long a run may be silent before another may take its place: its process has died."""
KEPT = timedelta(days=14)

INTERRUPTED_PROBLEM = "The process ended during the sync; the next sync takes it up again."


def begin(organization: Organization, now: datetime, *, is_full: bool) -> SyncRun:
    """Open a run; raise SyncRuns while another one lives."""
    try:
        with transaction.atomic():
            _close(SyncRun.objects.filter(organization=organization, heartbeat_at__lt=now - SILENCE), now)
            return SyncRun.objects.create(organization=organization, is_full=is_full, started_at=now, heartbeat_at=now)
    except IntegrityError:
        raise SyncRuns(organization.slug) from None


def beat(run: SyncRun, now: datetime, progress: dict[str, Any]) -> None:
    """Say that `run` lives, and how far it is."""
    run.heartbeat_at = now
    run.progress = progress
    run.save(update_fields=["heartbeat_at", "progress"])


def finish(
    run: SyncRun, now: datetime, outcome: SyncRun.Outcome, *, problem: str = "", summary: dict[str, Any] | None = None
) -> None:
    """Close `run`, and drop the organization's runs of long ago."""
    run.finished_at = now
    run.outcome = outcome
    run.problem = problem
    run.summary = summary or {}
    run.save(update_fields=["finished_at", "outcome", "problem", "summary"])
    SyncRun.objects.filter(organization=run.organization, finished_at__lt=now - KEPT).delete()


def close_leftovers(now: datetime) -> int:
    """Close every open run, as the process that alone owns the embedded stores may do at its start; count them."""
    return _close(SyncRun.objects.all(), now)


def _close(runs: Any, now: datetime) -> int:
    closed: int = runs.filter(finished_at=None).update(
        finished_at=now, outcome=SyncRun.Outcome.INTERRUPTED, problem=INTERRUPTED_PROBLEM
    )
    return closed


def latest(organization: Organization) -> SyncRun | None:
    """The run that began last."""
    return SyncRun.objects.filter(organization=organization).first()


def recent(organization: Organization, most: int) -> list[SyncRun]:
    """The runs that began last, newest first, `most` at most."""
    return list(SyncRun.objects.filter(organization=organization)[:most])


def latest_whole(connection: Connection) -> SyncRun | None:
    """The last run that brought anything of the tenant that is connected: done, or done but for some entities."""
    useful = (SyncRun.Outcome.DONE, SyncRun.Outcome.PARTIAL)
    runs = SyncRun.objects.filter(organization__connection=connection, started_at__gte=connection.connected_at)
    return runs.filter(outcome__in=useful).first()
