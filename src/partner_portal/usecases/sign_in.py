"""What log-ins leave behind: an entry in the audit trail for each, whether it succeeded or not."""

from __future__ import annotations

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.signals import authentication_step_completed
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from partner_portal.accounts.actor import Actor
from partner_portal.accounts.adapter import client_address, reset_asked
from partner_portal.accounts.models import Person
from partner_portal.accounts.openid import openid_refused
from partner_portal.audit.account_events import (
    IdentityConfirmed,
    LoggedIn,
    LoggedOut,
    LogInFailed,
    OpenIdRefused,
    PasswordResetAsked,
    SessionExpired,
)
from partner_portal.audit.trail import Result, record
from partner_portal.lib.clock import SystemClock
from partner_portal.usecases.measures import LOGIN_FAILURES

_clock = SystemClock()


def listen() -> None:
    """Follow the signals of Django and django-allauth from now on; asking twice changes nothing."""
    user_logged_in.connect(_logged_in, dispatch_uid="audit.logged_in")
    user_logged_out.connect(_logged_out, dispatch_uid="audit.logged_out")
    user_login_failed.connect(_log_in_failed, dispatch_uid="audit.log_in_failed")
    authentication_step_completed.connect(_confirmed, dispatch_uid="audit.identity_confirmed")
    openid_refused.connect(_openid_refused, dispatch_uid="audit.openid_refused")
    reset_asked.connect(_reset_asked, dispatch_uid="audit.reset_asked")


def session_expired(request: HttpRequest, reason: str) -> None:
    """Write down that the limits of sessions ended the one of `request`, and why."""
    if isinstance(request.user, Person):
        who = Actor.of(request.user, client_address(request))
        record(SessionExpired(), who, _clock.now(), reason=f"The session {reason}.")


def _logged_in(request: HttpRequest | None, user: Person, **_: Any) -> None:
    proofs = get_authentication_records(request, user) if request else []
    methods = [str(proof.get("type") or proof["method"]) for proof in proofs]
    record(LoggedIn(methods), Actor.of(user, client_address(request)), _clock.now())


def _logged_out(request: HttpRequest | None, user: Person | None, **_: Any) -> None:
    if user is not None:
        record(LoggedOut(), Actor.of(user, client_address(request)), _clock.now())


def _log_in_failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    LOGIN_FAILURES.inc()
    email = str(credentials.get("email") or credentials.get("username") or "")[:254]
    record(
        LogInFailed(email),
        _somebody(request, email),
        _clock.now(),
        result=Result.REFUSED,
        reason="Address and password do not fit.",
    )


def _confirmed(request: HttpRequest, user: Person, method: str, **told: Any) -> None:
    if told.get("reauthenticated"):
        event = IdentityConfirmed(str(told.get("type") or method))
        record(event, Actor.of(user, client_address(request)), _clock.now())


def _openid_refused(request: HttpRequest, reason: str, email: str, **_: Any) -> None:
    record(OpenIdRefused(email[:254]), _somebody(request, email), _clock.now(), result=Result.REFUSED, reason=reason)


def _reset_asked(request: HttpRequest, email: str, **_: Any) -> None:
    record(PasswordResetAsked(email[:254]), _somebody(request, email), _clock.now())


def _somebody(request: HttpRequest | None, email: str = "") -> Actor:
    """Nobody knows who asks. The entry is one of the account with the address `email` that they claim, if there is one:
    so the administrators of its organizations see that somebody tries it.
    """
    claimed = Person.objects.filter(email__iexact=email).first() if email else None
    return Actor("somebody", claimed, client_address(request))
