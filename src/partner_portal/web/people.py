"""Settings > People: who belongs to the organization, as what, and who was asked to join."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from partner_portal.accounts.models import Role
from partner_portal.accounts.policy import Act, require
from partner_portal.accounts.second_factor import has_second_factor
from partner_portal.reports.question import id_from
from partner_portal.usecases.errors import InputRefused, MailNotSent, PersonUnknown
from partner_portal.usecases.invitations import invite_person, withdraw_invitation
from partner_portal.usecases.people import (
    BY_ADDRESS,
    NO_RESOURCE,
    Wishes,
    change_person,
    list_people,
    list_resources,
    remove_person,
    set_people_rules,
)
from partner_portal.web.access import Visit, go_to, organization_page
from partner_portal.web.frame import show
from partner_portal.web.reauthentication import confirmation
from partner_portal.web.view.members import invitation_rows, member_rows

PAGE = "people"


@require_http_methods(["GET", "POST"])
@cache_control(private=True, no_store=True)
@organization_page
def people(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the people; on POST do what `act` says: invite, withdraw, change, rest, wake, remove, or rules."""
    require(visit.actor, Act.SEE_PEOPLE, visit.organization)
    if request.method == "GET":
        return _page(request, visit)
    if answer := confirmation(request):
        return answer
    try:
        said = _act(request, visit)
    except (InputRefused, MailNotSent, PersonUnknown) as refused:
        return _page(request, visit, problem=str(refused), status=422)
    messages.success(request, said)
    return go_to(request, visit.address(PAGE))


def _act(request: HttpRequest, visit: Visit) -> str:
    """Do what the form asks for, and tell it in a sentence."""
    parts, organization, actor, posted = visit.parts, visit.organization, visit.actor, request.POST
    act = posted.get("act", "")
    if act == "invite":
        email, role = posted.get("email", ""), posted.get("role", "")
        invited = invite_person(parts, organization, email=email, role=role, name=posted.get("name", ""), actor=actor)
        return f"An invitation was sent to {invited.email}."
    if act == "rules":
        shows, requires = (posted.get(rule) == "on" for rule in ("shows_team_totals", "requires_mfa"))
        set_people_rules(parts, organization, shows_team_totals=shows, requires_mfa=requires, actor=actor)
        return "The rules were saved."
    number = id_from(posted.get("id", ""))
    if number is None:
        raise InputRefused("id", "It is not clear who is meant. Load the list of people again.")
    if act == "withdraw":
        withdraw_invitation(parts, organization, number, actor=actor)
        return "The invitation is not good any more."
    if act == "remove":
        remove_person(parts, organization, number, actor=actor)
        return "The person was removed."
    if act in {"rest", "wake"}:
        change_person(parts, organization, number, Wishes(is_active=act == "wake"), actor=actor)
        return "The person is active again." if act == "wake" else "The person was deactivated and is logged out."
    change_person(
        parts, organization, number, Wishes(posted.get("role"), _resource(posted.get("resource"))), actor=actor
    )
    return "The change was saved."


def _resource(chosen: str | None) -> int | str | None:
    return chosen if chosen in {None, NO_RESOURCE, BY_ADDRESS} else id_from(chosen or "") or chosen


def _page(request: HttpRequest, visit: Visit, *, problem: str = "", status: int = 200) -> HttpResponse:
    found = list_people(visit.parts, visit.organization, actor=visit.actor)
    resources = list_resources(visit.parts, visit.organization, actor=visit.actor)
    person, organization = visit.actor.person, visit.organization
    context: dict[str, Any] = {
        "problem": problem,
        "members": member_rows(found["people"], resources, visit.actor.name),
        "invitations": invitation_rows(found["invitations"], visit.parts.clock.now(), ZoneInfo(organization.time_zone)),
        "shows_team_totals": found["shows_team_totals"],
        "requires_mfa": found["requires_mfa"],
        "lacks_second_factor": person is not None and not has_second_factor(person),
        "roles": Role.choices,
        "here": visit.address(PAGE),
    }
    return show(request, visit, PAGE, "web/people.html", context, status=status)
