"""The report by person: everybody in one table, and a page for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from partner_portal.reports.heading import NOBODY
from partner_portal.reports.question import id_from
from partner_portal.usecases.names import resource_names
from partner_portal.usecases.sales_report import QuestionError
from partner_portal.web.access import Visit, organization_page
from partner_portal.web.frame import show
from partner_portal.web.reporting import Reading, show_report_page
from partner_portal.web.sales_report import report_context
from partner_portal.web.view.owner import owner_page
from partner_portal.web.view.owners import owners_page, read_order

PAGE, OWN_PAGE = "owners", "owner"
KEPT = ("period", "from", "to", "compare", "team", "company", "category")
"""The filters that lead on from one person to another."""


@require_GET
@cache_control(private=True, no_cache=True)
@organization_page
def owners(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Everybody with a figure in the range of the URL. Who is chosen in the bar has an own page."""
    chosen = _owner(request.GET.get("owner", ""))
    if chosen is not None:
        return redirect(visit.address(OWN_PAGE, owner=chosen) + _without_owner(request))
    return show_report_page(request, visit, PAGE, "web/owners.html", _everybody(request.GET))


@require_GET
@cache_control(private=True, no_cache=True)
@organization_page
def owner(request: HttpRequest, visit: Visit, owner: str) -> HttpResponse:
    """The report of one person, or of what nobody owns. Who is chosen in the bar instead has an own page, too."""
    person = _owner(owner)
    if person is None:
        return _unknown(request, visit)
    asked = request.GET.get("owner", owner).strip()
    if not asked:
        return redirect(visit.address(PAGE) + _without_owner(request))
    chosen = _owner(asked)
    if chosen not in {None, person}:
        return redirect(visit.address(OWN_PAGE, owner=chosen) + _without_owner(request))
    try:
        return show_report_page(request, visit, PAGE, "web/owner.html", partial(_one, person), owner=person)
    except QuestionError:  # there is no report of this person, not even the default one
        return _unknown(request, visit)


def _owner(text: str) -> int | str | None:
    """The owner that a part of the address names; None where it names none."""
    return NOBODY if text.strip() == NOBODY else id_from(text.strip())


def _without_owner(request: HttpRequest) -> str:
    """The filters of the request but the owner, as a query string."""
    query = {name: request.GET[name] for name in KEPT if request.GET.get(name)}
    return f"?{urlencode(query)}" if query else ""


def _everybody(query: Mapping[str, str]) -> Callable[[Reading], dict[str, Any]]:
    """What the page of all prints, in the order and with the chart that `query` asks for."""

    def make(reading: Reading) -> dict[str, Any]:
        page = owners_page(reading.figures, reading.filters, read_order(query), query.get("chart", ""))
        return {
            "page": page,
            "carried": page.carried,
            "here": reading.visit.address(PAGE) + page.here,
        }

    return make


def _one(person: int | str, reading: Reading) -> dict[str, Any]:
    """What the page of `person`, an id or `nobody`, prints."""
    visit = reading.visit
    whole = replace(reading.filters, owner=None)
    everybody = reading.of(whole.uncompared()).document
    known = resource_names(visit.parts, visit.organization).get(person) if isinstance(person, int) else None
    page = owner_page(reading.figures, everybody, person, known)
    path = visit.address(OWN_PAGE, owner=person)
    return {
        **report_context(reading),
        "person": page,
        "title": page.name,
        "heading": page.name,
        "here": path + whole.query(),
        "here_path": path,
        "range_query": whole.query(),
    }


def _unknown(request: HttpRequest, visit: Visit) -> HttpResponse:
    context = {"title": "Nobody has this number", "everybody": visit.address(PAGE) + _without_owner(request)}
    return show(request, visit, PAGE, "web/owner_unknown.html", context, status=404)
