"""What log-ins leave behind: an entry in the audit trail for each, whether it succeeded or not."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from partner_portal.accounts.actor import Actor
from partner_portal.accounts.adapter import client_address
from partner_portal.accounts.models import Person
from partner_portal.audit.events import LoggedIn, LoggedOut, LogInFailed
from partner_portal.audit.trail import Result, record
from partner_portal.lib.clock import SystemClock

_clock = SystemClock()


def listen() -> None:
    """Follow Django's signals from now on; asking twice changes nothing."""
    user_logged_in.connect(_logged_in, dispatch_uid="audit.logged_in")
    user_logged_out.connect(_logged_out, dispatch_uid="audit.logged_out")
    user_login_failed.connect(_log_in_failed, dispatch_uid="audit.log_in_failed")


def _logged_in(request: HttpRequest | None, user: Person, **_: Any) -> None:
    record(LoggedIn(), Actor.of(user, client_address(request)), _clock.now())


def _logged_out(request: HttpRequest | None, user: Person | None, **_: Any) -> None:
    if user is not None:
        record(LoggedOut(), Actor.of(user, client_address(request)), _clock.now())


def _log_in_failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    email = str(credentials.get("email") or credentials.get("username") or "")[:254]
    somebody = Actor("somebody", address=client_address(request))
    record(LogInFailed(email), somebody, _clock.now(), result=Result.REFUSED, reason="Address and password do not fit.")
