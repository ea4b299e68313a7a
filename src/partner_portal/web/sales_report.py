"""The Sales report, its freshness while it is open, and Refresh."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_GET, require_POST

from partner_portal.accounts.models import Membership, Role
from partner_portal.accounts.policy import Act
from partner_portal.organizations.models import Organization
from partner_portal.usecases.connection_state import FIRST_SYNC, NOT_CONNECTED, ConnectionState, connection_state
from partner_portal.usecases.errors import NotConnected
from partner_portal.usecases.refresh import refresh as ask_for_refresh
from partner_portal.usecases.sales_report import Asked, QuestionError, read_sales_report, sales_report_tag
from partner_portal.web.access import Visit, go_to, is_partial, organization_page
from partner_portal.web.frame import HOME, show
from partner_portal.web.view.connection import ROTATION_TONES, rotation
from partner_portal.web.view.filters import Filters, FilterWrong, read_filters
from partner_portal.web.view.freshness import chip, first_sync_steps
from partner_portal.web.view.people import owner_name
from partner_portal.web.view.report import report_page

REPORT_CHANGED = "report-changed"
"""The event that makes an open page ask for its numbers again."""


@require_GET
@cache_control(private=True, no_cache=True)
@organization_page
def sales_report(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The report for the filters of the URL; filters that cannot be used are explained above the default report."""
    filters, problem = Filters(), ""
    try:
        filters = read_filters(request.GET)
        document = read_sales_report(visit.parts, visit.organization, actor=visit.actor, **_asked(filters))
    except (FilterWrong, QuestionError) as wrong:
        filters, problem = Filters(), str(wrong)
        document = read_sales_report(visit.parts, visit.organization, actor=visit.actor)
    owners = _owners(visit, filters, document)
    context = {
        "page": report_page(document, filters, owners, visit.parts.clock.now()),
        "problem": problem,
        **_surroundings(visit, filters),
    }
    response = show(request, visit, HOME, "web/sales_report.html", context, status=400 if problem else 200)
    if is_partial(request) and not request.headers.get("HX-Source", "").endswith("#report"):
        response["HX-Push-Url"] = context["here"]
    return response


@require_GET
@cache_control(private=True, no_cache=True)
@conditional_page
@organization_page
def freshness(request: HttpRequest, visit: Visit) -> HttpResponse:
    """How fresh the numbers are, for an open page; tells it to ask again when its numbers (`seen`) are outdated."""
    try:
        filters = read_filters(request.GET)
        tag = sales_report_tag(visit.parts, visit.organization, actor=visit.actor, **_asked(filters))
    except (FilterWrong, QuestionError):
        return HttpResponse(status=204)
    context = _surroundings(visit, filters)
    seen = request.GET.get("seen", "")
    response = render(request, "web/freshness.html", context | {"seen": seen})
    if tag != seen and not context["is_first_sync"]:
        response["HX-Trigger"] = REPORT_CHANGED
    return response


@require_POST
@organization_page
def refresh(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Ask for newer data, then show the report again."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = visit.address(HOME)
    try:
        asked = ask_for_refresh(visit.parts, visit.organization, visit.actor)
    except NotConnected:
        return go_to(request, back)
    if not is_partial(request):
        return go_to(request, back)
    filters = read_filters(request.GET)
    context = _surroundings(visit, filters, has_just_asked=asked.state != "fresh")
    seen = request.POST.get("seen") or context["seen"]
    return render(request, "web/freshness.html", context | {"seen": seen})


def _asked(filters: Filters) -> Asked:
    return {
        "period": filters.period,
        "start": filters.start.isoformat() if filters.start else None,
        "end": filters.end.isoformat() if filters.end else None,
        "compare": filters.compare,
        "owner": filters.owner_id,
    }


def _surroundings(visit: Visit, filters: Filters, *, has_just_asked: bool = False) -> dict[str, Any]:
    """What page and fragment share: how the connection stands, how fresh the data is, where the links lead."""
    state = connection_state(visit.parts, visit.organization)
    now = visit.parts.clock.now()
    zone = ZoneInfo(visit.organization.time_zone)
    return {
        "chip": chip(state, now, zone, has_just_asked=has_just_asked),
        "progress": first_sync_steps(state),
        "is_first_sync": state.stage == FIRST_SYNC,
        "seen": sales_report_tag(visit.parts, visit.organization, actor=visit.actor, **_asked(filters)),
        "connection": _connection(visit, state),
        "here": visit.address(HOME) + filters.query(),
        "here_path": visit.address(HOME),
        "query": filters.query(),
        "links": {name: visit.address(name) for name in ("refresh", "freshness", "connection")},
    }


def _connection(visit: Visit, state: ConnectionState) -> dict[str, Any]:
    is_connected = state.stage != NOT_CONNECTED
    may_connect = visit.may(Act.CONNECT)
    return {
        "is_connected": is_connected,
        "problem": state.problem,
        "rotation": rotation(state) if may_connect else "",
        "rotation_tone": ROTATION_TONES.get(state.secret_due, ""),
        "may_connect": may_connect,
        "administrators": [] if is_connected or may_connect else administrators_of(visit.organization),
    }


def administrators_of(organization: Organization) -> list[str]:
    """Names of those who may change the connection, for whoever has to ask them."""
    members = Membership.objects.filter(organization=organization, role=Role.ADMINISTRATOR, person__is_active=True)
    return [str(member.person) for member in members.select_related("person").order_by("person__name")]


def _owners(visit: Visit, filters: Filters, document: Mapping[str, Any]) -> Sequence[tuple[int, str]]:
    """Who can be chosen: everybody with a figure in the range, and the one who is chosen."""
    if filters.owner_id is not None:
        everybody = _asked(Filters(filters.period, filters.start, filters.end, compare="none"))
        document = read_sales_report(visit.parts, visit.organization, actor=visit.actor, **everybody)
    owners = {row["owner"]["id"]: owner_name(row["owner"]) for row in document["by_owner"] if row["owner"]}
    if filters.owner_id is not None:
        owners.setdefault(filters.owner_id, owner_name({"id": filters.owner_id, "name": None}))
    return sorted(owners.items(), key=lambda owner: owner[1].casefold())
