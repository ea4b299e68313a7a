"""The job queue, seen from those who ask: a sync is enqueued by its name, so that nobody needs the workers' code.

The queue is DBOS's, in a file of the data directory or in the PostgreSQL of DATABASE_URL. A sync carries its
organization's slug as deduplication id, which it holds from the moment it waits until it has ended: in the whole
installation one sync of an organization waits or runs at a time, and asking again meanwhile adds nothing.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import TYPE_CHECKING

import structlog

from partner_portal.bootstrap.starting import one_at_a_time
from partner_portal.bootstrap.stores import JOBS
from partner_portal.settings import declared

if TYPE_CHECKING:
    from dbos import DBOSClient, EnqueueOptions, WorkflowHandle

APPLICATION = "partner-portal"
SYNC_QUEUE = "sync"
SYNC_WORKFLOW = "sync_organization"
SNAPSHOT_QUEUE = "snapshot"
SNAPSHOT_WORKFLOW = "take_snapshot"
QUEUES = (SYNC_QUEUE, SNAPSHOT_QUEUE)

WAITING = "ENQUEUED"
UNDER_WAY = (WAITING, "PENDING")
"""States of a job that has not ended, in the queue's words."""
TAKE_UP_SECONDS = 20
"""How long a snapshot may wait to be begun: by then whoever owns the warehouse is known to work through no queue."""
SNAPSHOT_SECONDS = 3600
LOOK_SECONDS = 0.1

at_work = threading.Event()
"""Set while the jobs of this process run."""
elsewhere = threading.Event()
"""Set where other processes run the jobs."""


def jobs_problem() -> str | None:
    """Why the jobs that this process should run do not; None when they do, or are another's."""
    return None if at_work.is_set() or elsewhere.is_set() else "not running"


def queue_location() -> str:
    """Where the queue lives, as SQLAlchemy writes addresses."""
    values = declared.current()
    url = values[declared.DATABASE_URL]
    return url or f"sqlite:///{(values[declared.DATA_DIR] / JOBS).resolve()}"


def make_tables() -> None:
    """Bring the queue's tables up to date. DBOS has a lock of its own for that, but waits for it 30 s at most."""
    from dbos import DBOS

    with one_at_a_time("jobs"):
        DBOS.migrate(queue_location())


class DurableJobs:
    """Enqueues into the installation's queue; opens it when first needed, and makes its tables where there are none."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._client: DBOSClient | None = None

    def enqueue_sync(self, slug: str, *, full: bool = False) -> bool:
        """Ask for a sync of the organization called `slug`; False when one waits or runs already."""
        from dbos import error

        asked_by = str(structlog.contextvars.get_contextvars().get("request_id", ""))
        options: EnqueueOptions = {
            "workflow_name": SYNC_WORKFLOW,
            "queue_name": SYNC_QUEUE,
            "deduplication_id": slug,
        }
        try:
            self._opened().enqueue(options, slug, full, asked_by)
        except error.DBOSQueueDeduplicatedError:
            return False
        return True

    def lengths(self) -> Counter[str]:
        """How many jobs wait or run, by queue."""
        jobs = self._opened().list_queued_workflows(load_input=False, load_output=False)
        lengths = Counter(dict.fromkeys(QUEUES, 0))
        lengths.update(job.queue_name or "" for job in jobs)
        return lengths

    def ask_for_snapshot(self, folder: str) -> str | None:
        """Let the process that serves take a snapshot into `folder`, and wait for it.

        The answer is its problem, "" when there was none; None when no process took it up.
        """
        options: EnqueueOptions = {"workflow_name": SNAPSHOT_WORKFLOW, "queue_name": SNAPSHOT_QUEUE}
        handle: WorkflowHandle[str] = self._opened().enqueue(options, folder)
        asked_at = time.monotonic()
        while (status := handle.get_status()).status in UNDER_WAY:
            waited = time.monotonic() - asked_at
            if waited > SNAPSHOT_SECONDS or (status.status == WAITING and waited > TAKE_UP_SECONDS):
                self._opened().cancel_workflow(handle.get_workflow_id())
                return None
            time.sleep(LOOK_SECONDS)
        return str(status.error) if status.error else str(status.output)

    def _opened(self) -> DBOSClient:
        from dbos import DBOSClient

        with self._lock:
            if self._client is None:
                make_tables()
                self._client = DBOSClient(system_database_url=queue_location(), application_name=APPLICATION)
            return self._client

    def close(self) -> None:
        """Give the queue's connections back."""
        with self._lock:
            if self._client is not None:
                self._client.destroy()
                self._client = None
