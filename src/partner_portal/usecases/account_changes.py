"""What people change of their own account: each change is written down, and ends their other sessions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.signals import social_account_added
from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest

from partner_portal.accounts.actor import Actor
from partner_portal.accounts.adapter import client_address
from partner_portal.accounts.models import Person
from partner_portal.audit.account_events import (
    IdentityLinked,
    NameChanged,
    PasswordChanged,
    RecoveryCodesRenewed,
    SecondFactorAdded,
    SecondFactorRefused,
    SecondFactorRemoved,
    SessionsRevoked,
)
from partner_portal.audit.event import Event
from partner_portal.audit.trail import Result, record
from partner_portal.lib.clock import SystemClock

_clock = SystemClock()


def listen() -> None:
    """Follow the signals of django-allauth from now on; asking twice changes nothing."""
    password_changed.connect(_password_changed, dispatch_uid="account.password_changed")
    password_set.connect(_password_changed, dispatch_uid="account.password_set")
    password_reset.connect(_password_reset, dispatch_uid="account.password_reset")
    authenticator_added.connect(_factor_added, dispatch_uid="account.factor_added")
    authenticator_removed.connect(_factor_removed, dispatch_uid="account.factor_removed")
    authenticator_reset.connect(_codes_renewed, dispatch_uid="account.codes_renewed")
    authentication_failed.connect(_factor_refused, dispatch_uid="account.factor_refused")
    social_account_added.connect(_identity_linked, dispatch_uid="account.identity_linked")


def change_name(request: HttpRequest, person: Person, name: str) -> None:
    """Let `person` go by `name` from now on."""
    before = Person.objects.values_list("name", flat=True).get(pk=person.pk)
    Person.objects.filter(pk=person.pk).update(name=name)
    _record(NameChanged(before, name), request, person)


def revoke_sessions(request: HttpRequest, person: Person, sessions: Iterable[UserSession]) -> int:
    """End those of `sessions` that are the person's; returns how many. Ending the present one logs out."""
    ending = [session for session in sessions if session.user_id == person.pk]
    if ending:
        _record(SessionsRevoked(len(ending)), request, person)
        end_sessions(request, ending)
    return len(ending)


def _password_changed(request: HttpRequest, user: Person, **_: Any) -> None:
    _record(PasswordChanged(by_mail=False), request, user)


def _password_reset(request: HttpRequest, user: Person, **_: Any) -> None:
    _record(PasswordChanged(by_mail=True), request, user)


def _factor_added(request: HttpRequest, user: Person, authenticator: Authenticator, **_: Any) -> None:
    _record(SecondFactorAdded(str(authenticator.type)), request, user)
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        _end_others(request, user)


def _factor_removed(request: HttpRequest, user: Person, authenticator: Authenticator, **_: Any) -> None:
    _record(SecondFactorRemoved(str(authenticator.type)), request, user)
    _end_others(request, user)


def _codes_renewed(request: HttpRequest, user: Person, **_: Any) -> None:
    _record(RecoveryCodesRenewed(), request, user)


def _factor_refused(request: HttpRequest, user: Person, **_: Any) -> None:
    person = Actor.of(user, client_address(request))
    record(SecondFactorRefused(), person, _clock.now(), result=Result.REFUSED, reason="The code does not fit.")


def _identity_linked(request: HttpRequest, sociallogin: SocialLogin, **_: Any) -> None:
    if isinstance(sociallogin.user, Person):
        _record(IdentityLinked(str(sociallogin.account.provider)), request, sociallogin.user)


def _end_others(request: HttpRequest, person: Person) -> None:
    """End the sessions that began without the proof that is asked for from now on; the present one goes on."""
    person.end_sessions()
    if isinstance(request.user, Person) and request.user.pk == person.pk:
        request.user.refresh_from_db(fields=["session_round"])
        update_session_auth_hash(request, person)
        UserSession.objects.create_from_request(request)


def _record(event: Event, request: HttpRequest, person: Person) -> None:
    record(event, Actor.of(person, client_address(request)), _clock.now())
