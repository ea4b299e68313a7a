"""What the audit trail tells of people and their memberships."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from partner_portal.audit.event import Event


@dataclass(frozen=True)
class PersonAdded(Event):
    """A person was added to an organization, in a role; `is_new` when the portal did not know them before."""

    action = "person.added"
    email: str
    role: str
    is_new: bool


@dataclass(frozen=True)
class PersonInvited(Event):
    """Somebody was asked by e-mail to join an organization, in a role; the link is good until `expires_at`."""

    action = "person.invited"
    email: str
    role: str
    expires_at: str


@dataclass(frozen=True)
class InvitationWithdrawn(Event):
    """An invitation was taken back before anybody used it."""

    action = "person.invitation_withdrawn"
    email: str
    role: str


@dataclass(frozen=True)
class PersonJoined(Event):
    """Somebody accepted an invitation; `is_new` when the portal did not know them before."""

    action = "person.joined"
    email: str
    role: str
    is_new: bool


@dataclass(frozen=True)
class MembershipChanged(Event):
    """A member has another role or resource, was put to rest or back; `before` and `after` hold what differs."""

    action = "person.changed"
    email: str
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True)
class MemberRemoved(Event):
    """A member was taken out of an organization; `before` is what they were in it."""

    action = "person.removed"
    email: str
    before: dict[str, Any]


@dataclass(frozen=True)
class PersonSwitched(Event):
    """A person's account was switched off, which ended their sessions, or on again."""

    action = "person.switched"
    email: str
    before: bool
    after: bool


@dataclass(frozen=True)
class OperatorAdded(Event):
    """A person was added who manages the organizations of the installation."""

    action = "operator.added"
    email: str


@dataclass(frozen=True)
class PeopleRulesChanged(Event):
    """What holds for an organization's members was changed; `before` and `after` hold what differs.

    The rules are `shows_team_totals` (to representatives) and `requires_mfa` (a second factor, of everybody).
    """

    action = "organization.rules_changed"
    before: dict[str, Any]
    after: dict[str, Any]


PEOPLE_EVENTS: tuple[type[Event], ...] = (
    PersonAdded,
    PersonInvited,
    InvitationWithdrawn,
    PersonJoined,
    MembershipChanged,
    MemberRemoved,
    PersonSwitched,
    OperatorAdded,
    PeopleRulesChanged,
)
