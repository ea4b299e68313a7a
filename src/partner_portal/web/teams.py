"""Settings > Teams: which resources are read together."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from partner_portal.accounts.policy import Act, require
from partner_portal.reports.question import id_from
from partner_portal.usecases.errors import InputRefused
from partner_portal.usecases.teams import TeamUnknown, describe_teams, remove_team, set_team
from partner_portal.web.access import Visit, go_to, organization_page
from partner_portal.web.frame import HOME, show
from partner_portal.web.view.teams import TeamForm, team_form, team_rows

PAGE = "teams"


@require_http_methods(["GET", "POST"])
@cache_control(private=True, no_store=True)
@organization_page
def teams(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the teams, and the form of the one that `team` in the URL names or of a new one.

    On POST do what `act` says: add, change, or remove.
    """
    described = describe_teams(visit.parts, visit.organization, actor=visit.actor)
    if request.method == "GET":
        return _page(request, visit, described, team_form(described, request.GET.get("team", "")))
    require(visit.actor, Act.SET_TEAMS, visit.organization)
    try:
        said = _act(request, visit)
    except (InputRefused, TeamUnknown) as refused:
        members = {number for text in request.POST.getlist("member") if (number := id_from(text)) is not None}
        changed = request.POST.get("name", "") if request.POST.get("act") == "change" else ""
        form = team_form(described, changed, entered=request.POST.get("name", ""), members=members)
        return _page(request, visit, described, form, problem=str(refused), status=422)
    messages.success(request, said)
    return go_to(request, visit.address(PAGE))


def _act(request: HttpRequest, visit: Visit) -> str:
    """Do what the form asks for, and tell it in a sentence."""
    name, act = request.POST.get("name", ""), request.POST.get("act", "")
    if act == "remove":
        remove_team(visit.parts, visit.organization, name, actor=visit.actor)
        return f"The team {name} was removed. Its members keep their records."
    if act not in {"add", "change"}:
        raise InputRefused("act", "It is not clear what shall be done. Load the list of teams again.")
    members = [number for text in request.POST.getlist("member") if (number := id_from(text)) is not None]
    set_team(visit.parts, visit.organization, name, members, must_be_new=act == "add", actor=visit.actor)
    return f"The team {name.strip()} was saved."


def _page(
    request: HttpRequest,
    visit: Visit,
    described: dict[str, Any],
    form: TeamForm,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    here = visit.address(PAGE)
    context: dict[str, Any] = {
        "problem": problem,
        "teams": team_rows(described, here, visit.address(HOME)),
        "form": form,
        "may_set": visit.may(Act.SET_TEAMS),
        "here": here,
        "links": {"connection": visit.address("connection")},
    }
    return show(request, visit, PAGE, "web/teams.html", context, status=status)
