"""The one shape of every error: problem details (RFC 9457), `application/problem+json`."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError

from partner_portal.accounts.policy import NotPermitted, OrganizationUnknown
from partner_portal.usecases.errors import InputRefused, NotConnected, UseCaseError
from partner_portal.usecases.mapping import MappingError
from partner_portal.usecases.records import DataMoved, MetricUnknown
from partner_portal.usecases.sales_report import QuestionError

MEDIA_TYPE = "application/problem+json"
SERVER_FAULT = "Something went wrong in the portal itself; the log of the server tells more."

Raised = Exception | type[Exception]
Answer = Callable[[HttpRequest, Raised], HttpResponse]

log = structlog.get_logger(__name__)


class Problem(Schema):
    """What went wrong. `detail` is one line with its remedy, fit to be shown."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


REFUSALS: dict[Any, Any] = dict.fromkeys((HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND), Problem)
"""What every operation may answer instead of what was asked for."""


def problem(status: HTTPStatus, detail: str) -> HttpResponse:
    """The answer that says what went wrong."""
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    response = HttpResponse(msgspec.json.encode(body), status=status, content_type=MEDIA_TYPE)
    response["Cache-Control"] = "no-store"
    return response


def unknown_address(request: HttpRequest, **_: Any) -> HttpResponse:
    """The answer at an address below the API where there is nothing."""
    return problem(HTTPStatus.NOT_FOUND, f"There is nothing at {request.path}. See /api/v1/openapi.json.")


def explain_errors(api: NinjaAPI) -> None:
    """Let every error of `api` be answered with problem details."""
    said: list[tuple[type[Exception], HTTPStatus]] = [
        (OrganizationUnknown, HTTPStatus.NOT_FOUND),
        (NotPermitted, HTTPStatus.FORBIDDEN),
        (DataMoved, HTTPStatus.CONFLICT),
        (QuestionError, HTTPStatus.UNPROCESSABLE_ENTITY),
        (MappingError, HTTPStatus.UNPROCESSABLE_ENTITY),
        (InputRefused, HTTPStatus.UNPROCESSABLE_ENTITY),
        (NotConnected, HTTPStatus.CONFLICT),
        (UseCaseError, HTTPStatus.CONFLICT),
    ]
    for kind, status in said:
        api.add_exception_handler(kind, _saying(status))
    api.add_exception_handler(MetricUnknown, _unknown_metric)
    api.add_exception_handler(Http404, _nothing_there)
    api.add_exception_handler(HttpError, _http_error)
    api.add_exception_handler(ValidationError, _validation)
    api.add_exception_handler(Exception, _fault)


def _saying(status: HTTPStatus) -> Answer:
    def answer(_request: HttpRequest, error: Raised) -> HttpResponse:
        return problem(status, str(error))

    return answer


def _unknown_metric(_request: HttpRequest, error: Raised) -> HttpResponse:
    slug = error.slug if isinstance(error, MetricUnknown) else ""
    return problem(HTTPStatus.NOT_FOUND, f"There is no metric {slug!r}. See /api/v1/metrics.")


def _nothing_there(request: HttpRequest, _error: Raised) -> HttpResponse:
    return unknown_address(request)


def _http_error(_request: HttpRequest, error: Raised) -> HttpResponse:
    status = HTTPStatus(error.status_code) if isinstance(error, HttpError) else HTTPStatus.BAD_REQUEST
    details = {
        HTTPStatus.UNAUTHORIZED: "Nobody is logged in. Log in at /accounts/login/ and send the session's cookie.",
        HTTPStatus.FORBIDDEN: "The request carries no valid CSRF token. Send the cookie's value as X-CSRFToken.",
    }
    return problem(status, details.get(status, f"{error}."))


def _validation(_request: HttpRequest, error: Raised) -> HttpResponse:
    first = error.errors[0] if isinstance(error, ValidationError) and error.errors else {}
    way = first.get("loc", ("request",))
    place = ".".join(map(str, way[2:] or way[-1:]))  # past "body" or "query" and the parameter's name
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"{place}: {first.get('msg', 'cannot be used')}.")


def _fault(request: HttpRequest, error: Raised) -> HttpResponse:
    log.error("request failed", path=request.path, exc_info=error)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, SERVER_FAULT)
