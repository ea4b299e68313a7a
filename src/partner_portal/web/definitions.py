"""Definitions: what every figure means, from the catalogue that the figures are made with."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from partner_portal.reports.catalogue import CATALOGUE
from partner_portal.web.access import Visit, organization_page
from partner_portal.web.frame import show


@require_GET
@cache_control(private=True, no_cache=True)
@organization_page
def definitions(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The list of all metrics."""
    return show(request, visit, "definitions", "web/definitions.html", {"metrics": CATALOGUE})
