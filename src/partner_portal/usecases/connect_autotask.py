"""Connecting an organization to its Autotask: test first, seal on success, then ask for the first sync.

Connecting again is how a secret is rotated: the earlier credentials stay in force until the new ones have passed.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import transaction

from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.accounts.policy import Act, require
from partner_portal.audit.events import ConnectionSet
from partner_portal.audit.trail import Result, record
from partner_portal.autotask.credentials import Credentials
from partner_portal.organizations.models import Connection, FormerConnection, Organization
from partner_portal.usecases.connection_test import CheckItem, ConnectionTest
from partner_portal.usecases.credentials import (
    enter_change,
    enter_credentials,
    held_credentials,
    keep_credentials,
    source_credentials,
)
from partner_portal.usecases.earlier_tenant import clear_earlier_tenant, is_other_tenant
from partner_portal.usecases.errors import KeptElsewhere
from partner_portal.usecases.parts import Parts
from partner_portal.usecases.pauses import ENDED
from partner_portal.usecases.try_credentials import try_credentials
from partner_portal.warehouse.store import WarehouseError

__all__ = ["CheckItem", "ConnectionTest", "Credentials", "connect_autotask", "enter_change", "enter_credentials"]


def connect_autotask(
    parts: Parts, organization: Organization, credentials: Credentials | None = None, actor: Actor = SHELL
) -> ConnectionTest:
    """Test `credentials` and, when the test passed, keep them sealed and ask for a full sync.

    Without `credentials` those of the place outside the portal are taken, which are not kept. A test that did not pass
    (`.passed`, `.problem`) leaves an earlier connection as it was. Where the credentials lead to another tenant, the
    rows and the history of the earlier one are removed once the new connection is kept: at once, or by the next sync
    where another process owns the warehouse or a sync is still under way.
    Raises OrganizationUnknown for strangers, NotPermitted, LogInsPaused while the API user must rest from failed
    logins, TooManyRequests, KeptElsewhere for credentials that are kept outside the portal, CredentialsShut where
    there are none.
    """
    require(actor, Act.CONNECT, organization)
    if parts.vault.where and credentials is not None:
        raise KeptElsewhere(parts.vault.where)
    tried = credentials or source_credentials(parts, organization)
    before = Connection.objects.filter(organization=organization).first()
    former = before or FormerConnection.objects.filter(organization=organization).first()
    changed = _changed(held_credentials(parts, organization), tried)
    name = before.username if before else None
    refused = ConnectionSet(tried.username, "", name, changed, is_other_tenant=False)
    test = try_credentials(parts, organization, tried, refused, actor, finds_zone=True)
    is_other = former is not None and is_other_tenant(former, tried.username, test.tenant_number)
    event = ConnectionSet(tried.username, test.zone_name, name, changed, is_other)
    now = parts.clock.now()
    if not test.passed:
        record(event, actor, now, organization.scope, result=Result.FAILED, reason=test.problem or "")
        return test
    must_clear = is_other or (former is not None and former.must_clear)
    facts = _facts(parts, tried, test, now)
    if before is None or {"username", "secret"} & set(changed):
        facts |= {"secret_set_at": now, "reminded_days": 0}
    if must_clear:
        facts |= {"connected_at": now, "must_clear": True}
    with transaction.atomic():
        Connection.objects.update_or_create(
            organization=organization, defaults=facts, create_defaults={"connected_at": now, **facts}
        )
        FormerConnection.objects.filter(organization=organization).delete()
        if not parts.vault.where:
            keep_credentials(parts, organization, tried)
        record(event, actor, now, organization.scope)
    if must_clear:
        with suppress(WarehouseError):  # the next sync clears before it reads
            clear_earlier_tenant(parts, organization, actor)
    parts.jobs.enqueue_sync(organization.slug, full=True)
    return test


def _facts(parts: Parts, tried: Credentials, test: ConnectionTest, now: datetime) -> dict[str, Any]:
    """What a connection holds once `tried` passed. What the test did not look at stays as it was."""
    dialect = {"dialect": test.dialect} if test.dialect else {}
    return {
        "username": tried.username,
        "entry_url": parts.entry_url,
        "zone_name": test.zone_name,
        "zone_url": test.zone_url,
        "web_url": test.web_url,
        "tenant_number": test.tenant_number,
        "tested_at": now,
        "problem": "",
        "zone_found_at": now,
        "accepted_at": now,
        "budget_read_at": None,
        **dialect,
        **ENDED,
    }


def _changed(held: Credentials | None, tried: Credentials) -> list[str]:
    """Which of the three values are new."""
    pairs = {
        "username": (held and held.username, tried.username),
        "secret": (held and held.secret, tried.secret),
        "integration_code": (held and held.integration_code, tried.integration_code),
    }
    return [name for name, (before, after) in pairs.items() if before != after]
