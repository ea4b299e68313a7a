"""How django-allauth behaves here: people are added, nobody signs up."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Closes the sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 (allauth passes the request)
        """Never."""
        return False


def client_address(request: HttpRequest | None) -> str:
    """The network address that `request` comes from, seen through a declared proxy; empty where nobody knows."""
    try:
        return "" if request is None else str(get_adapter().get_client_ip(request))
    except PermissionDenied:  # allauth's word for an unknown address
        return ""
