"""The addresses of the pages: plain for members of one organization, below `/o/<slug>/` for everybody."""

from __future__ import annotations

from django.urls import URLPattern, path

from partner_portal.web.access_tokens import access_tokens
from partner_portal.web.activity import activity
from partner_portal.web.appointments import appointments
from partner_portal.web.audit_log import audit_file, audit_log
from partner_portal.web.calendar_settings import calendar
from partner_portal.web.companies import companies
from partner_portal.web.connection import connection
from partner_portal.web.data_health import data_health
from partner_portal.web.definitions import definitions
from partner_portal.web.freshness import freshness, refresh
from partner_portal.web.invitation import invitation
from partner_portal.web.mapping import mapping
from partner_portal.web.operator import organizations
from partner_portal.web.owners import owner, owners
from partner_portal.web.people import people
from partner_portal.web.pipeline import pipeline
from partner_portal.web.records import records, records_file
from partner_portal.web.sales_report import report_file, sales_report
from partner_portal.web.teams import teams


def _pages(prefix: str) -> list[URLPattern]:
    return [
        path(prefix, sales_report, name="sales_report"),
        path(f"{prefix}activity/", activity, name="activity"),
        path(f"{prefix}appointments/", appointments, name="appointments"),
        path(f"{prefix}freshness/", freshness, name="freshness"),
        path(f"{prefix}refresh/", refresh, name="refresh"),
        path(f"{prefix}companies/", companies, name="companies"),
        path(f"{prefix}report/<slug:format_name>/", report_file, name="report_file"),
        path(f"{prefix}people/", owners, name="owners"),
        path(f"{prefix}people/<slug:owner>/", owner, name="owner"),
        path(f"{prefix}data-health/", data_health, name="data_health"),
        path(f"{prefix}pipeline/", pipeline, name="pipeline"),
        path(f"{prefix}records/<slug:metric>/", records, name="records"),
        path(f"{prefix}records/<slug:metric>/<slug:format_name>/", records_file, name="records_file"),
        path(f"{prefix}definitions/", definitions, name="definitions"),
        path(f"{prefix}settings/connection/", connection, name="connection"),
        path(f"{prefix}account/tokens/", access_tokens, name="access_tokens"),
        path(f"{prefix}settings/mapping/", mapping, name="mapping"),
        path(f"{prefix}settings/calendar/", calendar, name="calendar"),
        path(f"{prefix}settings/teams/", teams, name="teams"),
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
