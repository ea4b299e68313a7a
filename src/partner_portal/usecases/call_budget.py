"""What syncs sent of the tenant's call budget, by the hour."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from partner_portal.autotask.tally import Tally
from partner_portal.organizations.models import Organization, SentRequests

KEPT = timedelta(days=14)
"""How long the hours can be looked at."""


@dataclass(frozen=True)
class Hour:
    """What syncs sent for one entity in the hour that began at `hour` (UTC)."""

    hour: datetime
    entity: str
    requests: int
    throttled: int


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
