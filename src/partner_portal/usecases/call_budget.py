"""What syncs sent of the tenant's call budget, by the hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
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
    sent = tally.per_hour(since)
    rows = SentRequests.objects.filter(organization=organization)
    with transaction.atomic():
        held = set(rows.filter(hour__in={hour for hour, _ in sent}).values_list("hour", "entity"))
        new = [SentRequests(organization=organization, hour=hour, entity=entity) for hour, entity in sent.keys() - held]
        SentRequests.objects.bulk_create(new, ignore_conflicts=True)  # somebody else may be making the same
        for (hour, (requests, throttled)), entities in _alike(sent).items():
            rows.filter(hour=hour, entity__in=entities).update(
                requests=F("requests") + requests, throttled=F("throttled") + throttled
            )
        rows.filter(hour__lt=since - KEPT).delete()


def _alike(sent: Mapping[tuple[datetime, str], tuple[int, int]]) -> dict[tuple[datetime, tuple[int, int]], list[str]]:
    """The entities of an hour that as much was sent for: most of a sync's, which take one statement then."""
    alike = defaultdict(list)
    for (hour, entity), counts in sent.items():
        alike[hour, counts].append(entity)
    return alike


def sent_by_hour(organization: Organization, since: datetime) -> Iterable[Hour]:
    """What was sent for `organization` in hours from `since` on, latest first."""
    rows = SentRequests.objects.filter(organization=organization, hour__gte=since)
    return [Hour(row.hour, row.entity, row.requests, row.throttled) for row in rows]
