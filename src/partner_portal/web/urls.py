"""The addresses of the pages: plain for members of one organization, below `/o/<slug>/` for everybody."""

from __future__ import annotations

from django.urls import URLPattern, path

from partner_portal.web.connection import connection
from partner_portal.web.definitions import definitions
from partner_portal.web.sales_report import freshness, refresh, sales_report


def _pages(prefix: str) -> list[URLPattern]:
    return [
        path(prefix, sales_report, name="sales_report"),
        path(f"{prefix}freshness/", freshness, name="freshness"),
        path(f"{prefix}refresh/", refresh, name="refresh"),
        path(f"{prefix}definitions/", definitions, name="definitions"),
        path(f"{prefix}settings/connection/", connection, name="connection"),
    ]


urlpatterns = [*_pages(""), *_pages("o/<slug:slug>/")]
