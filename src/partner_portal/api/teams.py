"""The teams of an organization: listed, set, removed."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from partner_portal.accounts.policy import find_organization
from partner_portal.api.parameters import Slug
from partner_portal.api.problems import REFUSALS, Problem, problem
from partner_portal.api.records_schemas import TeamMembers, Teams
from partner_portal.bootstrap import portal
from partner_portal.bootstrap.requests import actor_of
from partner_portal.usecases.teams import TeamUnknown, list_teams, remove_team, set_team

router = Router()

_refusals: dict[Any, Any] = {**REFUSALS, HTTPStatus.UNPROCESSABLE_ENTITY: Problem}


@router.get("", response={HTTPStatus.OK: Teams, **REFUSALS}, summary="The organization's teams")
def teams(request: HttpRequest, organization: Slug = None) -> dict[str, Any]:
    """Every team by name, with its members."""
    actor = actor_of(request)
    return {"teams": list_teams(portal.parts(), find_organization(actor, organization), actor=actor)}


@router.put("/{path:name}", response={HTTPStatus.OK: Teams, **_refusals}, summary="Set a team")
def change_team(request: HttpRequest, name: str, team: TeamMembers, organization: Slug = None) -> dict[str, Any]:
    """Make a team, new or not, consist of these members, for administrators; the teams that there are then."""
    actor = actor_of(request)
    chosen = find_organization(actor, organization)
    set_team(portal.parts(), chosen, name, team.members, actor=actor)
    return {"teams": list_teams(portal.parts(), chosen, actor=actor)}


@router.delete("/{path:name}", response={HTTPStatus.NO_CONTENT: None, **REFUSALS}, summary="Remove a team")
def delete_team(request: HttpRequest, name: str, organization: Slug = None) -> HttpResponse:
    """Remove a team, for administrators; its members keep their records."""
    actor = actor_of(request)
    try:
        remove_team(portal.parts(), find_organization(actor, organization), name, actor=actor)
    except TeamUnknown as unknown:
        return problem(HTTPStatus.NOT_FOUND, str(unknown))
    return HttpResponse(status=HTTPStatus.NO_CONTENT)
