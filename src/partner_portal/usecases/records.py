"""Reading the records behind a number of the report."""

from __future__ import annotations

from typing import Any, Unpack

from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.accounts.policy import Act
from partner_portal.audit.events import RecordsExported
from partner_portal.audit.trail import record
from partner_portal.organizations.models import Organization
from partner_portal.reports.records import DataMoved, MetricUnknown, Page, records_document
from partner_portal.reports.rendering.files import RECORDS_FORMATS, File, records_file
from partner_portal.usecases.asking import Asked, question_of
from partner_portal.usecases.export_report import require_format
from partner_portal.usecases.mapping_versions import confirmed_mapping
from partner_portal.usecases.parts import Parts

__all__ = ["LONGEST_PAGE", "RECORDS_FORMATS", "DataMoved", "MetricUnknown", "Page", "export_records", "read_records"]

LONGEST_PAGE = 1_000
"""Rows of one page over the API."""
MOST_EXPORTED = {"csv": 1_000_000, "xlsx": 100_000}
"""Rows of one file. A workbook is made at about 3,500 rows a second, and a request must end; a file that holds fewer
records than there are says so."""


def read_records(
    parts: Parts,
    organization: Organization,
    metric: str,
    page: Page | None = None,
    *,
    actor: Actor = SHELL,
    **asked: Unpack[Asked],
) -> dict[str, Any]:
    """The `records/1` document: one page of the records that the report's `metric` is made of, for the same question.

    Raises QuestionError with the remedy, among them MetricUnknown, and DataMoved when `page.version` is not held any
    more; OrganizationUnknown for strangers, NotPermitted.
    """
    question = question_of(parts, organization, actor, asked, Act.SEE_RECORDS)
    store = parts.warehouse.organization(organization.scope)
    return records_document(store, question, metric, page, confirmed_mapping(organization))


def export_records(
    parts: Parts,
    organization: Organization,
    metric: str,
    format_name: str,
    page: Page | None = None,
    *,
    actor: Actor = SHELL,
    **asked: Unpack[Asked],
) -> File:
    """All records of `metric` as a file, and an entry in the audit trail that they were taken.

    Of `page` only order, comparison and version count. Raises InputRefused for an unknown format, else as
    `read_records` does.
    """
    require_format(format_name, RECORDS_FORMATS)
    wanted = page or Page()
    whole = Page(0, MOST_EXPORTED[format_name], wanted.sort, wanted.descending, wanted.of_comparison, wanted.version)
    document = read_records(parts, organization, metric, whole, actor=actor, **asked)
    file = records_file(document, format_name)
    record(_exported(document, format_name), actor, parts.clock.now(), organization.scope)
    return file


def _exported(document: dict[str, Any], format_name: str) -> RecordsExported:
    period = document["period"] or {"start": "", "end": ""}
    return RecordsExported(
        metric=document["metric"]["slug"],
        format=format_name,
        start=period["start"],
        end=period["end"],
        filters=document["filters"],
        rows=len(document["rows"]),
        data_version=document["data"]["version"],
    )
