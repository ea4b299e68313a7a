"""Testing a connection without changing anything."""

from __future__ import annotations

import asyncio

from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.accounts.policy import Act, require
from partner_portal.audit.events import ConnectionTested
from partner_portal.audit.trail import Result, record
from partner_portal.autotask.credentials import Credentials
from partner_portal.organizations.models import Connection, Organization
from partner_portal.usecases.connection_test import CheckItem, ConnectionTest, examine
from partner_portal.usecases.credentials import read_credentials
from partner_portal.usecases.parts import Parts
from partner_portal.usecases.pauses import ENDED

__all__ = ["CheckItem", "ConnectionTest", "test_connection"]


def test_connection(
    parts: Parts,
    organization: Organization,
    credentials: Credentials | None = None,  # noqa: PT028 - a use case, whatever its name
    actor: Actor = SHELL,  # noqa: PT028
) -> ConnectionTest:
    """Try `credentials`, or those that the organization is connected with, and tell item by item.

    Keeps nothing but when it was; syncs that wait since a refusal go on once the organization's own pass.

    Raises NotConnected when there are none, CredentialsShut, OrganizationUnknown for strangers, NotPermitted.
    """
    require(actor, Act.TEST_CONNECTION, organization)
    tried = credentials or read_credentials(parts, organization)
    test = asyncio.run(examine(parts, tried))
    now = parts.clock.now()
    if credentials is None:
        own = Connection.objects.filter(organization=organization)
        own.update(tested_at=now, problem=test.problem or "")
        if test.passed:
            own.filter(refusals__gt=0).update(**ENDED)
    result = Result.DONE if test.passed else Result.FAILED
    event = ConnectionTested(tried.username)
    record(event, actor, now, organization.scope, result=result, reason=test.problem or "")
    return test
