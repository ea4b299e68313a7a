"""Writing to the audit trail, within the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from partner_portal.audit.events import Event
from partner_portal.audit.models import Entry
from partner_portal.organizations.scope import OrganizationScope

Result = Entry.Result


class Who(Protocol):
    """Whoever acts, as far as the trail cares."""

    @property
    def name(self) -> str:
        """How the trail calls them."""

    @property
    def person_id(self) -> int | None:
        """The person's id; None for the machine."""

    @property
    def address(self) -> str:
        """The network address, empty where there is none."""


def record(
    event: Event,
    who: Who,
    at: datetime,
    scope: OrganizationScope | None = None,
    *,
    result: Entry.Result = Result.DONE,
    reason: str = "",
) -> Entry:
    """Add one entry: `who` did what `event` tells, `at` an aware instant, in the organization of `scope`."""
    return Entry.objects.create(
        at=at,
        actor=who.name,
        person_id=who.person_id,
        organization_id=scope.organization_id if scope else None,
        action=event.action,
        address=who.address,
        result=result,
        reason=reason,
        details=event.details(),
    )
