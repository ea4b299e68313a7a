"""The tenant's call budget as use cases see it: who must wait, until when, and what we sent ourselves by the hour."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F

from partner_portal.autotask.tally import Tally
from partner_portal.organizations.models import Connection, Organization, SentRequests
from partner_portal.usecases.errors import NotConnected, SyncPaused

KEPT = timedelta(days=14)
"""How long the hours can be looked at."""


@dataclass(frozen=True)
class Hour:
    """What syncs sent for one entity in the hour that began at `hour` (UTC)."""

    hour: datetime
    entity: str
    requests: int
    throttled: int


def is_paused(connection: Connection, now: datetime) -> bool:
    """Whether syncs wait for the tenant's call budget."""
    return connection.paused_until is not None and connection.paused_until > now


def pause_in_words(connection: Connection) -> str:
    """Why syncs wait and until when, by the organization's clock; one line."""
    share = connection.budget_used / connection.budget_limit * 100 if connection.budget_limit else 100
    until = connection.paused_until
    zone = ZoneInfo(connection.organization.time_zone)
    when = f"at about {until.astimezone(zone):%H:%M}" if until is not None else "now"
    return (
        f"Autotask's call budget is {share:.0f} % used; the sync goes on {when}. "
        "Admin > API Activity by Hour in Autotask shows which integration uses most."
    )


def pause_of(organization: Organization, now: datetime) -> str | None:
    """Why syncs of `organization` wait, in words; None when they don't."""
    connection = Connection.objects.select_related("organization").filter(organization=organization).first()
    return pause_in_words(connection) if connection is not None and is_paused(connection, now) else None


def refuse_while_paused(organization: Organization, now: datetime) -> Connection:
    """The connection of `organization`; raise SyncPaused while it must wait, NotConnected when there is none."""
    connection = Connection.objects.select_related("organization").filter(organization=organization).first()
    if connection is None:
        raise NotConnected(organization.slug)
    if is_paused(connection, now):
        raise SyncPaused(pause_in_words(connection))
    return connection


def keep_tally(organization: Organization, tally: Tally, since: datetime) -> None:
    """Add what a client sent, which was opened at `since`, to the hours, and drop those of long ago."""
    with transaction.atomic():
        for (hour, entity), (requests, throttled) in tally.per_hour(since).items():
            row, _ = SentRequests.objects.get_or_create(organization=organization, hour=hour, entity=entity)
            SentRequests.objects.filter(pk=row.pk).update(
                requests=F("requests") + requests, throttled=F("throttled") + throttled
            )
        SentRequests.objects.filter(organization=organization, hour__lt=since - KEPT).delete()


def sent_by_hour(organization: Organization, since: datetime) -> Iterable[Hour]:
    """What was sent for `organization` in hours from `since` on, latest first."""
    rows = SentRequests.objects.filter(organization=organization, hour__gte=since)
    return [Hour(row.hour, row.entity, row.requests, row.throttled) for row in rows]
