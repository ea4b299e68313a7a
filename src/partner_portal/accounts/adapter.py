"""How django-allauth behaves here: people are added, nobody signs up; mailed links lead to the portal's address."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.dispatch import Signal
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse

from partner_portal.accounts.models import Person
from partner_portal.accounts.reauthentication import was_authenticated_recently

reset_asked = Signal()
"""Sent with `request` and `email` when somebody asks for a link to set a password."""


class AccountAdapter(DefaultAccountAdapter):
    """Closes the sign-up, and holds allauth's own pages to the portal's idea of a recent proof of identity."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 (allauth passes the request)
        """Never."""
        return False

    def is_reauthentication_required(self, *, app: str, **_: Any) -> bool:  # noqa: ARG002 (allauth passes the app)
        """False after a recent proof; otherwise the person is led to give one, also when they have no password.

        What was sent is not kept in the session meanwhile, as allauth would: it may hold something secret.
        """
        if was_authenticated_recently(self.request):
            return False
        way_back = urlencode({"next": self.request.path})
        raise ImmediateHttpResponse(redirect(f"{reverse('account_reauthenticate')}?{way_back}"))

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The ways to confirm who one is: password, second factor, or the account of the OpenID provider."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if isinstance(user, Person) and SocialAccount.objects.filter(user_id=user.pk).exists():
            methods.append(
                {"id": "openid", "description": "Use your company account", "url": reverse("openid_confirm")}
            )
        return methods

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link to set a password: at PORTAL_PUBLIC_URL, whatever the request called this host."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return f"{settings.PORTAL_PUBLIC_URL}{path.replace('UID-KEY', key)}"


def client_address(request: HttpRequest | None) -> str:
    """The network address that `request` comes from, seen through a declared proxy; empty where nobody knows."""
    try:
        return "" if request is None else str(get_adapter().get_client_ip(request))
    except PermissionDenied:  # allauth's word for an unknown address
        return ""
