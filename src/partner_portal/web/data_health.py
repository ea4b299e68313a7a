"""Data health: how fresh, complete and reconciled the data is, what syncs did and spent, and what is unclear."""

from __future__ import annotations

import hashlib
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from partner_portal.accounts.policy import Act, NotPermitted
from partner_portal.usecases.connection_state import FIRST_SYNC, connection_state
from partner_portal.usecases.data_health import read_data_health
from partner_portal.usecases.reconciled import is_reconciled
from partner_portal.usecases.sales_report import read_sales_report
from partner_portal.web.access import Visit, is_partial, organization_page
from partner_portal.web.frame import show
from partner_portal.web.reporting import Reading, connection_notice
from partner_portal.web.view.data_health import health_page
from partner_portal.web.view.figures import Figures
from partner_portal.web.view.filters import Filters
from partner_portal.web.view.freshness import chip, first_sync_steps

PAGE = "data_health"
OFTEN_SECONDS, SELDOM_SECONDS = 2, 30
"""How often an open page asks again: while a sync runs, and else."""


@require_GET
@cache_control(private=True, no_cache=True)
@organization_page
def data_health(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The page. An open one that asks again with what it has (`seen`) is answered 204 while nothing has changed."""
    told = _told(visit)
    seen = hashlib.sha256(msgspec.json.encode(told)).hexdigest()[:32]
    if is_partial(request) and request.GET.get("seen") == seen:
        return HttpResponse(status=204)
    context = {
        **told,
        "seen": seen,
        "pace_seconds": OFTEN_SECONDS if told["chip"].is_refreshing else SELDOM_SECONDS,
        "here": visit.address(PAGE),
        "links": {name: visit.address(name) for name in ("refresh", "connection")},
        "mapping": visit.address("mapping") if visit.may(Act.SET_MAPPING) else "",
    }
    return show(request, visit, PAGE, "web/data_health.html", context)


def _told(visit: Visit) -> dict[str, Any]:
    """All that the page tells and that can change while it is open."""
    now, zone = visit.parts.clock.now(), ZoneInfo(visit.organization.time_zone)
    document = read_data_health(visit.parts, visit.organization, actor=visit.actor)
    state = connection_state(visit.parts, visit.organization)
    figures, refusal = _figures(visit)
    return {
        "page": health_page(document, figures, now, zone),
        "refusal": refusal,
        "chip": chip(state, now, zone, is_reconciled=is_reconciled(visit.parts, visit.organization)),
        "progress": first_sync_steps(state),
        "is_first_sync": state.stage == FIRST_SYNC,
        "connection": connection_notice(visit, state),
    }


def _figures(visit: Visit) -> tuple[Figures | None, str]:
    """This month's figures; else why there are none, as for who is not known in Autotask, or not yet."""
    filters = Filters()
    try:
        month = read_sales_report(visit.parts, visit.organization, actor=visit.actor, **filters.asked())
    except NotPermitted as refusal:
        return None, str(refusal)
    return Reading(visit, filters, month, visit.parts.clock.now()).figures, ""
