"""The addresses below /accounts/: the portal's own, then those of django-allauth that the portal offers."""

from __future__ import annotations

from typing import Any, NoReturn

from django.http import Http404, HttpRequest
from django.urls import include, path

from partner_portal.web import openid
from partner_portal.web.account import account, sessions

CLOSED = (
    "signup/",
    "email/",
    "confirm-email/",
    "confirm-email/<path:rest>",
    "password/set/",
    "login/code/confirm/",
    "3rdparty/",
    "3rdparty/signup/",
    "3rdparty/login/error/",
    "2fa/recovery-codes/download/",
    "social/login/cancelled/",
    "social/login/error/",
    "social/signup/",
    "social/connections/",
)
"""What django-allauth has and the portal has not: people are added and keep their address, accounts are tied by
logging in, recovery codes are shown once."""


def closed(_request: HttpRequest, **_: Any) -> NoReturn:
    """Answer 404."""
    raise Http404("There is no such page.")


urlpatterns: list[Any] = [
    path("", account, name="account"),
    path("sessions/", sessions, name="usersessions_list"),
    path("oidc/confirm/", openid.confirm, name="openid_confirm"),
    path("oidc/<str:provider_id>/login/", openid.start, name="openid_connect_login"),
    path("oidc/<str:provider_id>/login/callback/", openid.callback, name="openid_connect_callback"),
    *(path(address, closed) for address in CLOSED),
    path("", include("allauth.urls")),
]
