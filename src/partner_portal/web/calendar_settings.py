"""Settings > Calendar: time zone, currency, and when weeks and years begin, tried before they are saved."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from partner_portal.accounts.policy import Act, require
from partner_portal.reports.question import id_from
from partner_portal.usecases.change_calendar import CalendarWishes, change_calendar, check_calendar
from partner_portal.usecases.errors import InputRefused
from partner_portal.web.access import Visit, go_to, organization_page
from partner_portal.web.frame import show
from partner_portal.web.view.calendar_settings import calendar_view

PAGE = "calendar"


@require_http_methods(["GET", "POST"])
@cache_control(private=True, no_store=True)
@organization_page
def calendar(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the calendar; on POST do what `action` says: save, or preview."""
    require(visit.actor, Act.READ_REPORT, visit.organization)
    if request.method == "GET":
        return _page(request, visit, CalendarWishes())
    require(visit.actor, Act.SET_CALENDAR, visit.organization)
    wishes = CalendarWishes()
    try:
        wishes = _wishes(request)
        if request.POST.get("action") == "save":
            change_calendar(visit.parts, visit.organization, wishes, actor=visit.actor)
            messages.success(request, "The calendar was saved. Every report follows it from now on.")
            return go_to(request, visit.address(PAGE))
        check_calendar(visit.organization, wishes)
    except InputRefused as refused:
        return _page(request, visit, wishes, problem=str(refused))
    return _page(request, visit, wishes)


def _wishes(request: HttpRequest) -> CalendarWishes:
    posted = request.POST
    return CalendarWishes(
        time_zone=posted.get("time_zone"),
        currency=posted["currency"].strip().upper() if "currency" in posted else None,
        week_start=_number(request, "week_start"),
        fiscal_year_start=_number(request, "fiscal_year_start"),
    )


def _number(request: HttpRequest, name: str) -> int | None:
    if name not in request.POST:
        return None
    number = id_from(request.POST[name])
    if number is None:
        raise InputRefused(name, f"{name.replace('_', ' ').capitalize()}: choose one of those in the list.")
    return number


def _page(request: HttpRequest, visit: Visit, wishes: CalendarWishes, *, problem: str = "") -> HttpResponse:
    context: dict[str, Any] = {
        "calendar": calendar_view(visit.organization, wishes, visit.parts.clock.now(), is_usable=not problem),
        "may_set": visit.may(Act.SET_CALENDAR),
        "problem": problem,
        "here": visit.address(PAGE),
    }
    return show(request, visit, PAGE, "web/calendar.html", context, status=422 if problem else 200)
