"""Activity: what was done with customers in a range."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from partner_portal.accounts.policy import Act
from partner_portal.web.access import Visit, organization_page
from partner_portal.web.reporting import Reading, show_report_page
from partner_portal.web.sales_report import earlier_days
from partner_portal.web.view.activity import activity_page

PAGE = "activity"


@require_GET
@cache_control(private=True, no_cache=True)
@organization_page
def activity(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The activities for the filters of the URL."""
    return show_report_page(request, visit, PAGE, "web/activity.html", _page)


def _page(reading: Reading) -> dict[str, Any]:
    visit = reading.visit
    page = activity_page(
        reading.figures,
        reading.filters,
        reading.now,
        week_start=reading.facts.week_start,
        earlier=earlier_days(reading),
    )
    return {"page": page, "mapping": visit.address("mapping") if visit.may(Act.SEE_MAPPING) else ""}
