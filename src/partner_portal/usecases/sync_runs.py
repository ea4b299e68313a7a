"""The record of syncs: one row each, one open row per organization, alive as long as its heart beats.

The open row is what keeps two syncs of an organization apart, in whichever processes. It belongs to the process that
opened it until it is closed: by that process, or by another once that one is certainly gone. A run that finds its row
closed leaves off.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from partner_portal.cluster.membership import Alone, ClusterUnreachable, Membership
from partner_portal.organizations.models import Connection, Organization, SyncRun
from partner_portal.usecases.errors import SyncRuns

SILENCE = timedelta(seconds=60)
"""How long a run may be silent before another may take its place: its process has died."""
FORGOTTEN = timedelta(seconds=10)
"""How long a run that nobody works on may be silent: longer than from its row to its work, and its end to its row's."""
KEPT = timedelta(days=14)

INTERRUPTED_PROBLEM = "The process ended during the sync; the next sync takes it up again."


def begin(organization: Organization, now: datetime, *, is_full: bool, member: Membership | None = None) -> SyncRun:
    """Open a run that `member` works on; raise SyncRuns while another one lives, or may live."""
    member = member or Alone()
    silent = SyncRun.objects.filter(organization=organization, finished_at=None, heartbeat_at__lt=now - SILENCE)
    dead = [run.pk for run in silent if not _may_live(run, member)]
    try:
        with transaction.atomic():
            _close(SyncRun.objects.filter(pk__in=dead), now)
            return SyncRun.objects.create(
                organization=organization, is_full=is_full, started_at=now, heartbeat_at=now, process=member.name
            )
    except IntegrityError:
        raise SyncRuns(organization.slug) from None


def _may_live(run: SyncRun, member: Membership) -> bool:
    try:
        return member.lives(run.process)
    except ClusterUnreachable:
        return True


def beat(run: SyncRun, now: datetime, progress: dict[str, Any]) -> bool:
    """Say that `run` lives, and how far it is; False when it was closed, because its process was taken for dead."""
    run.heartbeat_at = now
    run.progress = progress
    return _write(run, "heartbeat_at", "progress")


def finish(
    run: SyncRun, now: datetime, outcome: SyncRun.Outcome, *, problem: str = "", summary: dict[str, Any] | None = None
) -> None:
    """Close `run`, and drop the organization's runs of long ago."""
    run.finished_at = now
    run.outcome = outcome
    run.problem = problem
    run.summary = summary or {}
    _write(run, "finished_at", "outcome", "problem", "summary")
    SyncRun.objects.filter(organization=run.organization, finished_at__lt=now - KEPT).delete()


def close_leftovers(now: datetime) -> int:
    """Close every open run, as the process that alone owns the embedded stores may do at its start; count them."""
    return _close(SyncRun.objects.all(), now)


def processes_at_work() -> set[str]:
    """The names of the processes that runs are open of; one without a name is told by its silence alone."""
    named = SyncRun.objects.filter(finished_at=None).exclude(process="").order_by()
    return set(named.values_list("process", flat=True).distinct())


def close_runs_of(processes: Collection[str], now: datetime) -> int:
    """Close the open runs of `processes`, which are gone; count them."""
    return _close(SyncRun.objects.filter(process__in=processes), now)


def close_forgotten(process: str, at_work: Collection[int], now: datetime) -> int:
    """Close the open runs of `process` that it does not work on: their end could not be written down."""
    silent = SyncRun.objects.filter(process=process, heartbeat_at__lt=now - FORGOTTEN)
    return _close(silent.exclude(pk__in=at_work), now)


def _write(run: SyncRun, *fields: str) -> bool:
    """Write `fields` of `run`, unless it was closed."""
    values = {field: getattr(run, field) for field in fields}
    return bool(SyncRun.objects.filter(pk=run.pk, finished_at=None).update(**values))


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
