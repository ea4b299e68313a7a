"""The people of an organization, for its administrators: listed, invited, changed, removed."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Path, Router, Schema, Status

from partner_portal.accounts.actor import Actor
from partner_portal.accounts.policy import Act, find_organization, require
from partner_portal.accounts.reauthentication import require_recent_authentication
from partner_portal.api.parameters import Slug
from partner_portal.api.problems import REFUSALS, Problem
from partner_portal.bootstrap import portal
from partner_portal.bootstrap.requests import actor_of
from partner_portal.organizations.models import Organization
from partner_portal.usecases.invitations import invite_person, withdraw_invitation
from partner_portal.usecases.people import Wishes, change_person, list_people, remove_person

router = Router()

_refusals: dict[Any, Any] = {**REFUSALS, HTTPStatus.CONFLICT: Problem, HTTPStatus.UNPROCESSABLE_ENTITY: Problem}

Id = Annotated[int, Path(alias="id", ge=1, le=2**63 - 1, description="The member's number, or the invitation's.")]
RoleName = Literal["administrator", "manager", "representative", "viewer"]


class ResourcePart(Schema):
    """A resource of the organization's Autotask."""

    id: int
    name: str | None


class PersonPart(Schema):
    """One member. `resource` is who they are in Autotask; until it is decided, whoever has the same e-mail address."""

    id: int
    email: str
    name: str
    role: RoleName
    is_active: bool
    resource: ResourcePart | None
    is_resource_decided: bool
    last_login_at: str | None


class InvitationPart(Schema):
    """Somebody who was asked to join, and did not yet."""

    id: int
    email: str
    name: str
    role: RoleName
    invited_by: str
    expires_at: str


class People(Schema):
    """The members by name, and those who were invited.

    Representatives see the totals of their teams where `shows_team_totals`; where `requires_mfa` everybody needs a
    second factor.
    """

    people: list[PersonPart]
    invitations: list[InvitationPart]
    shows_team_totals: bool
    requires_mfa: bool


class InvitationWish(Schema):
    """Whom to invite, and as what."""

    email: str = Field(max_length=254)
    role: RoleName
    name: str = Field("", max_length=200)


class PersonChange(Schema):
    """What shall be otherwise; null leaves it as it is. `resource` may be `none` or `by_address`, too."""

    role: RoleName | None = None
    resource: int | Literal["none", "by_address"] | None = None
    is_active: bool | None = None


@router.get("", response={HTTPStatus.OK: People, **REFUSALS}, summary="The organization's people")
def people(request: HttpRequest, organization: Slug = None) -> dict[str, Any]:
    """Every member with role and resource, and the open invitations, for administrators."""
    actor = actor_of(request)
    return list_people(portal.parts(), find_organization(actor, organization), actor=actor)


@router.post("", response={HTTPStatus.ACCEPTED: InvitationPart, **_refusals}, summary="Invite somebody")
def invite(request: HttpRequest, wish: InvitationWish, organization: Slug = None) -> Status[dict[str, Any]]:
    """Send a link by which somebody joins; an earlier one for the same address is good no more."""
    actor, chosen = _changing(request, organization)
    invited = invite_person(portal.parts(), chosen, email=wish.email, role=wish.role, name=wish.name, actor=actor)
    listed = list_people(portal.parts(), chosen, actor=actor)["invitations"]
    return Status(HTTPStatus.ACCEPTED, next(each for each in listed if each["id"] == invited.pk))


@router.patch("/{int:id}", response={HTTPStatus.OK: People, **_refusals}, summary="Change a member")
def change(request: HttpRequest, member_id: Id, wish: PersonChange, organization: Slug = None) -> dict[str, Any]:
    """Give a member another role or resource, deactivate (which ends their sessions at once) or reactivate them."""
    actor, chosen = _changing(request, organization)
    wishes = Wishes(wish.role, wish.resource, wish.is_active)
    change_person(portal.parts(), chosen, member_id, wishes, actor=actor)
    return list_people(portal.parts(), chosen, actor=actor)


@router.delete("/{int:id}", response={HTTPStatus.NO_CONTENT: None, **_refusals}, summary="Remove a member")
def remove(request: HttpRequest, member_id: Id, organization: Slug = None) -> HttpResponse:
    """Take a member out of the organization; their account stays."""
    actor, chosen = _changing(request, organization)
    remove_person(portal.parts(), chosen, member_id, actor=actor)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@router.delete(
    "/invitations/{int:id}", response={HTTPStatus.NO_CONTENT: None, **_refusals}, summary="Withdraw an invitation"
)
def withdraw(request: HttpRequest, invitation_id: Id, organization: Slug = None) -> HttpResponse:
    """Take an open invitation back: its link is good no more."""
    actor, chosen = _changing(request, organization)
    withdraw_invitation(portal.parts(), chosen, invitation_id, actor=actor)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _changing(request: HttpRequest, slug: str | None) -> tuple[Actor, Organization]:
    """Who changes people where: an administrator who proved lately who they are."""
    actor = actor_of(request)
    chosen = find_organization(actor, slug)
    require(actor, Act.SET_PEOPLE, chosen)
    require_recent_authentication(request)
    return actor, chosen
