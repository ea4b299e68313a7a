"""The addresses of the portal: the API and the health checks, accounts, then the pages."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("partner_portal.api.urls")),
    path("accounts/", include("partner_portal.web.account_urls")),
    path("", include("partner_portal.web.urls")),
]
