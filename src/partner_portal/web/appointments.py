"""Appointments: a calendar of the range, and what comes next."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from partner_portal.web.access import Visit, organization_page
from partner_portal.web.reporting import Reading, show_report_page
from partner_portal.web.view.appointments import appointments_page
from partner_portal.web.view.month import chosen_month

PAGE = "appointments"


@require_GET
@cache_control(private=True, no_cache=True)
@organization_page
def appointments(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The appointments for the filters of the URL, and the `month` of it that is shown."""
    asked = request.GET.get("month", "")

    def make(reading: Reading) -> dict[str, Any]:
        return _page(reading, asked)

    return show_report_page(request, visit, PAGE, "web/appointments.html", make)


def _page(reading: Reading, asked: str) -> dict[str, Any]:
    page = appointments_page(
        reading.figures, reading.filters, reading.now, month=asked, week_start=reading.facts.week_start
    )
    fields = {**reading.filters.fields(), **chosen_month(asked)}
    here = reading.visit.address(PAGE) + (f"?{urlencode(fields)}" if fields else "")
    # an open page that asks for newer numbers stays at its month
    return {"page": page, "here": here}
