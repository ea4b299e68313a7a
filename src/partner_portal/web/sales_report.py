"""The Sales report, and the report as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from partner_portal.bootstrap.headers import download
from partner_portal.usecases.errors import InputRefused
from partner_portal.usecases.export_report import export_report
from partner_portal.usecases.sales_report import QuestionError
from partner_portal.web.access import Visit, organization_page
from partner_portal.web.frame import HOME
from partner_portal.web.reporting import Reading, show_report_page
from partner_portal.web.view.filters import FilterWrong, read_filters
from partner_portal.web.view.report import report_page


@require_GET
@cache_control(private=True, no_cache=True)
@organization_page
def sales_report(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The report for the filters of the URL."""
    return show_report_page(request, visit, HOME, "web/sales_report.html", report_context)


@require_GET
@organization_page
def report_file(request: HttpRequest, visit: Visit, format_name: str) -> HttpResponse:
    """The report for the filters of the URL as a file."""
    try:
        asked = read_filters(request.GET).asked()
        return download(export_report(visit.parts, visit.organization, format_name, actor=visit.actor, **asked))
    except (FilterWrong, QuestionError, InputRefused) as wrong:
        return HttpResponse(f"{wrong}\n", status=400, content_type="text/plain; charset=utf-8")


def report_context(reading: Reading) -> dict[str, Any]:
    """What a page with the parts of the report prints besides the bar."""
    return {
        "page": report_page(
            reading.document,
            reading.figures,
            reading.filters,
            reading.now,
            week_start=reading.facts.week_start,
            earlier=earlier_days(reading),
        )
    }


def earlier_days(reading: Reading) -> Sequence[Mapping[str, Any]]:
    """The days of the range compared with, from its first on; none without comparison."""
    comparison = reading.document["comparison"]
    if comparison is None:
        return ()
    span = date.fromisoformat(comparison["start"]), date.fromisoformat(comparison["end"])
    days: Sequence[Mapping[str, Any]] = reading.of(reading.filters.of_span(*span).uncompared()).document["by_day"]
    return days
