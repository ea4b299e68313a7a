"""Starting and stopping the jobs of this process.

They run in threads beside the web server's: the embedded warehouse belongs to one process.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.util

from dbos import DBOS, DBOSConfig

from partner_portal.bootstrap import portal
from partner_portal.bootstrap.jobs import APPLICATION, SNAPSHOT_QUEUE, SYNC_QUEUE, at_work, queue_location
from partner_portal.usecases.due import enqueue_due_syncs
from partner_portal.workers import snapshot, sync
from partner_portal.workers.timetable import timetable

__all__ = ["snapshot", "start", "stop", "sync"]

JOBS_AT_ONCE = 4
"""Syncs of this process that run side by side, each of another organization."""
STOP_SECONDS = 10
QUEUE_SECONDS = 0.5
JOBS_VERSION = "1"
"""Grows when jobs of an older portal must not be taken up by this one."""


def start() -> None:
    """Take up the jobs that a crash cut off, begin to work through the queue, and keep the timetable.

    Needs `bootstrap.portal.prepare`. Asks at once for the syncs that are due.
    """
    parts = portal.parts()
    config: DBOSConfig = {
        "name": APPLICATION,
        "system_database_url": queue_location(),
        "application_version": JOBS_VERSION,
        "log_level": "WARNING",
        "enable_otlp": False,
    }
    DBOS(config=config)
    DBOS.launch()
    DBOS.register_queue(
        SYNC_QUEUE, worker_concurrency=JOBS_AT_ONCE, polling_interval_sec=QUEUE_SECONDS, on_conflict="always_update"
    )
    DBOS.register_queue(
        SNAPSHOT_QUEUE, worker_concurrency=1, polling_interval_sec=QUEUE_SECONDS, on_conflict="always_update"
    )
    DBOS.apply_schedules(timetable(parts.refresh_seconds))
    at_work.set()
    if multiprocessing.parent_process() is not None:
        # A server's worker process waits for all threads before it runs what `atexit` holds, if it runs it at all.
        multiprocessing.util.Finalize(None, _end, exitpriority=1)
    enqueue_due_syncs(parts)


def stop() -> None:
    """Let running syncs leave off, wait for them a little, and end the jobs; harmless when none run.

    What is cut off is taken up at the next start.
    """
    if at_work.is_set():
        at_work.clear()
        portal.parts().stopping.set()
        DBOS.destroy(workflow_completion_timeout_sec=STOP_SECONDS)


def _end() -> None:
    stop()
    portal.close()
