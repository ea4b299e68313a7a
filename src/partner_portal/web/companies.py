"""Finding the company that a report is to be narrowed to."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from partner_portal.usecases.choices import MOST_COMPANIES, find_companies
from partner_portal.web.access import Visit, is_partial, organization_page
from partner_portal.web.frame import HOME, frame_of
from partner_portal.web.view.filters import FIELDS, Filters, FilterWrong, read_filters
from partner_portal.web.view.picker import company_choices

OWN = ("q", "at")
"""What this page itself is asked; all else belongs to the page that it leads back to."""


@require_GET
@cache_control(private=True, no_cache=True)
@organization_page
def companies(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Companies whose name contains `q`, each as the link that narrows the page `at` to it; a part for its script."""
    text = request.GET.get("q", "")
    found = find_companies(visit.parts, visit.organization, text, actor=visit.actor)
    try:
        filters = read_filters(request.GET)
    except FilterWrong:
        filters = Filters()
    others = {name: request.GET.get(name, "") for name in request.GET if name not in (*OWN, *FIELDS)}
    context = {
        "title": "Find a company",
        "frame": frame_of(visit, HOME),
        "text": text,
        "to": _path(visit, request.GET),
        "hidden": {**filters.fields(), **others},
        "here_path": visit.address("companies"),
        "found": company_choices(found, filters, others),
        "is_cut": len(found) == MOST_COMPANIES,
    }
    return render(request, "web/companies_found.html" if is_partial(request) else "web/companies.html", context)


def _path(visit: Visit, query: QueryDict) -> str:
    """The path of the page to go back to: one of ours, below the organization's own."""
    asked = urlsplit(query.get("at", ""))
    home = visit.address(HOME)
    is_ours = not asked.netloc and not asked.scheme and asked.path.startswith(home) and "//" not in asked.path
    return asked.path if is_ours else home
