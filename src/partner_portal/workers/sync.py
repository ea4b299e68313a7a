"""The job that syncs one organization."""

from __future__ import annotations

import structlog
from dbos import DBOS
from django.db import close_old_connections

from partner_portal.accounts.actor import CLOCK
from partner_portal.accounts.policy import OrganizationUnknown, find_organization
from partner_portal.bootstrap import portal
from partner_portal.bootstrap.jobs import SYNC_WORKFLOW
from partner_portal.usecases.errors import SyncInterrupted, UseCaseError
from partner_portal.usecases.sync_organization import problem_in_words, sync_organization

_cut_off: dict[str, bool] = {}
"""Whose syncs left off because this process stops, by slug, and whether they read everything."""

under_way: set[str] = set()
"""The ids of the jobs that this process works on."""

log = structlog.get_logger(__name__)


def ask_again_for_cut_off() -> None:
    """Ask again for the syncs that left off because this process stops: another may take them up at once."""
    while _cut_off:
        slug, full = _cut_off.popitem()
        portal.parts().jobs.enqueue_sync(slug, full=full)


@DBOS.workflow(name=SYNC_WORKFLOW)
def sync_one(slug: str, full: bool, request_id: str = "") -> str:  # noqa: FBT001 - a job's arguments are plain values
    """Sync the organization called `slug`; tell how it went, in one line.

    Its log lines carry the id of the request that asked for it, empty where the clock did.

    A job that a crash cut off is started anew by DBOS: the mirror's own watermarks make that safe. A failure is the
    job's result rather than an exception: the next turn of the timetable is its second try.
    """
    job = DBOS.workflow_id or ""
    under_way.add(job)
    close_old_connections()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(organization=slug, **({"request_id": request_id} if request_id else {}))
    try:
        organization = find_organization(CLOCK, slug)
        sync_organization(portal.parts(), organization, full=full)
    except SyncInterrupted as interrupted:
        if portal.parts().stopping.is_set():
            _cut_off[slug] = full
        return str(interrupted)
    except (OrganizationUnknown, UseCaseError) as refused:
        return str(refused)
    except Exception as error:
        log.exception("sync failed", organization=slug)
        return problem_in_words(error)
    finally:
        structlog.contextvars.clear_contextvars()
        close_old_connections()
        under_way.discard(job)
    return "done"
