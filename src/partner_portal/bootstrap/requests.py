"""What happens around every request: its id, its line in the log, its count, the actor behind it."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponseBase

from partner_portal.accounts.actor import Actor
from partner_portal.accounts.adapter import client_address
from partner_portal.accounts.models import Person
from partner_portal.usecases.measures import REQUEST_SECONDS, REQUESTS

PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
QUIET_PATHS = ("/livez", "/readyz", "/metrics", "/static/")

log = structlog.get_logger(__name__)


class RequestMiddleware:
    """Gives each request an id (its own, or the proxy's), logs one line for it, and counts it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer `request`."""
        started = time.perf_counter()
        request_id = _request_id(request.headers.get("X-Request-ID", ""))
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self._get_response(request)
            seconds = time.perf_counter() - started
            method = request.method if request.method in METHODS else "other"
            REQUESTS.labels(method, response.status_code).inc()
            REQUEST_SECONDS.observe(seconds)
            if not request.path.startswith(QUIET_PATHS):
                milliseconds = round(seconds * 1000, 1)
                log.info(
                    "request", method=request.method, path=request.path, status=response.status_code, ms=milliseconds
                )
        response["X-Request-ID"] = request_id
        response.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response


def actor_of(request: HttpRequest) -> Actor:
    """The actor behind a logged-in request; raises TypeError when nobody is logged in."""
    if not isinstance(request.user, Person):
        raise TypeError("Nobody is logged in.")
    return Actor.of(request.user, client_address(request))


def _request_id(offered: str) -> str:
    return offered if re.fullmatch(r"[0-9A-Za-z-]{8,64}", offered) else uuid.uuid4().hex
