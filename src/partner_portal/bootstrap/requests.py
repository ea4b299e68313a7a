"""What happens around every request: its id, its line in the log, its count, the actor behind it."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable
from contextlib import nullcontext

import structlog
from django.http import HttpRequest, HttpResponseBase

from partner_portal.accounts.actor import Actor
from partner_portal.accounts.adapter import client_address
from partner_portal.accounts.models import Person
from partner_portal.bootstrap.headers import add_security_headers
from partner_portal.lib.redaction import STARS, is_secret_name
from partner_portal.lib.remembered import one_look
from partner_portal.usecases.measures import REQUESTS_UNDER_WAY, count_request

STATIC = "/static/"
SAFE = ("GET", "HEAD")
"""Methods that change nothing: what such a request has read once, it need not read again."""
QUIET_PATHS = ("/livez", "/readyz", "/metrics", STATIC)

log = structlog.get_logger(__name__)


class RequestMiddleware:
    """Gives each request an id (its own, or the proxy's), one line in the log, its count, and its answer the headers.

    The id is on every line that is logged meanwhile, and on those of a job that the request asks for; so are the
    person and the organization as soon as they are known.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer `request`."""
        started = time.perf_counter()
        request_id = _request_id(request.headers.get("X-Request-ID", ""))
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            with REQUESTS_UNDER_WAY.track_inprogress(), one_look() if request.method in SAFE else nullcontext():
                response = self._get_response(request)
            _tell(request, response, time.perf_counter() - started)
        finally:
            structlog.contextvars.clear_contextvars()
        response["X-Request-ID"] = request_id
        add_security_headers(response)
        return response


def _tell(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    route = route_of(request)
    count_request(request.method, route, response.status_code, seconds)
    if not request.path.startswith(QUIET_PATHS):
        log.info(
            "request",
            method=request.method,
            path=_path_to_tell(request),
            route=route,
            status=response.status_code,
            ms=round(seconds * 1000, 1),
            address=client_address(request),
        )


def route_of(request: HttpRequest) -> str:
    """The pattern of the URL configuration that matched; "static" for files, "none" where nothing did."""
    if request.resolver_match is not None:
        return f"/{request.resolver_match.route}"
    return "static" if request.path.startswith(STATIC) else "none"


def _path_to_tell(request: HttpRequest) -> str:
    """The path, without what is a secret in it, such as the key of a link that was mailed."""
    path = request.path
    for name, value in (request.resolver_match.kwargs if request.resolver_match else {}).items():
        if name == "key" or is_secret_name(name):
            path = path.replace(str(value), STARS)
    return path


def actor_of(request: HttpRequest) -> Actor:
    """The actor behind a request of somebody logged in or of their token; raises TypeError when there is nobody."""
    if not isinstance(request.user, Person):
        raise TypeError("Nobody is logged in.")
    structlog.contextvars.bind_contextvars(person=request.user.pk)
    return Actor.of(request.user, client_address(request), getattr(request, "access_token", None))


def _request_id(offered: str) -> str:
    return offered if re.fullmatch(r"[0-9A-Za-z-]{8,64}", offered) else uuid.uuid4().hex
