"""The operations of the JSON API: read the parameters, ask a use case, answer."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags
from ninja import Query, Status

from partner_portal.accounts.policy import find_organization
from partner_portal.accounts.tokens import Scope
from partner_portal.api.catalogue import router as metrics_router
from partner_portal.api.connection import router as connection_router
from partner_portal.api.data_health import router as data_health_router
from partner_portal.api.description import PortalApi
from partner_portal.api.entrance import SESSION_ONLY, open_to
from partner_portal.api.export import router as export_router
from partner_portal.api.mapping import router as mapping_router
from partner_portal.api.parameters import ReportParameters, Slug
from partner_portal.api.people import router as people_router
from partner_portal.api.problems import REFUSALS, Problem, explain_errors
from partner_portal.api.proxy import router as proxy_router
from partner_portal.api.reading import StrictParser
from partner_portal.api.records import router as records_router
from partner_portal.api.schemas import RefreshAnswer, SalesReport
from partner_portal.api.teams import router as teams_router
from partner_portal.api.tokens import router as tokens_router
from partner_portal.bootstrap import portal
from partner_portal.bootstrap.repeats import let_repeat
from partner_portal.bootstrap.requests import actor_of
from partner_portal.usecases.refresh import refresh
from partner_portal.usecases.sales_report import tagged_sales_report

api = PortalApi(
    title="Partner Portal",
    version="1",
    description="Sales reporting over Autotask PSA. Every error is a problem document (RFC 9457).",
    urls_namespace="api",
    docs_url=None,
    auth=SESSION_ONLY,
    parser=StrictParser(),
    servers=[{"url": "/"}],
)
explain_errors(api)
api.add_router("/connection", connection_router)
api.add_router("/mapping", mapping_router)
api.add_router("/data-health", data_health_router)
api.add_router("/export", export_router)
api.add_router("/records", records_router)
api.add_router("/metrics", metrics_router)
api.add_router("/teams", teams_router)
api.add_router("/people", people_router)
api.add_router("/tokens", tokens_router)
api.add_router("/autotask", proxy_router)


@api.get(
    "/sales-report",
    response={HTTPStatus.OK: SalesReport, HTTPStatus.NOT_MODIFIED: None, **REFUSALS, 422: Problem},
    summary="The sales report",
    by_alias=True,
    auth=open_to(Scope.REPORT),
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
    response = HttpResponse(report.content or b"", content_type="application/json")
    response["ETag"] = f'"{report.tag}"'  # by which `ApiGuard` answers 304
    let_repeat(request)
    return response


@api.post(
    "/refresh",
    response={HTTPStatus.ACCEPTED: RefreshAnswer, **REFUSALS, HTTPStatus.CONFLICT: Problem},
    summary="Ask for a refresh",
    auth=open_to(Scope.REFRESH),
)
def ask_for_refresh(request: HttpRequest, organization: Slug = None) -> Status[dict[str, str]]:
    """Enqueue a sync, unless one is under way or has just ended."""
    actor = actor_of(request)
    answer = refresh(portal.parts(), find_organization(actor, organization), actor)
    return Status(HTTPStatus.ACCEPTED, {"state": answer.state, "message": answer.message})
