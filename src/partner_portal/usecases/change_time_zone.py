"""Changing an organization's time zone: its days, and so its numbers, begin elsewhere from then on."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.accounts.policy import Act, require
from partner_portal.audit.events import TimeZoneChanged
from partner_portal.audit.trail import record
from partner_portal.organizations.models import Organization
from partner_portal.usecases.errors import InputRefused
from partner_portal.usecases.parts import Parts


def change_time_zone(parts: Parts, organization: Organization, time_zone: str, actor: Actor = SHELL) -> None:
    """Set the IANA name of the organization's time zone; raise InputRefused for any other text, NotPermitted."""
    require(actor, Act.SET_CALENDAR, organization)
    before, organization.time_zone = organization.time_zone, time_zone
    try:
        organization.full_clean()
    except ValidationError as wrong:
        organization.time_zone = before
        raise InputRefused.of(wrong) from None
    with transaction.atomic():
        organization.save(update_fields=["time_zone"])
        record(TimeZoneChanged(before, time_zone), actor, parts.clock.now(), organization.scope)
