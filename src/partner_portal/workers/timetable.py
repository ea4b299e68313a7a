"""The timetable: asks for the syncs that are due, and clears finished jobs away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from dbos import DBOS, ScheduleInput
from django.db import close_old_connections

from partner_portal.bootstrap import portal
from partner_portal.usecases.disconnect_autotask import clear_former_tenants
from partner_portal.usecases.due import enqueue_due_syncs
from partner_portal.usecases.secret_age import remind_of_secrets

MINUTE = 60
KEPT = timedelta(days=1)
"""How long finished jobs can be looked at; the syncs themselves are on record elsewhere."""
BATCH = 500


@DBOS.workflow(name="enqueue_due_syncs")
def ask_for_due_syncs(_due_at: datetime, _context: Any) -> None:
    """Ask for every sync that is due."""
    close_old_connections()
    try:
        parts = portal.parts()
        enqueue_due_syncs(parts, tolerance_seconds=tick_seconds(parts.refresh_seconds) / 2)
    finally:
        close_old_connections()


@DBOS.workflow(name="look_after_connections")
def look_after_connections(_due_at: datetime, _context: Any) -> None:
    """Remind of old secrets, and remove the data of connections that were ended with it."""
    close_old_connections()
    try:
        parts = portal.parts()
        clear_former_tenants(parts)
        remind_of_secrets(parts)
    finally:
        close_old_connections()


@DBOS.workflow(name="clear_finished_jobs")
def clear_finished_jobs(_due_at: datetime, _context: Any) -> None:
    """Remove jobs that ended longer ago than `KEPT`."""
    before = (datetime.now(UTC) - KEPT).isoformat()
    finished = DBOS.list_workflows(completed_before=before, limit=BATCH, load_input=False, load_output=False)
    DBOS.delete_workflows([job.workflow_id for job in finished])


def tick_seconds(refresh_seconds: int) -> int:
    """How often the timetable looks: each minute, or each ten seconds where refreshes come faster than that."""
    return MINUTE if refresh_seconds >= 2 * MINUTE else 10


def timetable(refresh_seconds: int) -> list[ScheduleInput]:
    """What runs when. The looks are more frequent than the refreshes, so that organizations spread over the time."""
    often = "0 * * * * *" if tick_seconds(refresh_seconds) == MINUTE else "*/10 * * * * *"
    return [
        {"schedule_name": "due_syncs", "workflow_fn": ask_for_due_syncs, "schedule": often, "context": None},
        {
            "schedule_name": "connections",
            "workflow_fn": look_after_connections,
            "schedule": "30 * * * * *",
            "context": None,
        },
        {
            "schedule_name": "finished_jobs",
            "workflow_fn": clear_finished_jobs,
            "schedule": "0 */10 * * * *",
            "context": None,
        },
    ]
