"""Adding an organization: an act of the operator, at the machine."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.audit.events import OrganizationAdded
from partner_portal.audit.trail import record
from partner_portal.organizations.models import Organization
from partner_portal.usecases.errors import InputRefused
from partner_portal.usecases.parts import Parts


def add_organization(
    parts: Parts,
    *,
    slug: str,
    name: str,
    time_zone: str = "UTC",
    currency: str = "USD",
    week_start: int = 0,
    fiscal_year_start: int = 1,
    actor: Actor = SHELL,
) -> Organization:
    """Add an organization; raise InputRefused when a value cannot be used or the slug is taken."""
    organization = Organization(
        slug=slug,
        name=name,
        time_zone=time_zone,
        currency=currency,
        week_start=week_start,
        fiscal_year_start=fiscal_year_start,
    )
    try:
        organization.full_clean()
    except ValidationError as wrong:
        raise InputRefused.of(wrong) from None
    with transaction.atomic():
        organization.save()
        record(OrganizationAdded(slug, name, time_zone, currency), actor, parts.clock.now(), organization.scope)
    return organization
