"""Which organizations are due for a sync, and asking for it."""

from __future__ import annotations

from datetime import timedelta

from partner_portal.organizations.models import Organization, SyncRun
from partner_portal.usecases.parts import Parts


def enqueue_due_syncs(parts: Parts, *, tolerance_seconds: float = 0) -> int:
    """Ask for a sync of every connected organization whose last one began long enough ago; count those asked for.

    A run that was interrupted does not count; who must wait, or is deactivated, is not due.
    `tolerance_seconds` is half the pace of whoever calls this regularly.
    """
    now = parts.clock.now()
    since = now - timedelta(seconds=parts.refresh_seconds - tolerance_seconds)
    fresh = SyncRun.objects.filter(started_at__gt=since).exclude(outcome=SyncRun.Outcome.INTERRUPTED)
    connected = Organization.objects.filter(is_active=True, connection__isnull=False)
    ready = connected.exclude(connection__paused_until__gt=now)
    slugs = ready.exclude(pk__in=fresh.values("organization")).values_list("slug", flat=True)
    return sum(parts.jobs.enqueue_sync(slug) for slug in slugs)
