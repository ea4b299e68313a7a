"""Taking over what processes left that are gone: their open runs and their jobs.

A job that runs when its process is killed stays "pending" in the queue under that process's name, and keeps its
organization's syncs from being asked for. DBOS leaves that to a service of its own. Here every process that runs jobs
looks around: it ends what the dead held, and asks for it anew. Two that do so at once do no harm, as the queue holds
one sync of an organization.
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from typing import Any

import structlog
from dbos import DBOS, WorkflowStatus
from django.db import close_old_connections

from partner_portal.bootstrap.jobs import SYNC_WORKFLOW
from partner_portal.usecases import sync_runs
from partner_portal.usecases.parts import Parts
from partner_portal.workers import sync

LOOK_SECONDS = 3.0
PATIENCE_SECONDS = 5.0

log = structlog.get_logger(__name__)


class TakingOver:
    """Looks around every `LOOK_SECONDS`, in a thread of its own."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, parts: Parts) -> None:
        """Begin; harmless when that was done."""
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._run, args=(parts,), name="taking-over", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End, once the look that is under way has ended; one that waits for the database is left to the process."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(PATIENCE_SECONDS)
            self._thread = None

    def _run(self, parts: Parts) -> None:
        idle: Collection[str] = ()
        while not self._stopping.is_set():
            try:
                close_old_connections()
                idle = look_around(parts, idle)
            except Exception as error:  # noqa: BLE001 (the database may be away; the next look is soon)
                log.warning("could not look after other processes", reason=type(error).__name__)
            finally:
                close_old_connections()
            self._stopping.wait(LOOK_SECONDS)


def look_around(parts: Parts, idle: Collection[str] = ()) -> set[str]:
    """Take over from every process that is gone, and from what this one lost track of.

    A job whose end could not be written down, because the database was away then, stays this process's for ever, and
    nobody works on it. Gives the ids of such jobs; those of them that were so in the look before (`idle`) are taken
    over: one that was just begun or has just ended looks the same for a moment.
    """
    now = parts.clock.now()
    sync_runs.close_forgotten(parts.member.name, parts.running, now)
    pending = DBOS.list_workflows(status="PENDING", load_output=False)
    gone = parts.member.gone({job.executor_id or "" for job in pending} | sync_runs.processes_at_work())
    closed = sync_runs.close_runs_of(gone, now)
    forgotten = {job.workflow_id for job in pending if _is_forgotten(job, parts)}
    left = forgotten.intersection(idle)
    jobs = [
        job
        for job in pending
        if job.executor_id in gone or job.workflow_id in left or _is_of_an_earlier_life(job, parts)
    ]
    if closed or jobs:
        log.info("taking over", processes=sorted(gone), runs=closed, jobs=len(jobs))
    if jobs:
        _ask_anew(parts, jobs)
    return forgotten - left


def _is_forgotten(job: WorkflowStatus, parts: Parts) -> bool:
    """Whether a sync is this process's, and it does not work on it."""
    is_ours = job.executor_id == parts.member.name and job.name == SYNC_WORKFLOW
    return is_ours and job.workflow_id not in sync.under_way


def _is_of_an_earlier_life(job: WorkflowStatus, parts: Parts) -> bool:
    """Whether the portal of the embedded stores began it before an upgrade: DBOS takes up those of its version only."""
    return job.executor_id == parts.member.name and job.app_version != DBOS.application_version


def _ask_anew(parts: Parts, jobs: Collection[WorkflowStatus]) -> None:
    """End `jobs`, whichever version of the portal they are of, and ask for the syncs among them again.

    The timetable's own jobs are asked for by the clock.
    """
    DBOS.cancel_workflows([job.workflow_id for job in jobs])
    for job in jobs:
        if job.name == SYNC_WORKFLOW:
            slug, is_full = _arguments(job)
            parts.jobs.enqueue_sync(slug, full=is_full)


def _arguments(job: WorkflowStatus) -> tuple[str, bool]:
    given: Any = job.input
    slug, is_full, *_ = given["args"]
    return slug, is_full
