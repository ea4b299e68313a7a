"""Starting and stopping the jobs of this process, in threads.

They run in the process that serves, or in processes of their own (`portal worker`); over the embedded stores, which
belong to one process, in that one.
"""

from __future__ import annotations

from dbos import DBOS, DBOSConfig

from partner_portal.bootstrap import portal
from partner_portal.bootstrap.jobs import APPLICATION, SNAPSHOT_QUEUE, SYNC_QUEUE, at_work, make_tables, queue_location
from partner_portal.bootstrap.starting import one_at_a_time
from partner_portal.usecases.due import enqueue_due_syncs
from partner_portal.workers import snapshot, sync
from partner_portal.workers.taking_over import TakingOver
from partner_portal.workers.timetable import timetable

__all__ = ["snapshot", "start", "stop", "sync"]

JOBS_AT_ONCE = 4
"""Syncs of this process that run side by side, each of another organization."""
STOP_SECONDS = 10
QUEUE_SECONDS = 0.5
JOBS_VERSION = "1"
"""Grows when an older portal must not run this one's jobs; it runs none any more once one of these has started."""

_taking_over = TakingOver()


def start() -> None:
    """Take up the jobs that a crash cut off, begin to work through the queue, and keep the timetable.

    Needs `bootstrap.portal.prepare`. Asks at once for the syncs that are due.
    """
    parts = portal.parts()
    parts.member.join()
    config: DBOSConfig = {
        "name": APPLICATION,
        "system_database_url": queue_location(),
        "application_version": JOBS_VERSION,
        "executor_id": parts.member.name,
        "log_level": "WARNING",
        "enable_otlp": False,
    }
    DBOS(config=config)
    make_tables()
    DBOS.launch()
    with one_at_a_time("timetable"):
        DBOS.register_queue(
            SYNC_QUEUE, worker_concurrency=JOBS_AT_ONCE, polling_interval_sec=QUEUE_SECONDS, on_conflict="always_update"
        )
        DBOS.register_queue(
            SNAPSHOT_QUEUE, worker_concurrency=1, polling_interval_sec=QUEUE_SECONDS, on_conflict="always_update"
        )
        DBOS.apply_schedules(timetable(parts.refresh_seconds))
    at_work.set()
    _taking_over.start(parts)
    enqueue_due_syncs(parts)


def stop() -> bool:
    """Let running syncs leave off, wait for them a little, and end the jobs; harmless when none run.

    What is cut off is asked for again, for another process to take up, or this one at its next start. False when
    something did not leave off in time: it must end with the process.
    """
    if not at_work.is_set():
        return True
    at_work.clear()
    parts = portal.parts()
    parts.stopping.set()
    _taking_over.stop()
    DBOS.destroy(workflow_completion_timeout_sec=STOP_SECONDS)
    sync.ask_again_for_cut_off()
    return not parts.running
