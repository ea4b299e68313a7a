"""The addresses of the pages: plain for members of one organization, below `/o/<slug>/` for everybody."""

from __future__ import annotations

from django.urls import URLPattern, path

from partner_portal.web.access_tokens import access_tokens
from partner_portal.web.audit_log import audit_file, audit_log
from partner_portal.web.connection import connection
from partner_portal.web.definitions import definitions
from partner_portal.web.invitation import invitation
from partner_portal.web.operator import organizations
from partner_portal.web.people import people
from partner_portal.web.sales_report import freshness, refresh, sales_report


def _pages(prefix: str) -> list[URLPattern]:
    return [
        path(prefix, sales_report, name="sales_report"),
        path(f"{prefix}freshness/", freshness, name="freshness"),
        path(f"{prefix}refresh/", refresh, name="refresh"),
        path(f"{prefix}definitions/", definitions, name="definitions"),
        path(f"{prefix}settings/connection/", connection, name="connection"),
        path(f"{prefix}account/tokens/", access_tokens, name="access_tokens"),
        path(f"{prefix}settings/people/", people, name="people"),
        path(f"{prefix}settings/audit/", audit_log, name="audit_log"),
        path(f"{prefix}settings/audit/entries.csv", audit_file, name="audit_file"),
    ]


urlpatterns = [
    path("invitation/", invitation, name="invitation"),
    path("operator/organizations/", organizations, name="operator_organizations"),
    *_pages(""),
    *_pages("o/<slug:slug>/"),
]
