"""Addresses for monitoring: alive, ready, metrics."""

from __future__ import annotations

import prometheus_client
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from partner_portal.accounts.adapter import client_address
from partner_portal.bootstrap import portal
from partner_portal.bootstrap.jobs import at_work
from partner_portal.usecases.health import database_problem, measure_organizations, measure_queue, warehouse_problem

UNAVAILABLE = 503


@require_safe
def livez(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """Whether database, warehouse and jobs can be used: 200 when all can, else 503."""
    problems = {
        "database": database_problem(),
        "warehouse": warehouse_problem(portal.parts()),
        "jobs": None if at_work.is_set() else "not running",
    }
    told = {part: problem or "ok" for part, problem in problems.items()}
    return JsonResponse(told, status=UNAVAILABLE if any(problems.values()) else 200)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The measures in the Prometheus format, for permitted addresses; nothing is here for others."""
    if not _may_read_metrics(request):
        raise Http404
    parts = portal.parts()
    measure_organizations(parts)
    measure_queue(parts)
    return HttpResponse(prometheus_client.generate_latest(), content_type=prometheus_client.CONTENT_TYPE_LATEST)


def _may_read_metrics(request: HttpRequest) -> bool:
    # forwarded by a proxy that nobody declared: the address is the proxy's, and says nothing
    if "X-Forwarded-For" in request.headers and not settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        return False
    return client_address(request) in settings.PORTAL_METRICS_ADDRESSES
