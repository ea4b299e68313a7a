"""The addresses of the API and of monitoring."""

from __future__ import annotations

from django.urls import path, re_path

from partner_portal.api.health import livez, metrics, readyz
from partner_portal.api.problems import unknown_address
from partner_portal.api.routes import api

urlpatterns = [
    path("livez", livez),
    path("readyz", readyz),
    path("metrics", metrics),
    path("api/v1/", api.urls),
    re_path(r"^api/", unknown_address),
]
