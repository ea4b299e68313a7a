"""How fresh the numbers of an open page are, and Refresh."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST

from partner_portal.usecases.errors import NotConnected
from partner_portal.usecases.refresh import refresh as ask_for_refresh
from partner_portal.usecases.sales_report import QuestionError
from partner_portal.web.access import Visit, go_to, is_partial, organization_page
from partner_portal.web.frame import HOME
from partner_portal.web.reporting import surroundings
from partner_portal.web.view.filters import FilterWrong, read_filters

REPORT_CHANGED = "report-changed"
"""The event that makes an open page ask for its numbers again."""


@require_GET
@cache_control(private=True, no_cache=True)
@organization_page
def freshness(request: HttpRequest, visit: Visit) -> HttpResponse:
    """How fresh the numbers are, for an open page; tells it to ask again when its numbers (`seen`) are outdated."""
    try:
        context = surroundings(visit, read_filters(request.GET), HOME)
    except (FilterWrong, QuestionError):
        return HttpResponse(status=204)
    tag, seen = context["seen"], request.GET.get("seen", "")
    response = render(request, "web/freshness.html", context | {"seen": seen})
    if tag != seen and not context["is_first_sync"]:
        response["HX-Trigger"] = REPORT_CHANGED
    return response


@require_POST
@organization_page
def refresh(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Ask for newer data, then show the page again from which that was asked."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = visit.address(HOME)
    try:
        asked = ask_for_refresh(visit.parts, visit.organization, visit.actor)
    except NotConnected:
        return go_to(request, back)
    if not is_partial(request):
        return go_to(request, back)
    context = surroundings(visit, read_filters(request.GET), HOME, has_just_asked=asked.state != "fresh")
    seen = request.POST.get("seen") or context["seen"]
    return render(request, "web/freshness.html", context | {"seen": seen})
