"""Who may do what. Pages, API, exports and use cases ask here and nowhere else.

To a stranger an organization does not exist (`OrganizationUnknown`, 404); a member without the right is told so
(`NotPermitted`, 403).
"""

from __future__ import annotations

from enum import Enum

from django.db.models import QuerySet

from partner_portal.accounts.actor import Actor
from partner_portal.accounts.models import Membership, Role
from partner_portal.organizations.models import Organization


class Act(Enum):
    """What can be asked for within an organization; the value completes "you may not ..."."""

    READ_REPORT = "read the report"
    REFRESH = "refresh the data"
    SEE_CONNECTION = "see how the connection stands"
    TEST_CONNECTION = "test the connection"
    CONNECT = "change the connection"
    SET_CALENDAR = "change the calendar"
    SEE_MAPPING = "see the mapping"
    SET_MAPPING = "change the mapping"
    SET_TEAMS = "change the teams"


_EVERYBODY = frozenset(Role)
_ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})

PERMITTED: dict[Act, frozenset[Role]] = {
    Act.READ_REPORT: _EVERYBODY,
    Act.REFRESH: _EVERYBODY,
    Act.SEE_CONNECTION: _EVERYBODY,
    Act.TEST_CONNECTION: _ADMINISTRATORS,
    Act.CONNECT: _ADMINISTRATORS,
    Act.SET_CALENDAR: _ADMINISTRATORS,
    Act.SEE_MAPPING: _EVERYBODY,
    Act.SET_MAPPING: _ADMINISTRATORS,
    Act.SET_TEAMS: _ADMINISTRATORS,
}


class OrganizationUnknown(LookupError):
    """There is no such organization, or it is not for this actor to know. The message is one line."""


class NotPermitted(Exception):
    """The actor belongs to the organization, and its role does not allow the act. The message is one line."""


def organizations_of(actor: Actor) -> QuerySet[Organization]:
    """The organizations that exist for `actor`, by name: the person's own, all of them for the machine."""
    if actor.person is None:
        return Organization.objects.all()
    if not actor.person.is_active:
        return Organization.objects.none()
    return Organization.objects.filter(memberships__person=actor.person)


def find_organization(actor: Actor, slug: str | None = None) -> Organization:
    """The organization called `slug`; without one, the only one that exists for `actor`."""
    found = organizations_of(actor)
    if slug is not None:
        organization = found.filter(slug=slug).first()
        if organization is None:
            raise OrganizationUnknown(f"There is no organization {slug!r} here.")
        return organization
    candidates = list(found[:2])
    match candidates:
        case [only]:
            return only
        case []:
            raise OrganizationUnknown("There is no organization yet. An administrator has to add you to one.")
    raise OrganizationUnknown("There are several organizations. Name the one that is meant.")


def role_of(actor: Actor, organization: Organization) -> Role | None:
    """The actor's role in `organization`; None for a stranger. The machine counts as an administrator."""
    if actor.person is None:
        return Role.ADMINISTRATOR
    if not actor.person.is_active:
        return None
    membership = Membership.objects.filter(person=actor.person, organization=organization).first()
    return Role(membership.role) if membership else None


def may(actor: Actor, act: Act, organization: Organization) -> bool:
    """Whether `actor` may do `act` within `organization`."""
    return role_of(actor, organization) in PERMITTED[act]


def require(actor: Actor, act: Act, organization: Organization) -> None:
    """Let the permitted pass; raise OrganizationUnknown for strangers and NotPermitted for the others."""
    role = role_of(actor, organization)
    if role is None:
        raise OrganizationUnknown(f"There is no organization {organization.slug!r} here.")
    if role not in PERMITTED[act]:
        raise NotPermitted(f"As {role.label.lower()} you may not {act.value}. Ask an administrator.")
