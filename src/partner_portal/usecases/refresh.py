"""Refresh: ask for a sync soon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from partner_portal.accounts.actor import Actor
from partner_portal.accounts.policy import Act, require
from partner_portal.accounts.rates import Rate, TooManyRequests, take
from partner_portal.audit.events import RefreshAsked
from partner_portal.audit.trail import record
from partner_portal.organizations.models import Connection, Organization
from partner_portal.usecases import sync_runs
from partner_portal.usecases.errors import NotConnected
from partner_portal.usecases.parts import Parts
from partner_portal.usecases.pauses import is_paused, pause_in_words

PAUSE = timedelta(seconds=5)
"""A sync that began less than this ago is as good as a new one."""
OF_A_PERSON = Rate("refreshes of a person", 10, 300)
OF_AN_ORGANIZATION = Rate("refreshes of an organization", 20, 300)
"""An idle sync costs about ten calls: at most a quarter of the tenant's 10,000 calls an hour go to refreshing."""


@dataclass(frozen=True)
class Refresh:
    """What asking led to.

    `state` is queued, running (one waits or runs already), fresh (one just ended), or paused (the tenant's call budget
    has no room, Autotask refused the credentials, or too many were asked for; the message says until when).
    """

    state: str
    message: str


def refresh(parts: Parts, organization: Organization, actor: Actor) -> Refresh:
    """Enqueue a sync of `organization`, unless one is under way, has just ended, or must wait.

    Raises NotConnected, OrganizationUnknown for strangers, NotPermitted.
    """
    require(actor, Act.REFRESH, organization)
    connection = Connection.objects.filter(organization=organization).first()
    if connection is None:
        raise NotConnected(organization.slug)
    now = parts.clock.now()
    if is_paused(connection, now):
        return Refresh("paused", pause_in_words(connection))
    last = sync_runs.latest(organization)
    if last is not None and last.finished_at is not None and now - last.started_at < PAUSE:
        return Refresh("fresh", "The data was refreshed a moment ago.")
    try:
        if actor.person_id is not None:
            take(OF_A_PERSON, actor.person_id, now)
        take(OF_AN_ORGANIZATION, organization.pk, now)
    except TooManyRequests as many:
        return Refresh("paused", str(many))
    queued = parts.jobs.enqueue_sync(organization.slug)
    record(RefreshAsked(queued), actor, now, organization.scope)
    if queued:
        return Refresh("queued", "A refresh has been asked for.")
    return Refresh("running", "A refresh is under way already.")
