"""Connecting an organization to its Autotask: test first, seal on success, then ask for the first sync."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from django.db import transaction

from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.accounts.policy import Act, require
from partner_portal.audit.events import ConnectionSet
from partner_portal.audit.trail import Result, record
from partner_portal.autotask.credentials import Credentials
from partner_portal.organizations.models import Connection, Organization
from partner_portal.usecases.connection_test import CheckItem, ConnectionTest, examine
from partner_portal.usecases.credentials import enter_credentials, keep_credentials
from partner_portal.usecases.earlier_tenant import clear_earlier_tenant, is_other_tenant
from partner_portal.usecases.parts import Parts
from partner_portal.usecases.pauses import ENDED
from partner_portal.warehouse.store import WarehouseError

__all__ = ["CheckItem", "ConnectionTest", "Credentials", "connect_autotask", "enter_credentials"]


def connect_autotask(
    parts: Parts, organization: Organization, credentials: Credentials, actor: Actor = SHELL
) -> ConnectionTest:
    """Test `credentials` and, when the test passed, keep them sealed and ask for a full sync.

    A test that did not pass (`.passed`, `.problem`) leaves an earlier connection as it was. Where the credentials lead
    to another tenant, the rows and the history of the earlier one are removed once the new connection is kept: at
    once, or by the next sync where another process owns the warehouse or a sync is still under way.
    Raises OrganizationUnknown for strangers, NotPermitted.
    """
    require(actor, Act.CONNECT, organization)
    test = asyncio.run(examine(parts, credentials))
    before = Connection.objects.filter(organization=organization).first()
    is_other = before is not None and is_other_tenant(before, credentials.username, test.tenant_number)
    event = ConnectionSet(credentials.username, test.zone_name, before.username if before else None, is_other)
    now = parts.clock.now()
    if not test.passed:
        record(event, actor, now, organization.scope, result=Result.FAILED, reason=test.problem or "")
        return test
    with transaction.atomic():
        facts: dict[str, Any] = {
            "username": credentials.username,
            "entry_url": parts.entry_url,
            "zone_name": test.zone_name,
            "zone_url": test.zone_url,
            "web_url": test.web_url,
            "tenant_number": test.tenant_number,
            "dialect": test.dialect,
            "secret_set_at": now,
            "tested_at": now,
            "problem": "",
            "zone_found_at": now,
            "accepted_at": now,
            "budget_read_at": None,
            **ENDED,
        }
        if is_other:
            facts |= {"connected_at": now, "must_clear": True}
        Connection.objects.update_or_create(
            organization=organization, defaults=facts, create_defaults={**facts, "connected_at": now}
        )
        keep_credentials(parts, organization, credentials)
        record(event, actor, now, organization.scope)
    if is_other:
        with suppress(WarehouseError):  # the next sync clears before it reads
            clear_earlier_tenant(parts, organization, actor)
    parts.jobs.enqueue_sync(organization.slug, full=True)
    return test
