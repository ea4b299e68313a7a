"""Writing to the audit trail, within the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.dispatch import Signal

from partner_portal.audit.account_events import ACCOUNT_EVENTS
from partner_portal.audit.chain import chain_of, hash_of
from partner_portal.audit.event import Event
from partner_portal.audit.models import Entry, Head
from partner_portal.organizations.scope import OrganizationScope

Result = Entry.Result

BY_TOKEN = "by_token"  # noqa: S105 (a name, no token)
"""The detail that names the access token by which something was done, whatever it was."""
recorded = Signal()
"""Sent with each new `entry`, within the transaction that writes it."""


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

    @property
    def token_hint(self) -> str:
        """What the key of the access token ends in; empty without one."""


def record(
    event: Event,
    who: Who,
    at: datetime,
    scope: OrganizationScope | None = None,
    *,
    result: Entry.Result = Result.DONE,
    reason: str = "",
) -> Entry:
    """Add one entry: `who` did what `event` tells, `at` an aware instant, in the organization of `scope`.

    What a program does by an access token has the token's hint among its details (BY_TOKEN).
    Within a transaction, whoever adds to the same chain afterwards waits until it has ended.
    """
    entry = Entry(
        at=at,
        actor=who.name,
        person_id=who.person_id,
        organization_id=scope.organization_id if scope else None,
        action=event.action,
        address=who.address,
        result=result,
        reason=reason,
        details=event.details() | ({BY_TOKEN: who.token_hint} if who.token_hint else {}),
    )
    entry.chain = chain_of(entry.organization_id)
    with transaction.atomic():
        head = _next_place(entry.chain)
        entry.number = head.count
        entry.hash = hash_of(entry, head.hash)
        entry.save()
        Head.objects.filter(chain=entry.chain).update(hash=entry.hash)
    recorded.send(sender=Entry, entry=entry)
    return entry


def _next_place(chain: int) -> Head:
    """The chain's head, counting one more. The write comes first: it waits for others who add to the chain."""
    counted = Head.objects.filter(chain=chain)
    if not counted.update(count=F("count") + 1):
        Head.objects.bulk_create([Head(chain=chain)], ignore_conflicts=True)
        counted.update(count=F("count") + 1)
    return counted.get()


def own_entries(scope: OrganizationScope | None) -> QuerySet[Entry]:
    """The organization's own entries; without one those that belong to none, of all accounts."""
    return Entry.objects.filter(organization_id=scope.organization_id if scope else None)


def entries_beside(entry: Entry) -> QuerySet[Entry]:
    """The entries of the same organization, or of none, as `entry`, itself among them."""
    return Entry.objects.filter(organization_id=entry.organization_id)


def entries_of(scope: OrganizationScope, members: Iterable[int]) -> QuerySet[Entry]:
    """What an organization may read: its own entries, and those of its `members`' accounts, which belong to none."""
    of_accounts = [event.action for event in ACCOUNT_EVENTS]
    own = Q(organization_id=scope.organization_id)
    return Entry.objects.filter(own | Q(organization_id=None, person_id__in=members, action__in=of_accounts))
