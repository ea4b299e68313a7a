"""Taking the report away: for members, in known formats, never unseen."""

from __future__ import annotations

import pytest

from partner_portal.accounts.actor import Actor
from partner_portal.accounts.policy import OrganizationUnknown
from partner_portal.audit.models import Entry
from partner_portal.usecases.errors import InputRefused
from partner_portal.usecases.export_report import export_report


def test_the_shell_takes_a_file_and_the_trail_tells(parts, organization):
    file = export_report(parts, organization, "csv", period="last_month")
    assert file.name == "sales-report_acme_2026-10-01_2026-10-31_v0.csv"
    entry = Entry.objects.get(action="report.exported")
    assert (entry.actor, entry.organization_id) == ("command line", organization.pk)
    assert (entry.details["start"], entry.details["end"]) == ("2026-10-01", "2026-10-31")


def test_an_unknown_format_is_refused_with_those_there_are(parts, organization):
    with pytest.raises(InputRefused, match="csv, xlsx, pdf"):
        export_report(parts, organization, "docx")


def test_a_stranger_takes_nothing(parts, organization, stranger):
    with pytest.raises(OrganizationUnknown):
        export_report(parts, organization, "csv", actor=Actor.of(stranger))
    assert not Entry.objects.filter(action="report.exported").exists()
