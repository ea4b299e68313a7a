"""Who may do what. Pages, API, exports and use cases ask here and nowhere else.

To a stranger an organization does not exist (`OrganizationUnknown`, 404); a member without the right is told so
(`NotPermitted`, 403). A deactivated organization exists for nobody, a deactivated membership counts for nothing, and
an operator, who manages organizations, is a member of none.

    administrator   everything within the organization: also its connection, mapping, teams, people and audit log
    manager         everybody's numbers, the records behind them, the mapping, queries to Autotask
    representative  the own numbers and the records behind them; totals of own teams, where the organization shows them
    viewer          everybody's numbers as the report has them, also as a file; not the records behind them
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from enum import Enum

import structlog
from django.db.models import QuerySet

from partner_portal.accounts.actor import Actor
from partner_portal.accounts.models import Membership, Role
from partner_portal.accounts.second_factor import has_second_factor
from partner_portal.lib.remembered import remember, remembered
from partner_portal.organizations.models import Organization


class Act(Enum):
    """What can be asked for within an organization; the value completes "you may not ..."."""

    READ_REPORT = "read the report"
    SEE_RECORDS = "see the records behind the numbers"
    REFRESH = "refresh the data"
    SEE_CONNECTION = "see how the connection stands"
    TEST_CONNECTION = "test the connection"
    CONNECT = "change the connection"
    SET_CALENDAR = "change the calendar"
    SEE_MAPPING = "see the mapping"
    SET_MAPPING = "change the mapping"
    SEE_TEAMS = "see who is in which team"
    SET_TEAMS = "change the teams"
    SEE_PEOPLE = "see who belongs to the organization"
    SET_PEOPLE = "change who belongs to the organization"
    SEE_AUDIT = "read the audit log"
    USE_PROXY = "query Autotask through the portal"
    HAVE_TOKENS = "make, list or revoke access tokens"


_EVERYBODY = frozenset(Role)
_ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
_SEEING_ALL = frozenset({Role.ADMINISTRATOR, Role.MANAGER})
_SEEING_RECORDS = _SEEING_ALL | {Role.REPRESENTATIVE}
_SEEING_TOTALS = _SEEING_ALL | {Role.VIEWER}

PERMITTED: dict[Act, frozenset[Role]] = {
    Act.READ_REPORT: _EVERYBODY,
    Act.SEE_RECORDS: _SEEING_RECORDS,
    Act.REFRESH: _EVERYBODY,
    Act.SEE_CONNECTION: _EVERYBODY,
    Act.TEST_CONNECTION: _ADMINISTRATORS,
    Act.CONNECT: _ADMINISTRATORS,
    Act.SET_CALENDAR: _ADMINISTRATORS,
    Act.SEE_MAPPING: _SEEING_TOTALS,  # it tells how often each meaning occurs, whoever's records they are
    Act.SET_MAPPING: _ADMINISTRATORS,
    Act.SEE_TEAMS: _SEEING_TOTALS,  # it names everybody
    Act.SET_TEAMS: _ADMINISTRATORS,
    Act.SEE_PEOPLE: _ADMINISTRATORS,
    Act.SET_PEOPLE: _ADMINISTRATORS,
    Act.SEE_AUDIT: _ADMINISTRATORS,
    Act.USE_PROXY: _SEEING_ALL,
    Act.HAVE_TOKENS: _EVERYBODY,
}

OPEN_TO_TOKENS = frozenset({Act.READ_REPORT, Act.SEE_RECORDS, Act.REFRESH, Act.SEE_CONNECTION, Act.USE_PROXY})
"""What a program with an access token may do at all; which of these its token is good for, the API decides by scope."""


class OrganizationUnknown(LookupError):
    """There is no such organization, or it is not for this actor to know. The message is one line."""


class NotPermitted(Exception):
    """The actor belongs to the organization, and its role does not allow the act. The message is one line.

    `act` and `organization` say what was refused where, for the audit trail.
    """

    def __init__(self, message: str, act: Act, organization: Organization) -> None:
        super().__init__(message)
        self.act = act
        self.organization = organization


class SecondFactorNeeded(NotPermitted):
    """The organization asks its members for a second factor, and the actor's person has none."""

    def __init__(self, act: Act, organization: Organization) -> None:
        remedy = "Set one up at /accounts/2fa/."
        super().__init__(f"{organization.name} asks its members for a second factor. {remedy}", act, organization)


@dataclass(frozen=True)
class Sight:
    """Whose numbers of an organization somebody may see: everybody's, or those of the resource that `own` is.

    `own` is None where everybody's may be seen. With `shows_teams` the totals of teams that the resource belongs to
    may be seen, too.
    """

    own: Membership | None = None
    shows_teams: bool = False


def organizations_of(actor: Actor) -> QuerySet[Organization]:
    """The organizations that exist for `actor`, by name: the person's own, all of them for the machine."""
    if actor.person is None:
        return Organization.objects.all()
    if not actor.person.is_active or actor.person.is_operator:
        return Organization.objects.none()
    found = Organization.objects.filter(is_active=True, memberships__person=actor.person, memberships__is_active=True)
    return found if actor.token is None else found.filter(memberships=actor.token.membership)


def find_organization(actor: Actor, slug: str | None = None) -> Organization:
    """The organization called `slug`; without one, the only one that exists for `actor`. Log lines name it then.

    Raises OrganizationUnknown, and SecondFactorNeeded for a member who has to set one up first.
    """
    found = _find_organization(actor, slug)
    if lacks_second_factor(actor, found):
        raise SecondFactorNeeded(Act.READ_REPORT, found)
    structlog.contextvars.bind_contextvars(organization=found.slug)
    return found


def _find_organization(actor: Actor, slug: str | None) -> Organization:
    candidates = _candidates(actor, slug)
    match candidates:
        case [only]:
            return only
        case [] if slug is not None:
            raise OrganizationUnknown(f"There is no organization {slug!r} here.")
        case []:
            raise OrganizationUnknown("There is no organization yet. An administrator has to add you to one.")
    raise OrganizationUnknown("There are several organizations. Name the one that is meant.")


def _candidates(actor: Actor, slug: str | None) -> list[Organization]:
    """The organizations that may be meant, two at most; a person's come with the memberships, which are asked next."""
    if actor.person is None:
        found = Organization.objects.all() if slug is None else Organization.objects.filter(slug=slug)
        return list(found[:2])
    counting = _memberships(actor)
    memberships = list((counting if slug is None else counting.filter(organization__slug=slug))[:2])
    for each in memberships:
        remember(_key(actor, each.organization), each)
    return [each.organization for each in memberships]


def role_of(actor: Actor, organization: Organization) -> Role | None:
    """The actor's role in `organization`; None for a stranger. The machine counts as an administrator."""
    if actor.person is None:
        return Role.ADMINISTRATOR
    membership = _membership(actor, organization)
    return Role(membership.role) if membership else None


def sight_of(actor: Actor, organization: Organization) -> Sight:
    """Whose numbers `actor` may see, for those who may see any; whether they may, `require` tells."""
    membership = None if actor.person is None else _membership(actor, organization)
    if membership is None or membership.role != Role.REPRESENTATIVE:
        return Sight()
    return Sight(membership, membership.organization.shows_team_totals)


def is_operator(actor: Actor) -> bool:
    """Whether `actor` manages the organizations of the installation. A token never does."""
    if actor.person is None:
        return True
    return actor.token is None and actor.person.is_active and actor.person.is_operator


def require_operator(actor: Actor) -> None:
    """Let operators pass; to the others there is nothing here: raise OrganizationUnknown."""
    if not is_operator(actor):
        raise OrganizationUnknown("There is nothing here.")


def lacks_second_factor(actor: Actor, organization: Organization) -> bool:
    """Whether `organization` asks its members for a second factor, and the actor's person has none."""
    return organization.requires_mfa and actor.person is not None and not has_second_factor(actor.person)


def may(actor: Actor, act: Act, organization: Organization) -> bool:
    """Whether `actor` may do `act` within `organization`."""
    is_open = actor.token is None or act in OPEN_TO_TOKENS
    permitted = is_open and role_of(actor, organization) in PERMITTED[act]
    return permitted and not lacks_second_factor(actor, organization)


def require(actor: Actor, act: Act, organization: Organization) -> None:
    """Let the permitted pass; raise OrganizationUnknown for strangers and NotPermitted for the others."""
    role = role_of(actor, organization)
    if role is not None and not organization.is_active:
        slug = organization.slug
        remedy = f"An operator can put it back: portal organization reactivate {slug}."
        raise NotPermitted(f"{slug} is deactivated. {remedy}", act, organization)
    if role is None:
        raise OrganizationUnknown(f"There is no organization {organization.slug!r} here.")
    if actor.token is not None and act not in OPEN_TO_TOKENS:
        raise NotPermitted(f"An access token may not {act.value}. Log in to do that.", act, organization)
    if role not in PERMITTED[act]:
        message = f"As {role.label.lower()} you may not {act.value}. Ask an administrator."
        raise NotPermitted(message, act, organization)
    if lacks_second_factor(actor, organization):
        raise SecondFactorNeeded(act, organization)


def _membership(actor: Actor, organization: Organization) -> Membership | None:
    """The membership that counts for `actor` here, if any does."""
    return remembered(_key(actor, organization), lambda: _memberships(actor).filter(organization=organization).first())


def _memberships(actor: Actor) -> QuerySet[Membership]:
    """All memberships that count for `actor`, each with its organization, by the organization's name."""
    if actor.person is None or not actor.person.is_active or actor.person.is_operator:
        return Membership.objects.none()
    found = Membership.objects.filter(person=actor.person, is_active=True, organization__is_active=True)
    if actor.token is not None:
        found = found.filter(pk=actor.token.membership.pk)
    return found.select_related("organization").order_by("organization__name", "organization__slug")


def _key(actor: Actor, organization: Organization) -> Hashable:
    return "membership", actor.person_id, organization.pk, actor.token.pk if actor.token else None
