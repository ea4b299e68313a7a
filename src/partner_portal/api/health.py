"""Addresses for monitoring: alive, ready, metrics."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from partner_portal.accounts.adapter import client_address
from partner_portal.bootstrap import portal
from partner_portal.bootstrap.jobs import jobs_problem
from partner_portal.usecases.exposition import CONTENT_TYPE, exposition
from partner_portal.usecases.health import problems_of

UNAVAILABLE = 503


@require_safe
def livez(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """Whether database, warehouse, jobs and the other processes can be used: 200 when all can, else 503."""
    problems = problems_of(portal.parts(), jobs_problem())
    told = {part: problem or "ok" for part, problem in problems.items()}
    return JsonResponse(told, status=UNAVAILABLE if any(problems.values()) else 200)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The measures in the Prometheus format, for permitted addresses; nothing is here for others."""
    if not _may_read_metrics(request):
        raise Http404
    return HttpResponse(exposition(portal.parts()), content_type=CONTENT_TYPE)


def _may_read_metrics(request: HttpRequest) -> bool:
    # forwarded by a proxy that nobody declared: the address is the proxy's, and says nothing
    if "X-Forwarded-For" in request.headers and not settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        return False
    return client_address(request) in settings.PORTAL_METRICS_ADDRESSES
