"""The list of an organization's members, each with what can be chosen for them, and of those who were invited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from partner_portal.accounts.models import Role
from partner_portal.usecases.people import BY_ADDRESS, NO_RESOURCE
from partner_portal.web.view.moments import Moment, near_moment
from partner_portal.web.view.people import owner_name


@dataclass(frozen=True)
class Option:
    """One thing that can be chosen."""

    value: str
    name: str
    is_chosen: bool


@dataclass(frozen=True)
class MemberRow:
    """One member; `resources` is what they may be in Autotask, the one in force chosen."""

    id: int
    name: str
    email: str
    role: str
    is_active: bool
    is_you: bool
    resources: Sequence[Option]


@dataclass(frozen=True)
class InvitationRow:
    """One open invitation; `role` is its name, for people."""

    id: int
    email: str
    role: str
    invited_by: str
    expires: Moment


def member_rows(
    people: Sequence[Mapping[str, Any]], resources: Sequence[Mapping[str, Any]], you: str
) -> tuple[MemberRow, ...]:
    """The members of the list `people`; `you` is the address of whoever looks at it."""
    return tuple(
        MemberRow(
            id=person["id"],
            name=person["name"],
            email=person["email"],
            role=person["role"],
            is_active=person["is_active"],
            is_you=person["email"] == you,
            resources=_options(person, resources),
        )
        for person in people
    )


def invitation_rows(
    invitations: Sequence[Mapping[str, Any]], now: datetime, zone: ZoneInfo
) -> tuple[InvitationRow, ...]:
    """The open `invitations` at `now` (aware); times in `zone`."""
    return tuple(
        InvitationRow(
            id=invitation["id"],
            email=invitation["email"],
            role=Role(invitation["role"]).label,
            invited_by=invitation["invited_by"],
            expires=near_moment(invitation["expires_at"], now, zone),
        )
        for invitation in invitations
    )


def _options(person: Mapping[str, Any], resources: Sequence[Mapping[str, Any]]) -> tuple[Option, ...]:
    resource, is_decided = person["resource"], person["is_resource_decided"]
    chosen = resource["id"] if is_decided and resource else None
    found = owner_name(resource) if resource and not is_decided else "nobody found"
    known = [dict(each) for each in resources]
    if chosen is not None and chosen not in {each["id"] for each in known}:
        known.append(resource)
    return (
        Option(BY_ADDRESS, f"Same e-mail address: {found}", not is_decided),
        Option(NO_RESOURCE, "Nobody", is_decided and chosen is None),
        *(Option(str(each["id"]), owner_name(each), each["id"] == chosen) for each in known),
    )
