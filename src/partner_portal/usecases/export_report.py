"""Taking the sales report away as a file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Unpack

from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.audit.events import ReportExported
from partner_portal.audit.trail import record
from partner_portal.organizations.models import Organization
from partner_portal.reports.rendering.files import REPORT_FORMATS, File, report_file
from partner_portal.usecases.errors import InputRefused
from partner_portal.usecases.parts import Parts
from partner_portal.usecases.sales_report import Asked, read_sales_report

__all__ = ["REPORT_FORMATS", "File", "export_report", "require_format"]


def export_report(
    parts: Parts, organization: Organization, format_name: str, *, actor: Actor = SHELL, **asked: Unpack[Asked]
) -> File:
    """The sales report in one of `REPORT_FORMATS`, and an entry in the audit trail that it was taken.

    Raises InputRefused for another format, and as `read_sales_report` does.
    """
    require_format(format_name, REPORT_FORMATS)
    document = read_sales_report(parts, organization, actor=actor, **asked)
    file = report_file(document, format_name)
    period, version = document["period"], document["data"]["version"]
    taken = ReportExported(document["schema"], format_name, period["start"], period["end"], version)
    record(taken, actor, parts.clock.now(), organization.scope)
    return file


def require_format(format_name: str, formats: Iterable[str]) -> None:
    """Raise InputRefused unless `format_name` is one of `formats`."""
    if format_name not in formats:
        raise InputRefused("format", f"Unknown format {format_name!r}. Choose one of: {', '.join(formats)}.")
