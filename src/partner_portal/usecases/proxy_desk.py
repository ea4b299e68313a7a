"""Where queries of people are sent to Autotask from: few at once, and one at a time while the credentials are in doubt.

Each failed login brings the API user closer to being locked. So unless Autotask accepted the credentials a moment
ago, one query goes ahead and the others of the organization wait for how it ends; a refusal makes them all wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from partner_portal.autotask.client import AutotaskClient
from partner_portal.autotask.errors import AutotaskError
from partner_portal.autotask.limits import Limits
from partner_portal.lib.turns import NoTurn
from partner_portal.organizations.models import Organization
from partner_portal.usecases.contact import Contact
from partner_portal.usecases.credentials import read_credentials
from partner_portal.usecases.errors import SyncPaused
from partner_portal.usecases.parts import Parts
from partner_portal.usecases.pauses import refuse_while_paused
from partner_portal.usecases.proxy_errors import ProxyBusy, in_proxy_words

T = TypeVar("T")

PATIENCE = Limits(attempts=2, throttled_attempts=2, request_timeout_seconds=20.0, longest_pause_seconds=2.0)
"""Somebody waits for the answer."""
BUSY = "Other queries of the organization are under way. Ask again in a moment."
BUSY_SECONDS = 5


def send(parts: Parts, organization: Organization, ask: Callable[[AutotaskClient], Awaitable[T]]) -> T:
    """What `ask` gets from the organization's Autotask; raises ProxyError, NotConnected, CredentialsShut."""
    try:
        with parts.proxy_places.turn(organization.pk):
            contact = _contact(parts, organization)
            if contact.is_trusted(parts.clock.now()):
                return _send(parts, contact, ask)
            with parts.proxy_doubts.turn(organization.pk):
                return _send(parts, _contact(parts, organization), ask)
    except NoTurn:
        raise ProxyBusy(BUSY, BUSY_SECONDS) from None


def _contact(parts: Parts, organization: Organization) -> Contact:
    now = parts.clock.now()
    try:
        connection = refuse_while_paused(organization, now)
    except SyncPaused as paused:
        raise ProxyBusy.until(str(paused), paused.until, now) from None
    return Contact(connection, read_credentials(parts, organization))


def _send(parts: Parts, contact: Contact, ask: Callable[[AutotaskClient], Awaitable[T]]) -> T:
    now = parts.clock.now()

    async def run() -> T:
        client = await contact.open(parts, now, limits=PATIENCE)
        async with client:
            return await ask(client)

    try:
        return asyncio.run(run())
    except AutotaskError as error:
        problem = in_proxy_words(error)
    finally:
        contact.keep(parts, now, ends_pause=False)
    raise problem
