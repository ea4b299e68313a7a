"""The job that copies the embedded stores for `portal backup`, which cannot: they belong to this process."""

from __future__ import annotations

import re

import structlog
from dbos import DBOS

from partner_portal.bootstrap import portal
from partner_portal.bootstrap.jobs import SNAPSHOT_WORKFLOW
from partner_portal.bootstrap.snapshot import SNAPSHOTS, take_snapshot
from partner_portal.settings import declared

log = structlog.get_logger(__name__)


@DBOS.workflow(name=SNAPSHOT_WORKFLOW)
def take_snapshot_into(folder: str) -> str:
    """Copy the stores into `folder` among the snapshots; tell the problem in one line, "" when there is none.

    Whoever asks has made the folder and removes it when they give up: a job that is taken up later finds none.
    """
    data_dir = declared.current()[declared.DATA_DIR]
    target = data_dir / SNAPSHOTS / folder
    if not re.fullmatch("[0-9a-f]{32}", folder) or not target.is_dir():
        return "Nobody waits for this snapshot any more."
    try:
        take_snapshot(portal.parts(), data_dir, target)
    except Exception as error:
        log.exception("snapshot failed")
        return f"{type(error).__name__}: {error}".splitlines()[0]
    return ""
