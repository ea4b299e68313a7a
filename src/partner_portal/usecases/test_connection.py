"""Testing a connection without changing anything."""

from __future__ import annotations

from django.db.models import F

from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.accounts.policy import Act, require
from partner_portal.audit.events import ConnectionTested
from partner_portal.audit.trail import Result, record
from partner_portal.autotask.credentials import Credentials
from partner_portal.organizations.models import Connection, Organization
from partner_portal.usecases.connection_test import CheckItem, ConnectionTest
from partner_portal.usecases.credentials import read_credentials
from partner_portal.usecases.errors import KeptElsewhere
from partner_portal.usecases.parts import Parts
from partner_portal.usecases.pauses import ENDED, is_paused, wait_after
from partner_portal.usecases.try_credentials import try_credentials

__all__ = ["CheckItem", "ConnectionTest", "test_connection"]


def test_connection(
    parts: Parts,
    organization: Organization,
    credentials: Credentials | None = None,  # noqa: PT028 - a use case, whatever its name
    actor: Actor = SHELL,  # noqa: PT028
) -> ConnectionTest:
    """Try `credentials`, or those that the organization is connected with, and tell item by item.

    Keeps nothing but when it was. Of the organization's own credentials syncs learn too: those that wait since a
    refusal go on once they pass, and wait when Autotask refuses them.

    Raises NotConnected when there are none, CredentialsShut, OrganizationUnknown for strangers, NotPermitted,
    LogInsPaused while the API user must rest from failed logins, TooManyRequests, KeptElsewhere for credentials of
    one's own where those of a place outside the portal are used.
    """
    require(actor, Act.TEST_CONNECTION, organization)
    if credentials is not None and parts.vault.where:
        raise KeptElsewhere(parts.vault.where)
    if credentials is None:
        parts.vault.refresh(organization.scope)
    tried = credentials or read_credentials(parts, organization)
    event = ConnectionTested(tried.username)
    test = try_credentials(parts, organization, tried, event, actor)
    now = parts.clock.now()
    if credentials is None:
        _learn(parts, organization, test)
    result = Result.DONE if test.passed else Result.FAILED
    record(event, actor, now, organization.scope, result=result, reason=test.problem or "")
    return test


def _learn(parts: Parts, organization: Organization, test: ConnectionTest) -> None:
    """Let syncs know how the organization's own credentials fared."""
    now = parts.clock.now()
    own = Connection.objects.filter(organization=organization)
    own.update(tested_at=now, problem=test.problem or "")
    if test.passed:
        own.filter(refusals__gt=0).update(**ENDED)
    held = own.first()
    if test.is_refused and held is not None and not is_paused(held, now):
        wait = now + wait_after(held.refusals + 1)
        own.update(refusals=F("refusals") + 1, paused_until=wait, accepted_at=None)
