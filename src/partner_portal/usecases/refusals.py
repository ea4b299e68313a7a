"""Waiting after Autotask refused the credentials: each further try is a failed login, and a few lock the API user."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from partner_portal.organizations.models import Connection

FIRST_WAIT = timedelta(minutes=10)
LONGEST_WAIT = timedelta(days=1)


def wait_after(refusals: int) -> timedelta:
    """How long to wait after so many refusals in a row (1 or more): twice as long each time, a day at most."""
    return min(FIRST_WAIT * (1 << min(refusals - 1, 16)), LONGEST_WAIT)


def facts_after(connection: Connection, now: datetime, *, is_refused: bool) -> dict[str, Any]:
    """What to keep of a contact that ended at `now`."""
    if not is_refused:
        return {"refusals": 0, "retry_at": None}
    refusals = connection.refusals + 1
    return {"refusals": refusals, "retry_at": now + wait_after(refusals)}


def is_shut_out(connection: Connection, now: datetime) -> bool:
    """Whether nothing should be sent with these credentials for now."""
    return connection.retry_at is not None and connection.retry_at > now


def shut_out_in_words(connection: Connection) -> str:
    """Why nothing is sent, and until when, by the organization's clock; one line with its remedy."""
    retry_at = connection.retry_at
    local = None if retry_at is None else retry_at.astimezone(ZoneInfo(connection.organization.time_zone))
    when = "soon" if local is None else f"on {local:%d %B at %H:%M}"
    return (
        f"Autotask refused the API credentials; the next try is {when}, so that the API user is not locked. "
        "An administrator can save new credentials now."
    )
