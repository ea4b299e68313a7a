"""How old the API secret is, and reminding the administrators to make a new one: from day 75, and again from day 90."""

from __future__ import annotations

from datetime import datetime, timedelta
from smtplib import SMTPException

import structlog
from django.core.mail import send_mail

from partner_portal.accounts.actor import CLOCK
from partner_portal.accounts.models import Membership, Role
from partner_portal.audit.events import SecretReminded
from partner_portal.audit.trail import record
from partner_portal.organizations.models import Connection, Organization
from partner_portal.usecases.parts import Parts

REMINDER_DAYS, WARNING_DAYS = 75, 90
"""From the first on a new secret is asked for; from the second on it is overdue."""
REMINDER, WARNING = "reminder", "warning"

log = structlog.get_logger(__name__)


def secret_age_days(connection: Connection, now: datetime) -> int:
    """Whole days since the secret was set."""
    return (now - connection.secret_set_at).days


def secret_due(days: int | None) -> str:
    """What a secret of this age calls for: nothing, a reminder or a warning. An unknown age calls for nothing."""
    if days is None or days < REMINDER_DAYS:
        return ""
    return WARNING if days >= WARNING_DAYS else REMINDER


def secret_due_in_words(days: int) -> str:
    """What to do about a secret of this age, one line."""
    remedy = "Make a new one in Autotask and enter it under Settings > Connection or by portal connect."
    if secret_due(days) == WARNING:
        return f"The API secret is {days} days old, and should be no older than {WARNING_DAYS}. {remedy}"
    return f"The API secret is {days} days old and is due for a new one in {WARNING_DAYS - days} days. {remedy}"


def remind_of_secrets(parts: Parts) -> int:
    """Write to the administrators whose secret has just reached an age that calls for it; count the organizations.

    Each age is written about once, whichever process comes first; one that cannot be sent is tried again next time.
    """
    if parts.vault.where:
        return 0
    now = parts.clock.now()
    due = Connection.objects.select_related("organization").filter(
        secret_set_at__lte=now - timedelta(days=REMINDER_DAYS), organization__is_active=True
    )
    return sum(_remind(connection, now) for connection in due.exclude(reminded_days__gte=WARNING_DAYS))


def _remind(connection: Connection, now: datetime) -> bool:
    days = secret_age_days(connection, now)
    reached = WARNING_DAYS if secret_due(days) == WARNING else REMINDER_DAYS
    same = Connection.objects.filter(pk=connection.pk, secret_set_at=connection.secret_set_at)
    if not same.filter(reminded_days__lt=reached).update(reminded_days=reached):
        return False
    organization = connection.organization
    addresses = _administrators(organization)
    try:
        for address in addresses:
            send_mail(_subject(organization, days), f"{secret_due_in_words(days)}\n", None, [address])
    except (OSError, SMTPException) as problem:
        log.warning("reminder not sent", organization=organization.slug, problem=type(problem).__name__)
        same.update(reminded_days=connection.reminded_days)
        return False
    record(SecretReminded(days, addresses), CLOCK, now, organization.scope)
    return True


def _subject(organization: Organization, days: int) -> str:
    name = " ".join(organization.name.split())
    return f"{name}: the Autotask API secret is {days} days old"


def _administrators(organization: Organization) -> list[str]:
    members = Membership.objects.filter(
        organization=organization, role=Role.ADMINISTRATOR, is_active=True, person__is_active=True
    )
    return sorted(members.values_list("person__email", flat=True))
