"""Who belongs to an organization: listed, given another role or resource, put to rest, removed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.accounts.models import Invitation, Membership, Role
from partner_portal.accounts.policy import Act, require
from partner_portal.accounts.tokens import revoke_tokens_of
from partner_portal.audit.people_events import MemberRemoved, MembershipChanged, PeopleRulesChanged
from partner_portal.audit.trail import record
from partner_portal.organizations.models import Organization
from partner_portal.reports.wire import instant_text, named
from partner_portal.usecases.errors import InputRefused, PersonUnknown
from partner_portal.usecases.names import in_name_order, resource_names
from partner_portal.usecases.own_resource import address_key, resources_by_address
from partner_portal.usecases.parts import Parts

NO_RESOURCE = "none"
"""What stands for the decision that somebody is no resource of Autotask."""
BY_ADDRESS = "by_address"
"""What stands for the resource that has the person's e-mail address, whichever that is."""


@dataclass(frozen=True)
class Wishes:
    """What of a membership shall be otherwise; None leaves it as it is.

    `resource` is an Autotask id, NO_RESOURCE, or BY_ADDRESS.
    """

    role: str | None = None
    resource: int | str | None = None
    is_active: bool | None = None


def list_people(parts: Parts, organization: Organization, *, actor: Actor = SHELL) -> dict[str, Any]:
    """The organization's members, its open invitations, and the rules that hold for them, JSON-able.

    Raises OrganizationUnknown for strangers, NotPermitted.
    """
    require(actor, Act.SEE_PEOPLE, organization)
    now = parts.clock.now()
    members = organization.memberships.select_related("person").order_by("person__name", "person__email")
    names = resource_names(parts, organization)
    by_address = resources_by_address(parts.warehouse.organization(organization.scope))
    invitations = Invitation.objects.filter(organization=organization, closed_at=None, expires_at__gt=now)
    return {
        "people": [_member(member, names, by_address) for member in members],
        "invitations": [
            {
                "id": invitation.pk,
                "email": invitation.email,
                "name": invitation.name,
                "role": invitation.role,
                "invited_by": invitation.invited_by,
                "expires_at": instant_text(invitation.expires_at),
            }
            for invitation in invitations.order_by("email")
        ],
        "shows_team_totals": organization.shows_team_totals,
        "requires_mfa": organization.requires_mfa,
    }


def list_resources(parts: Parts, organization: Organization, *, actor: Actor = SHELL) -> list[dict[str, Any]]:
    """The resources of the organization's Autotask by name, as `{"id", "name"}`; empty before the first sync."""
    require(actor, Act.SEE_PEOPLE, organization)
    return in_name_order(resource_names(parts, organization))


def change_person(
    parts: Parts, organization: Organization, member_id: int, wishes: Wishes, *, actor: Actor = SHELL
) -> None:
    """Give the member `member_id` another role or resource, put them to rest or back.

    Whoever is put to rest has all their sessions ended at once. Raises PersonUnknown, InputRefused for what cannot be
    used and where nobody would be left to administer the organization, OrganizationUnknown for strangers, NotPermitted.
    """
    require(actor, Act.SET_PEOPLE, organization)
    with transaction.atomic():
        member = _member_to_change(organization, member_id)
        before, administered = _standing(member), _administers(member)
        _apply(parts, organization, member, wishes)
        after = _standing(member)
        if before == after:
            return
        if administered and not _administers(member):
            _must_leave_an_administrator(organization, member)
        member.save()
        if before["is_active"] and not member.is_active:
            member.person.end_sessions()
            revoke_tokens_of(member, parts.clock.now())
        changed = {key for key in before if before[key] != after[key]}
        event = MembershipChanged(
            member.person.email, {key: before[key] for key in changed}, {key: after[key] for key in changed}
        )
        record(event, actor, parts.clock.now(), organization.scope)


def remove_person(parts: Parts, organization: Organization, member_id: int, *, actor: Actor = SHELL) -> None:
    """Take the member `member_id` out of the organization; their account stays.

    Raises as `change_person` does.
    """
    require(actor, Act.SET_PEOPLE, organization)
    with transaction.atomic():
        member = _member_to_change(organization, member_id)
        if _administers(member):
            _must_leave_an_administrator(organization, member)
        before = _standing(member)
        member.delete()
        record(MemberRemoved(member.person.email, before), actor, parts.clock.now(), organization.scope)


def set_people_rules(
    parts: Parts,
    organization: Organization,
    *,
    shows_team_totals: bool | None = None,
    requires_mfa: bool | None = None,
    actor: Actor = SHELL,
) -> None:
    """Let representatives see the totals of their teams, or not; ask members for a second factor, or not.

    None leaves a rule as it is. Members without a second factor have to set one up at their next request, the actor
    too. Raises as `require` does.
    """
    require(actor, Act.SET_PEOPLE, organization)
    asked = {"shows_team_totals": shows_team_totals, "requires_mfa": requires_mfa}
    with transaction.atomic():
        kept = Organization.objects.select_for_update().get(pk=organization.pk)
        before = {rule: getattr(kept, rule) for rule in asked}
        after = {rule: wish for rule, wish in asked.items() if wish is not None and wish != before[rule]}
        if after:
            _keep_rules(kept, after)
            event = PeopleRulesChanged(before={rule: before[rule] for rule in after}, after=after)
            record(event, actor, parts.clock.now(), organization.scope)
    organization.refresh_from_db(fields=list(asked))


def _keep_rules(organization: Organization, rules: dict[str, bool]) -> None:
    for rule, wish in rules.items():
        setattr(organization, rule, wish)
    organization.save(update_fields=list(rules))


def member_with_address(organization: Organization, email: str) -> int:
    """The id of the member with this e-mail address. Raises PersonUnknown."""
    member = organization.memberships.filter(person__email__iexact=email.strip()).first()
    if member is None:
        raise PersonUnknown(organization.slug, email)
    return member.pk


def _member_to_change(organization: Organization, member_id: int) -> Membership:
    """The member; nobody else changes one of the organization's until the transaction ends."""
    Organization.objects.select_for_update().get(pk=organization.pk)
    member = organization.memberships.select_related("person").filter(pk=member_id).first()
    if member is None:
        raise PersonUnknown(organization.slug, str(member_id))
    return member


def _apply(parts: Parts, organization: Organization, member: Membership, wishes: Wishes) -> None:
    if wishes.role is not None:
        member.role = known_role(wishes.role)
    if wishes.is_active is not None:
        member.is_active = wishes.is_active
    if wishes.resource is not None:
        member.is_resource_decided = wishes.resource != BY_ADDRESS
        member.resource_id = _known_resource(parts, organization, wishes.resource)


def known_role(role: str) -> Role:
    """The role called so. Raises InputRefused."""
    if role not in Role.values:
        raise InputRefused("role", f"There is no role {role!r}. Choose one of: {', '.join(Role.values)}.")
    return Role(role)


def _known_resource(parts: Parts, organization: Organization, resource: int | str) -> int | None:
    if resource in {NO_RESOURCE, BY_ADDRESS}:
        return None
    if isinstance(resource, str) or resource not in resource_names(parts, organization):
        raise InputRefused("resource", f"No resource has the id {resource}. Use an id of the organization's Autotask.")
    return resource


def _must_leave_an_administrator(organization: Organization, member: Membership) -> None:
    others = administrators(organization).exclude(pk=member.pk)
    if not others.exists():
        message = (
            f"{member.person.email} is the last administrator of {organization.slug}. Make somebody else one first."
        )
        raise InputRefused("role", message)


def administrators(organization: Organization) -> QuerySet[Membership]:
    """The memberships of those who can administer the organization now."""
    return organization.memberships.filter(role=Role.ADMINISTRATOR, is_active=True, person__is_active=True)


def _administers(member: Membership) -> bool:
    return member.role == Role.ADMINISTRATOR and member.is_active and member.person.is_active


def _standing(member: Membership) -> dict[str, Any]:
    """What can be changed of a membership, as the audit trail tells it."""
    resource = member.resource_id if member.resource_id is not None else NO_RESOURCE
    return {
        "role": str(member.role),
        "resource": resource if member.is_resource_decided else BY_ADDRESS,
        "is_active": member.is_active,
    }


def _member(member: Membership, names: dict[int, str | None], by_address: dict[str, int]) -> dict[str, Any]:
    person = member.person
    resource = member.resource_id if member.is_resource_decided else by_address.get(address_key(person.email))
    return {
        "id": member.pk,
        "email": person.email,
        "name": person.name,
        "role": str(member.role),
        "is_active": member.is_active and person.is_active,
        "resource": named(resource, names.get(resource) if resource is not None else None),
        "is_resource_decided": member.is_resource_decided,
        "last_login_at": instant_text(person.last_login),
    }
