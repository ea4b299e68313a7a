"""The addresses of the portal: the API and the health checks, accounts, then the pages."""

from __future__ import annotations

from typing import NoReturn

from django.http import Http404, HttpRequest
from django.urls import include, path


def closed(_request: HttpRequest) -> NoReturn:
    """Answer 404 for the account pages that the portal does not offer: people are added, and keep their address."""
    raise Http404


urlpatterns = [
    path("", include("partner_portal.api.urls")),
    path("accounts/signup/", closed),
    path("accounts/email/", closed),
    path("accounts/", include("allauth.urls")),
    path("", include("partner_portal.web.urls")),
]
