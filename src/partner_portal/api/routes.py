"""The operations of the JSON API: read the parameters, ask a use case, answer."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import parse_etags
from ninja import NinjaAPI, Query, Status
from ninja.security import django_auth

from partner_portal.accounts.policy import Act, find_organization, require
from partner_portal.api.catalogue import router as metrics_router
from partner_portal.api.export import router as export_router
from partner_portal.api.mapping import router as mapping_router
from partner_portal.api.parameters import ReportParameters, Slug
from partner_portal.api.problems import REFUSALS, Problem, explain_errors
from partner_portal.api.records import router as records_router
from partner_portal.api.schemas import Connection, RefreshAnswer, SalesReport
from partner_portal.api.teams import router as teams_router
from partner_portal.bootstrap import portal
from partner_portal.bootstrap.requests import actor_of
from partner_portal.usecases.connection_state import connection_state
from partner_portal.usecases.refresh import refresh
from partner_portal.usecases.sales_report import tagged_sales_report

api = NinjaAPI(
    title="Partner Portal",
    version="1",
    description="Sales reporting over Autotask PSA. Every error is a problem document (RFC 9457).",
    urls_namespace="api",
    docs_url=None,
    auth=django_auth,
)
explain_errors(api)
api.add_router("/mapping", mapping_router)
api.add_router("/export", export_router)
api.add_router("/records", records_router)
api.add_router("/metrics", metrics_router)
api.add_router("/teams", teams_router)


@api.get(
    "/sales-report",
    response={HTTPStatus.OK: SalesReport, HTTPStatus.NOT_MODIFIED: None, **REFUSALS, 422: Problem},
    summary="The sales report",
)
def sales_report(
    request: HttpRequest,
    parameters: Query[ReportParameters],
    organization: Slug = None,
) -> HttpResponse:
    """Counts, funnel, pipeline and recent activity of a period; answers 304 to a known ETag."""
    actor = actor_of(request)
    chosen = find_organization(actor, organization)
    held = [tag.strip('"') for tag in parse_etags(request.headers.get("If-None-Match", ""))]
    report = tagged_sales_report(portal.parts(), chosen, held=held, actor=actor, **parameters.asked())
    tag = f'"{report.tag}"'
    response = get_conditional_response(request, etag=tag)
    if response is None:
        response = HttpResponse(report.content, content_type="application/json")
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Cookie"])
    return response


@api.get("/connection", response={HTTPStatus.OK: Connection, **REFUSALS}, summary="How the connection stands")
def connection(request: HttpRequest, organization: Slug = None) -> dict[str, Any]:
    """State and progress of the connection to Autotask, without its secrets."""
    actor = actor_of(request)
    chosen = find_organization(actor, organization)
    require(actor, Act.SEE_CONNECTION, chosen)
    return connection_state(portal.parts(), chosen).document()


@api.post(
    "/refresh",
    response={HTTPStatus.ACCEPTED: RefreshAnswer, **REFUSALS, HTTPStatus.CONFLICT: Problem},
    summary="Ask for a refresh",
)
def ask_for_refresh(request: HttpRequest, organization: Slug = None) -> Status[dict[str, str]]:
    """Enqueue a sync, unless one is under way or has just ended."""
    actor = actor_of(request)
    answer = refresh(portal.parts(), find_organization(actor, organization), actor)
    return Status(HTTPStatus.ACCEPTED, {"state": answer.state, "message": answer.message})
