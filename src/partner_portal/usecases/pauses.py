"""When syncs of an organization must wait: for the tenant's call budget, or because Autotask refused the credentials.

Each try with refused credentials is a failed login, and a few of those lock the API user.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from partner_portal.organizations.models import Connection, Organization
from partner_portal.usecases.errors import NotConnected, SyncPaused

FIRST_WAIT = timedelta(minutes=10)
LONGEST_WAIT = timedelta(days=1)

ENDED = {"paused_until": None, "refusals": 0}
"""What a connection holds that waits for nothing."""


def wait_after(refusals: int) -> timedelta:
    """How long to wait after so many refusals in a row (1 or more): twice as long each time, a day at most."""
    return min(FIRST_WAIT * (1 << min(refusals - 1, 16)), LONGEST_WAIT)


def is_paused(connection: Connection, now: datetime) -> bool:
    """Whether syncs wait."""
    return connection.paused_until is not None and connection.paused_until > now


def pause_in_words(connection: Connection) -> str:
    """Why syncs wait and until when, by the organization's clock; one line with its remedy."""
    until = connection.paused_until
    local = None if until is None else until.astimezone(ZoneInfo(connection.organization.time_zone))
    if connection.refusals:
        when = "now" if local is None else f"on {local:%d %B at %H:%M}"
        return (
            f"Autotask refused the API credentials; the next try is {when}, so that the API user is not locked. "
            "An administrator can save new credentials, or test the connection once they are right again."
        )
    share = connection.budget_used / connection.budget_limit * 100 if connection.budget_limit else 100
    when = "now" if local is None else f"at about {local:%H:%M}"
    return (
        f"Autotask's call budget is {share:.0f} % used; the sync goes on {when}. "
        "Admin > API Activity by Hour in Autotask shows which integration uses most."
    )


def pause_of(organization: Organization, now: datetime) -> str | None:
    """Why syncs of `organization` wait, in words; None when they don't."""
    connection = Connection.objects.select_related("organization").filter(organization=organization).first()
    return pause_in_words(connection) if connection is not None and is_paused(connection, now) else None


def refuse_while_paused(organization: Organization, now: datetime) -> Connection:
    """The connection of `organization`; raise SyncPaused while it must wait, NotConnected when there is none.

    A deactivated organization waits until it is reactivated.
    """
    connection = Connection.objects.select_related("organization").filter(organization=organization).first()
    if connection is None:
        raise NotConnected(organization.slug)
    if not connection.organization.is_active:
        slug = organization.slug
        raise SyncPaused(f"{slug} is deactivated and not synced. Reactivate it: portal organization reactivate {slug}.")
    if is_paused(connection, now):
        raise SyncPaused(pause_in_words(connection), connection.paused_until)
    return connection
