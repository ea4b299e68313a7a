"""The Pipeline: the funnel, what is open, how it moved in a range, and why deals ended."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from partner_portal.web.access import Visit, organization_page
from partner_portal.web.reporting import Reading, show_report_page
from partner_portal.web.view.pipeline import pipeline_page


@require_GET
@cache_control(private=True, no_cache=True)
@organization_page
def pipeline(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The pipeline for the filters of the URL."""
    return show_report_page(request, visit, "pipeline", "web/pipeline.html", _page)


def _page(reading: Reading) -> dict[str, Any]:
    return {"page": pipeline_page(reading.figures, reading.now)}
