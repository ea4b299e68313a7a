"""What one contact learns about reaching Autotask, kept for the next one, so that an idle sync is one round trip."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from partner_portal.autotask.budget import Reading
from partner_portal.autotask.client import AutotaskClient
from partner_portal.autotask.credentials import Credentials
from partner_portal.autotask.limits import DEFAULT_LIMITS, Limits
from partner_portal.autotask.session import Acquaintance
from partner_portal.autotask.zone import Zone
from partner_portal.organizations.models import Connection
from partner_portal.usecases.call_budget import keep_tally
from partner_portal.usecases.parts import Parts
from partner_portal.usecases.pauses import ENDED, wait_after

TRUSTED_FOR = timedelta(minutes=1)
"""How long accepted credentials are sent with many requests at once, before one of them is answered.

A refusal may take as long as an answer. All requests that are under way by then count as failed logins, and a few of
those lock the API user. So unless a sync follows another one at once, its first request goes ahead alone, and a
secret that was changed in Autotask costs one failed login instead of one an entity.
"""

ZONE_AGE = timedelta(days=1)
"""How long a zone is trusted; a tenant that moves earlier is found again by the 401 of its old zone."""


class Contact:
    """One contact, of a sync or of a person's query: what was known before it, and the client that may learn more."""

    def __init__(self, connection: Connection, credentials: Credentials) -> None:
        self._connection = connection
        self._credentials = credentials
        self._client: AutotaskClient | None = None

    async def open(
        self, parts: Parts, now: datetime, *, is_trusting: bool = True, limits: Limits = DEFAULT_LIMITS
    ) -> AutotaskClient:
        """A client that knows what earlier ones learnt, as far as that still counts at `now`; raises AutotaskError.

        Unless `is_trusting`, the credentials have to be accepted anew before many requests carry them.
        """
        known = Acquaintance(
            zone=self._zone(parts.entry_url, now),
            is_accepted=is_trusting and self.is_trusted(now),
            answer_seconds=self._connection.answer_seconds,
            budget=self._budget(now),
        )
        self._client = await parts.open_client(self._credentials, limits, known)
        return self._client

    def keep(self, parts: Parts, since: datetime, *, ends_pause: bool = True) -> None:
        """Keep what the client learnt, and what it sent since it was opened; nothing when none could be opened.

        Without `ends_pause` a pause that somebody else began meanwhile stays.
        """
        client = self._client
        if client is None:
            return
        now = parts.clock.now()
        learnt = client.acquaintance
        facts: dict[str, Any] = {"accepted_at": now if learnt.is_accepted else None, **(ENDED if ends_pause else {})}
        if learnt.answer_seconds:
            facts["answer_seconds"] = learnt.answer_seconds
        if learnt.zone is not None and client.has_found_zone:
            facts |= {
                "entry_url": parts.entry_url,
                "zone_name": learnt.zone.name,
                "zone_url": learnt.zone.url,
                "web_url": learnt.zone.web_url or "",
                "zone_found_at": now,
            }
            if learnt.zone.ci is not None:
                facts["tenant_number"] = learnt.zone.ci
        if learnt.budget is not None:
            facts |= {
                "budget_used": learnt.budget.used,
                "budget_limit": learnt.budget.limit,
                "budget_minutes": learnt.budget.minutes,
                "budget_read_at": now - timedelta(seconds=learnt.budget.age_seconds),
            }
        if client.is_refused and not learnt.is_accepted:
            refusals = self._connection.refusals + 1
            facts |= {"refusals": refusals, "paused_until": now + wait_after(refusals)}
        elif client.wait_seconds:
            facts["paused_until"] = now + timedelta(seconds=client.wait_seconds)
        # What was learnt with earlier credentials says nothing about those that were set meanwhile.
        same = Connection.objects.filter(pk=self._connection.pk, secret_set_at=self._connection.secret_set_at)
        same.update(**facts)
        keep_tally(self._connection.organization, client.tally, since)

    def is_trusted(self, now: datetime) -> bool:
        """Whether Autotask accepted the credentials a moment ago."""
        accepted_at = self._connection.accepted_at
        return accepted_at is not None and accepted_at <= now < accepted_at + TRUSTED_FOR

    def _zone(self, entry_url: str, now: datetime) -> Zone | None:
        held = self._connection
        is_fresh = held.zone_found_at is not None and held.zone_found_at <= now < held.zone_found_at + ZONE_AGE
        if not is_fresh or not held.zone_url or held.entry_url != entry_url:
            return None
        return Zone(held.zone_name, held.zone_url, held.web_url or None, held.tenant_number)

    def _budget(self, now: datetime) -> Reading | None:
        held = self._connection
        if held.budget_read_at is None or not held.budget_limit:
            return None
        age = max(0.0, (now - held.budget_read_at).total_seconds())
        return Reading(held.budget_used, held.budget_limit, held.budget_minutes, age)
