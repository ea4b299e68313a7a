"""Trying credentials against Autotask, within the tries that do not lock the API user."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from partner_portal.accounts.actor import Actor
from partner_portal.accounts.rates import Rate, take
from partner_portal.audit.event import Event
from partner_portal.audit.trail import Result, record
from partner_portal.autotask.credentials import Credentials
from partner_portal.autotask.zone import Zone
from partner_portal.organizations.models import Connection, Organization
from partner_portal.usecases import sync_runs
from partner_portal.usecases.check_item import OK, SKIPPED, WARNING, CheckItem
from partner_portal.usecases.connection_test import ConnectionTest, examine
from partner_portal.usecases.credentials import held_credentials
from partner_portal.usecases.errors import LogInsPaused, UseCaseError
from partner_portal.usecases.log_in_tries import begin_try, in_words, paused_until
from partner_portal.usecases.mapping import read_mapping
from partner_portal.usecases.parts import Parts
from partner_portal.usecases.refusals import refusal_in_words
from partner_portal.warehouse.store import WarehouseError

TESTS = Rate("tests of a connection", 30, 600)
"""How often the people of an organization may test: a test asks Autotask some thirty questions."""
NAMED_AT_MOST = 5


def try_credentials(
    parts: Parts,
    organization: Organization,
    credentials: Credentials,
    event: Event,
    actor: Actor,
    *,
    finds_zone: bool = False,
) -> ConnectionTest:
    """Test `credentials`, item by item; `event` goes to the trail when they may not be tried now.

    With `finds_zone` the zone is asked for in any case, as it also tells which tenant the API user belongs to.
    Raises LogInsPaused while the API user must rest from failed logins, TooManyRequests.
    """
    now = parts.clock.now()
    if actor.person is not None:
        take(TESTS, organization.pk, now)
    try:
        attempt = begin_try(organization, credentials.username, now)
    except LogInsPaused as paused:
        record(event, actor, now, organization.scope, result=Result.REFUSED, reason=str(paused))
        raise
    held = held_credentials(parts, organization)
    zone = None if finds_zone else _known_zone(parts, organization, credentials)
    test = asyncio.run(examine(parts, credentials, refusal_in_words(credentials, held), zone))
    if test.is_refused:
        attempt.refuse(parts.clock.now())
        return _with(test, _tries_item(organization, credentials, parts.clock.now()))
    if any(item.key == "credentials" and item.outcome == OK for item in test.items):
        attempt.accept()
        return _with(test, _mapping_item(parts, organization, actor, held, credentials))
    attempt.take_back()
    return test


def _known_zone(parts: Parts, organization: Organization, credentials: Credentials) -> Zone | None:
    """The zone in which the API user was found last, so that it need not be asked for again."""
    same = Connection.objects.filter(organization=organization, username__iexact=credentials.username)
    held = same.filter(entry_url=parts.entry_url).exclude(zone_url="").first()
    return None if held is None else Zone(held.zone_name, held.zone_url, held.web_url or None, held.tenant_number)


def _with(test: ConnectionTest, item: CheckItem) -> ConnectionTest:
    return replace(test, items=(*test.items, item))


def _tries_item(organization: Organization, credentials: Credentials, now: datetime) -> CheckItem:
    until = paused_until(credentials.username, now)
    if until is None:
        message = "One more try is possible now; after it the portal waits, so that the API user is not locked."
    else:
        message = f"The next try is possible on {in_words(until, organization)}, so that the API user is not locked."
    return CheckItem("tries", "Further tries", WARNING, message)


def _mapping_item(
    parts: Parts, organization: Organization, actor: Actor, held: Credentials | None, tried: Credentials
) -> CheckItem:
    """Which types, stages and statuses count for nothing yet; known once a sync has read the tenant's picklists."""
    title = "Types that are mapped"
    connection = Connection.objects.filter(organization=organization).first()
    is_same = held is not None and held.username.casefold() == tried.username.casefold()
    if connection is None or not is_same or sync_runs.latest_whole(connection) is None:
        return CheckItem("mapping", title, SKIPPED, "Known after the first sync.")
    listing = None
    with suppress(WarehouseError, UseCaseError):  # another process may have the mirror
        listing = read_mapping(parts, organization, actor=actor)
    if listing is None:
        return CheckItem("mapping", title, SKIPPED, "Not looked at: another process has the data. Its pages tell.")
    unmapped = [
        entry["label"] or f"no. {entry['id']}"
        for kind in ("action_types", "stages", "statuses")
        for entry in listing[kind]
        if entry["is_unmapped"]
    ]
    if not unmapped:
        return CheckItem("mapping", title, OK, "Every action type, stage and status is mapped.")
    named, others = ", ".join(unmapped[:NAMED_AT_MOST]), len(unmapped) - NAMED_AT_MOST
    more = f" and {others} more" if others > 0 else ""
    message = f"Not mapped yet, so not counted or only guessed at: {named}{more}. portal mapping shows and sets them."
    return CheckItem("mapping", title, WARNING, message)
