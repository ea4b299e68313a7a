"""How long a session lasts: ended after a time without activity, and at the latest after a fixed time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponseBase

from partner_portal.lib.clock import Clock, SystemClock
from partner_portal.usecases.sign_in import session_expired

BEGAN_AT = "began_at"
SEEN_AT = "seen_at"
STEP_SECONDS = 60
"""Activity is noted once in this time, so that most requests write nothing."""
HEARTBEATS = ("/freshness/", "/livez", "/readyz")
"""Ends of addresses that an open page asks for by itself, which is no activity of a person."""

clock: Clock = SystemClock()


class SessionLimits:
    """Logs out whose session is over before any page sees the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer `request`."""
        if request.COOKIES.get(settings.SESSION_COOKIE_NAME) and request.user.is_authenticated:
            _hold_to_limits(request)
        return self._get_response(request)


def listen() -> None:
    """Let every session know when it began."""
    user_logged_in.connect(_begin, dispatch_uid="session_limits.begin")


def _begin(request: HttpRequest | None = None, **_: Any) -> None:
    if request is not None:
        request.session[BEGAN_AT] = request.session[SEEN_AT] = clock.now().timestamp()


def _hold_to_limits(request: HttpRequest) -> None:
    now = clock.now().timestamp()
    began, seen = request.session.get(BEGAN_AT, 0), request.session.get(SEEN_AT, 0)
    if now - began >= settings.PORTAL_SESSION_SECONDS:
        _end(request, "lasted too long")
    elif now - seen >= settings.PORTAL_SESSION_IDLE_SECONDS:
        _end(request, "without activity")
    elif now - seen >= STEP_SECONDS and not request.path.endswith(HEARTBEATS):
        request.session[SEEN_AT] = now
        UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=clock.now())


def _end(request: HttpRequest, reason: str) -> None:
    session_expired(request, reason)
    request.session.flush()
    request.user = AnonymousUser()
