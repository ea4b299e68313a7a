"""The operations of the JSON API: read the parameters, ask a use case, answer."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from ninja import NinjaAPI, Query, Status
from ninja.security import django_auth

from partner_portal.accounts.policy import Act, find_organization, require
from partner_portal.api.problems import Problem, explain_errors
from partner_portal.api.schemas import Connection, RefreshAnswer, SalesReport
from partner_portal.bootstrap import portal
from partner_portal.bootstrap.requests import actor_of
from partner_portal.usecases.connection_state import connection_state
from partner_portal.usecases.refresh import refresh
from partner_portal.usecases.sales_report import Asked, read_sales_report, sales_report_tag

Slug = Annotated[str | None, Query(description="The organization; may be left out by members of one.")]
Day = Annotated[str | None, Query(description="A local date, YYYY-MM-DD.")]

api = NinjaAPI(
    title="Partner Portal",
    version="1",
    description="Sales reporting over Autotask PSA. Every error is a problem document (RFC 9457).",
    urls_namespace="api",
    docs_url=None,
    auth=django_auth,
)
explain_errors(api)

_problems: dict[Any, Any] = dict.fromkeys(
    (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND), Problem
)


@api.get(
    "/sales-report",
    response={HTTPStatus.OK: SalesReport, HTTPStatus.NOT_MODIFIED: None, **_problems, 422: Problem},
    summary="The sales report",
)
def sales_report(
    request: HttpRequest,
    period: Annotated[str | None, Query(description="A preset such as this_month, or custom.")] = None,
    start: Annotated[str | None, Query(alias="from", description="First local date of a custom period.")] = None,
    end: Annotated[str | None, Query(alias="to", description="Last local date of a custom period.")] = None,
    compare: Annotated[str, Query(description="previous_period, previous_year or none.")] = "previous_period",
    owner: Annotated[str | None, Query(description="Only this resource's numbers, by its Autotask id.")] = None,
    organization: Slug = None,
) -> HttpResponse:
    """Counts, funnel, pipeline and recent activity of a period; answers 304 to a known ETag."""
    actor = actor_of(request)
    chosen = find_organization(actor, organization)
    asked: Asked = {
        "period": period or ("custom" if start or end else "this_month"),
        "start": start,
        "end": end,
        "compare": compare,
        "owner": owner,
    }
    tag = f'"{sales_report_tag(portal.parts(), chosen, actor=actor, **asked)}"'
    response = get_conditional_response(request, etag=tag)
    if response is None:
        document = read_sales_report(portal.parts(), chosen, actor=actor, **asked)
        response = HttpResponse(msgspec.json.encode(document), content_type="application/json")
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Cookie"])
    return response


@api.get("/connection", response={HTTPStatus.OK: Connection, **_problems}, summary="How the connection stands")
def connection(request: HttpRequest, organization: Slug = None) -> dict[str, Any]:
    """State and progress of the connection to Autotask, without its secrets."""
    actor = actor_of(request)
    chosen = find_organization(actor, organization)
    require(actor, Act.SEE_CONNECTION, chosen)
    return connection_state(portal.parts(), chosen).document()


@api.post(
    "/refresh",
    response={HTTPStatus.ACCEPTED: RefreshAnswer, **_problems, HTTPStatus.CONFLICT: Problem},
    summary="Ask for a refresh",
)
def ask_for_refresh(request: HttpRequest, organization: Slug = None) -> Status[dict[str, str]]:
    """Enqueue a sync, unless one is under way or has just ended."""
    actor = actor_of(request)
    answer = refresh(portal.parts(), find_organization(actor, organization), actor)
    return Status(HTTPStatus.ACCEPTED, {"state": answer.state, "message": answer.message})
