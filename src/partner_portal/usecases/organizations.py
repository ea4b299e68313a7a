"""The organizations of the installation, for operators: listed, added, deactivated and reactivated.

None of this shows a report, a connection or a secret.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q

from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.accounts.models import Role
from partner_portal.accounts.policy import require_operator
from partner_portal.audit.events import OrganizationAdded, OrganizationSwitched
from partner_portal.audit.trail import record
from partner_portal.organizations.models import Organization
from partner_portal.usecases.errors import InputRefused
from partner_portal.usecases.invitations import send_invitation
from partner_portal.usecases.parts import Parts
from partner_portal.usecases.people import administrators


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
    """Add an organization; raise InputRefused when a value cannot be used or the slug is taken.

    Raises OrganizationUnknown for whoever is no operator.
    """
    require_operator(actor)
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


def list_organizations(*, actor: Actor = SHELL) -> list[dict[str, Any]]:
    """Every organization by name: whether it is active, and how many members and administrators it has.

    Raises OrganizationUnknown for whoever is no operator.
    """
    require_operator(actor)
    here = Q(memberships__is_active=True, memberships__person__is_active=True)
    found = Organization.objects.annotate(
        people=Count("memberships", filter=here),
        administrators=Count("memberships", filter=here & Q(memberships__role=Role.ADMINISTRATOR)),
    )
    return [
        {
            "slug": organization.slug,
            "name": organization.name,
            "is_active": organization.is_active,
            "people": organization.people,
            "administrators": organization.administrators,
        }
        for organization in found
    ]


def switch_organization(parts: Parts, slug: str, *, on: bool, actor: Actor = SHELL) -> None:
    """Deactivate an organization, which is served to nobody and not synced from then on, or reactivate it.

    What it holds stays. Raises InputRefused for an unknown one, OrganizationUnknown for whoever is no operator.
    """
    require_operator(actor)
    with transaction.atomic():
        organization = Organization.objects.select_for_update().filter(slug=slug).first()
        if organization is None:
            raise InputRefused("slug", f"There is no organization {slug!r}.")
        if organization.is_active == on:
            return
        organization.is_active = on
        organization.save(update_fields=["is_active"])
        record(OrganizationSwitched(before=not on, after=on), actor, parts.clock.now(), organization.scope)


def invite_first_administrator(parts: Parts, slug: str, email: str, *, actor: Actor) -> None:
    """Let an operator ask somebody to administer an organization that has nobody who does.

    Raises InputRefused where somebody does or nobody can be invited so, MailNotSent, OrganizationUnknown.
    """
    require_operator(actor)
    organization = Organization.objects.filter(slug=slug).first()
    if organization is None:
        raise InputRefused("slug", f"There is no organization {slug!r}.")
    if administrators(organization).exists():
        raise InputRefused("email", f"{slug} has an administrator, who invites its people.")
    send_invitation(parts, organization, email=email, role=Role.ADMINISTRATOR, actor=actor)
