"""Connecting an organization to its Autotask: test first, seal on success, then ask for the first sync."""

from __future__ import annotations

import asyncio

from django.db import transaction

from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.accounts.policy import Act, require
from partner_portal.audit.events import ConnectionSet
from partner_portal.audit.trail import Result, record
from partner_portal.autotask.credentials import Credentials
from partner_portal.organizations.models import Connection, Organization
from partner_portal.usecases.connection_test import CheckItem, ConnectionTest, examine
from partner_portal.usecases.credentials import enter_credentials, keep_credentials
from partner_portal.usecases.parts import Parts

__all__ = ["CheckItem", "ConnectionTest", "Credentials", "connect_autotask", "enter_credentials"]


def connect_autotask(
    parts: Parts, organization: Organization, credentials: Credentials, actor: Actor = SHELL
) -> ConnectionTest:
    """Test `credentials` and, when the test passed, keep them sealed and ask for a full sync.

    A test that did not pass (`.passed`, `.problem`) leaves an earlier connection as it was. Raises
    OrganizationUnknown for strangers, NotPermitted.
    """
    require(actor, Act.CONNECT, organization)
    test = asyncio.run(examine(parts, credentials))
    before = Connection.objects.filter(organization=organization).values_list("username", flat=True).first()
    event = ConnectionSet(credentials.username, test.zone_name, before)
    now = parts.clock.now()
    if not test.passed:
        record(event, actor, now, organization.scope, result=Result.FAILED, reason=test.problem or "")
        return test
    with transaction.atomic():
        facts = {
            "username": credentials.username,
            "entry_url": parts.entry_url,
            "zone_name": test.zone_name,
            "zone_url": test.zone_url,
            "web_url": test.web_url,
            "dialect": test.dialect,
            "secret_set_at": now,
            "tested_at": now,
            "problem": "",
            "zone_found_at": now,
            "accepted_at": now,
            "budget_read_at": None,
            "paused_until": None,
        }
        Connection.objects.update_or_create(
            organization=organization, defaults=facts, create_defaults={**facts, "connected_at": now}
        )
        keep_credentials(parts, organization, credentials)
        record(event, actor, now, organization.scope)
    parts.jobs.enqueue_sync(organization.slug, full=True)
    return test
