"""The job queue, seen from those who ask: a sync is enqueued by its name, so that nobody needs the workers' code.

The queue is DBOS's, in a file of the data directory or in the PostgreSQL of DATABASE_URL. A sync carries its
organization's slug as deduplication id, which it holds from the moment it waits until it has ended: in the whole
installation one sync of an organization waits or runs at a time, and asking again meanwhile adds nothing.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from partner_portal.settings import declared

if TYPE_CHECKING:
    from dbos import DBOSClient, EnqueueOptions

APPLICATION = "partner-portal"
SYNC_QUEUE = "sync"
SYNC_WORKFLOW = "sync_organization"

at_work = threading.Event()
"""Set while the jobs of this process run."""


def queue_location() -> str:
    """Where the queue lives, as SQLAlchemy writes addresses."""
    values = declared.current()
    url = values[declared.DATABASE_URL]
    return url or f"sqlite:///{(values[declared.DATA_DIR] / 'jobs.sqlite').resolve()}"


class DurableJobs:
    """Enqueues into the installation's queue; opens it when first needed, and makes its tables where there are none."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._client: DBOSClient | None = None

    def enqueue_sync(self, slug: str, *, full: bool = False) -> bool:
        """Ask for a sync of the organization called `slug`; False when one waits or runs already."""
        from dbos import error

        options: EnqueueOptions = {
            "workflow_name": SYNC_WORKFLOW,
            "queue_name": SYNC_QUEUE,
            "deduplication_id": slug,
        }
        try:
            self._opened().enqueue(options, slug, full)
        except error.DBOSQueueDeduplicatedError:
            return False
        return True

    def _opened(self) -> DBOSClient:
        from dbos import DBOS, DBOSClient

        with self._lock:
            if self._client is None:
                DBOS.migrate(queue_location())
                self._client = DBOSClient(system_database_url=queue_location(), application_name=APPLICATION)
            return self._client

    def close(self) -> None:
        """Give the queue's connections back."""
        with self._lock:
            if self._client is not None:
                self._client.destroy()
                self._client = None
