"""The one shape of every error: problem details (RFC 9457), `application/problem+json`."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError

from partner_portal.accounts.policy import NotPermitted, OrganizationUnknown
from partner_portal.accounts.rates import TooManyRequests
from partner_portal.accounts.reauthentication import ReauthenticationNeeded
from partner_portal.bootstrap import portal
from partner_portal.bootstrap.requests import actor_of
from partner_portal.usecases.access_tokens import TokenUnknown
from partner_portal.usecases.audit_log import note_refusal
from partner_portal.usecases.errors import (
    InputRefused,
    LogInsPaused,
    NotConfirmed,
    NotConnected,
    PersonUnknown,
    UseCaseError,
)
from partner_portal.usecases.mapping import MappingError
from partner_portal.usecases.proxy_errors import ProxyBusy, ProxyFailed, ProxyForbidden, ProxyMissing, ProxyRefused
from partner_portal.usecases.proxy_query import EntityUnknown
from partner_portal.usecases.records import DataMoved, MetricUnknown
from partner_portal.usecases.sales_report import QuestionError

MEDIA_TYPE = "application/problem+json"
SERVER_FAULT = "Something went wrong in the portal itself; the log of the server tells more."

Raised = Exception | type[Exception]
Answer = Callable[[HttpRequest, Raised], HttpResponse]

NINJAS_OWN = frozenset({"Unauthorized", "CSRF check Failed"})
"""Texts of django-ninja that name no remedy."""

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


COMMON_DETAILS = {
    HTTPStatus.BAD_REQUEST: "The request cannot be understood, or names a host that the portal does not answer to.",
    HTTPStatus.UNAUTHORIZED: "Nobody is logged in. Log in at /accounts/login/, or send an access token as Bearer.",
    HTTPStatus.FORBIDDEN: "The request carries no valid CSRF token. Send the cookie's value as X-CSRFToken.",
    HTTPStatus.NOT_FOUND: "There is nothing at this address. See /api/v1/openapi.json.",
    HTTPStatus.METHOD_NOT_ALLOWED: "The address does not take this method. See /api/v1/openapi.json.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than 1 MiB.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body must be application/json in UTF-8.",
    HTTPStatus.INTERNAL_SERVER_ERROR: SERVER_FAULT,
}
"""What an error means that says nothing itself."""


def saying(status: HTTPStatus) -> HttpResponse:
    """The answer with the usual words for `status`."""
    return problem(status, COMMON_DETAILS.get(status, f"{status.description or status.phrase}."))


def unknown_address(request: HttpRequest, **_: Any) -> HttpResponse:
    """The answer at an address below the API where there is nothing."""
    return problem(HTTPStatus.NOT_FOUND, f"There is nothing at {request.path}. See /api/v1/openapi.json.")


def explain_errors(api: NinjaAPI) -> None:
    """Let every error of `api` be answered with problem details."""
    said: list[tuple[type[Exception], HTTPStatus]] = [
        (OrganizationUnknown, HTTPStatus.NOT_FOUND),
        (PersonUnknown, HTTPStatus.NOT_FOUND),
        (ReauthenticationNeeded, HTTPStatus.FORBIDDEN),
        (DataMoved, HTTPStatus.CONFLICT),
        (QuestionError, HTTPStatus.UNPROCESSABLE_ENTITY),
        (MappingError, HTTPStatus.UNPROCESSABLE_ENTITY),
        (InputRefused, HTTPStatus.UNPROCESSABLE_ENTITY),
        (NotConfirmed, HTTPStatus.UNPROCESSABLE_ENTITY),
        (NotConnected, HTTPStatus.CONFLICT),
        (UseCaseError, HTTPStatus.CONFLICT),
        (EntityUnknown, HTTPStatus.NOT_FOUND),
        (TokenUnknown, HTTPStatus.NOT_FOUND),
        (ProxyMissing, HTTPStatus.NOT_FOUND),
        (ProxyForbidden, HTTPStatus.FORBIDDEN),
        (ProxyRefused, HTTPStatus.UNPROCESSABLE_ENTITY),
        (ProxyFailed, HTTPStatus.BAD_GATEWAY),
    ]
    for kind, status in said:
        api.add_exception_handler(kind, _saying(status))
    api.add_exception_handler(LogInsPaused, _later(HTTPStatus.TOO_MANY_REQUESTS))
    api.add_exception_handler(TooManyRequests, _later(HTTPStatus.TOO_MANY_REQUESTS))
    api.add_exception_handler(ProxyBusy, _later(HTTPStatus.SERVICE_UNAVAILABLE))
    for unreadable in (SuspiciousOperation, MultiPartParserError):  # the latter where a form is sought for a CSRF token
        api.add_exception_handler(unreadable, lambda _request, _error: saying(HTTPStatus.BAD_REQUEST))
    api.add_exception_handler(RequestDataTooBig, lambda _request, _error: saying(HTTPStatus.REQUEST_ENTITY_TOO_LARGE))
    api.add_exception_handler(NotPermitted, _not_permitted)
    api.add_exception_handler(MetricUnknown, _unknown_metric)
    api.add_exception_handler(Http404, _nothing_there)
    api.add_exception_handler(HttpError, _http_error)
    api.add_exception_handler(ValidationError, _validation)
    api.add_exception_handler(Exception, _fault)


def _saying(status: HTTPStatus) -> Answer:
    def answer(_request: HttpRequest, error: Raised) -> HttpResponse:
        return problem(status, str(error))

    return answer


def _later(status: HTTPStatus) -> Answer:
    def answer(_request: HttpRequest, error: Raised) -> HttpResponse:
        response = problem(status, str(error))
        seconds = error.seconds if isinstance(error, (TooManyRequests, ProxyBusy, LogInsPaused)) else 1
        response["Retry-After"] = str(seconds)
        return response

    return answer


def _not_permitted(request: HttpRequest, error: Raised) -> HttpResponse:
    if isinstance(error, NotPermitted):
        note_refusal(portal.parts(mirror=False), actor_of(request), error)
    return problem(HTTPStatus.FORBIDDEN, str(error))


def _unknown_metric(_request: HttpRequest, error: Raised) -> HttpResponse:
    slug = error.slug if isinstance(error, MetricUnknown) else ""
    return problem(HTTPStatus.NOT_FOUND, f"There is no metric {slug!r}. See /api/v1/metrics.")


def _nothing_there(request: HttpRequest, _error: Raised) -> HttpResponse:
    return unknown_address(request)


def _http_error(_request: HttpRequest, error: Raised) -> HttpResponse:
    if isinstance(error, HttpError) and isinstance(error.__cause__, HttpError):
        error = error.__cause__  # django-ninja hides what its parser says
    if not isinstance(error, HttpError):
        return saying(HTTPStatus.BAD_REQUEST)
    status = HTTPStatus(error.status_code)
    if str(error) in NINJAS_OWN:
        return saying(status)
    return problem(status, f"{str(error).removesuffix('.')}.")


def _validation(_request: HttpRequest, error: Raised) -> HttpResponse:
    first = error.errors[0] if isinstance(error, ValidationError) and error.errors else {}
    way = first.get("loc", ("request",))
    place = ".".join(map(str, way[2:] or way[-1:]))  # past "body" or "query" and the parameter's name
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"{place}: {first.get('msg', 'cannot be used')}.")


def _fault(request: HttpRequest, error: Raised) -> HttpResponse:
    log.error("request failed", path=request.path, exc_info=error)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, SERVER_FAULT)
