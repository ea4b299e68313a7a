"""Changing an organization's calendar and currency: when its days, weeks and years begin, and so what its numbers are.

Nothing needs to be read anew: the calendar is applied when a report is made.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.accounts.policy import Act, require
from partner_portal.audit.events import CalendarChanged
from partner_portal.audit.trail import record
from partner_portal.organizations.models import Organization
from partner_portal.usecases.errors import InputRefused
from partner_portal.usecases.parts import Parts


@dataclass(frozen=True)
class CalendarWishes:
    """What of a calendar shall be otherwise; None leaves it as it is.

    `time_zone` is an IANA name, `currency` an ISO 4217 code, `week_start` 0 (Monday) to 6 (Sunday),
    `fiscal_year_start` the month 1-12 in which the year begins.
    """

    time_zone: str | None = None
    currency: str | None = None
    week_start: int | None = None
    fiscal_year_start: int | None = None

    def given(self) -> dict[str, Any]:
        """The values that are wished for, by name."""
        return {name: value for name, value in vars(self).items() if value is not None}


def check_calendar(organization: Organization, wishes: CalendarWishes) -> Organization:
    """A copy of `organization` with the `wishes` fulfilled, not saved. Raises InputRefused for what cannot be used."""
    wished = copy(organization)
    for name, value in wishes.given().items():
        setattr(wished, name, value)
    try:
        wished.clean_fields()
    except ValidationError as wrong:
        raise InputRefused.of(wrong) from None
    return wished


def change_calendar(parts: Parts, organization: Organization, wishes: CalendarWishes, *, actor: Actor = SHELL) -> None:
    """Let the `wishes` be in force; what is so already is no change.

    Raises InputRefused for what cannot be used, OrganizationUnknown for strangers, NotPermitted.
    """
    require(actor, Act.SET_CALENDAR, organization)
    with transaction.atomic():
        held = Organization.objects.select_for_update().get(pk=organization.pk)
        wished = check_calendar(held, wishes)
        after = {name: value for name, value in wishes.given().items() if getattr(held, name) != value}
        before = {name: getattr(held, name) for name in after}
        if not after:
            return
        wished.save(update_fields=list(after))
        record(CalendarChanged(before, after), actor, parts.clock.now(), organization.scope)
    for name, value in after.items():
        setattr(organization, name, value)
