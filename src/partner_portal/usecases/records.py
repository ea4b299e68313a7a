"""Reading the records behind a number of the report; each list that somebody looks into is written down."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Unpack

from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.accounts.policy import Act
from partner_portal.audit.events import RecordsExported, RecordsRead
from partner_portal.audit.trail import BY_TOKEN, own_entries, record
from partner_portal.organizations.models import Organization
from partner_portal.reports.records import DataMoved, MetricUnknown, Page, records_document
from partner_portal.reports.rendering.files import RECORDS_FORMATS, File, records_file
from partner_portal.reports.search import LONGEST_SEARCH
from partner_portal.usecases.asking import Asked, question_of
from partner_portal.usecases.export_report import require_format
from partner_portal.usecases.mapping_versions import confirmed_mapping
from partner_portal.usecases.parts import Parts

__all__ = [
    "LONGEST_PAGE",
    "LONGEST_SEARCH",
    "RECORDS_FORMATS",
    "DataMoved",
    "MetricUnknown",
    "Page",
    "export_records",
    "read_records",
]

LONGEST_PAGE = 1_000
"""Rows of one page over the API."""
MOST_EXPORTED = {"csv": 1_000_000, "xlsx": 100_000}
"""Rows of one file. A workbook is made at about 3,500 rows a second, and a request must end; a file that holds fewer
records than there are says so."""

NOTED_FOR = timedelta(minutes=10)
"""So long, paging and sorting through a list is one look into it, noted once: else every click fills the trail."""
NOTED_AT_ONCE = 1_000
"""But a program that pages through a whole list leaves a note for each so many of its records."""


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

    Written down in the audit trail, once for a list within NOTED_FOR and for each NOTED_AT_ONCE of its records.
    Raises QuestionError with the remedy, among them MetricUnknown, and DataMoved when `page.version` is not held any
    more; OrganizationUnknown for strangers, NotPermitted.
    """
    document = _document(parts, organization, metric, page, actor, asked)
    event, now = _read(document), parts.clock.now()
    if not _is_noted(event, organization, actor, now):
        record(event, actor, now, organization.scope)
    return document


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

    Of `page` all counts but which page it is. Raises InputRefused for an unknown format, else as
    `read_records` does.
    """
    require_format(format_name, RECORDS_FORMATS)
    whole = replace(page or Page(), offset=0, limit=MOST_EXPORTED[format_name])
    document = _document(parts, organization, metric, whole, actor, asked)
    file = records_file(document, format_name)
    record(_exported(document, format_name), actor, parts.clock.now(), organization.scope)
    return file


def _document(
    parts: Parts, organization: Organization, metric: str, page: Page | None, actor: Actor, asked: Asked
) -> dict[str, Any]:
    question = question_of(parts, organization, actor, asked, Act.SEE_RECORDS)
    store = parts.warehouse.organization(organization.scope)
    return records_document(store, question, metric, page, confirmed_mapping(organization))


def _is_noted(event: RecordsRead, organization: Organization, actor: Actor, now: datetime) -> bool:
    """Whether the actor's look into this list is noted already.

    A sync that came between does not make it another, nor does typing on in a search, which finds no more than before.
    """
    noted = own_entries(organization.scope).filter(
        person_id=actor.person_id, actor=actor.name, action=event.action, at__gt=now - NOTED_FOR
    )
    mine = _list_of(event.details() | {BY_TOKEN: actor.token_hint})
    return any(
        _list_of(details) == mine and _continues(event.search, _search_in(details))
        for details in noted.values_list("details", flat=True)
    )


def _continues(search: str, noted: str) -> bool:
    """Whether `search` is the one that was noted, or typed on from it; the whole list is no search."""
    return search.startswith(noted) if noted else not search


def _search_in(details: dict[str, Any]) -> str:
    """The search of an entry; those of earlier releases have none."""
    return str(details.get("search", ""))


def _list_of(details: dict[str, Any]) -> tuple[Any, ...]:
    """Which list was looked into, where in it, and by which token, if any."""
    named = (details[name] for name in ("metric", "start", "end", "filters"))
    return *named, details.get("only", ""), details["first"] // NOTED_AT_ONCE, details.get(BY_TOKEN, "")


def _read(document: dict[str, Any]) -> RecordsRead:
    return RecordsRead(**_taken(document), first=document["page"]["offset"])


def _exported(document: dict[str, Any], format_name: str) -> RecordsExported:
    return RecordsExported(**_taken(document), format=format_name)


def _taken(document: dict[str, Any]) -> dict[str, Any]:
    """Which records were given, of which days and data version."""
    period = document["period"] or {"start": "", "end": ""}
    return {
        "metric": document["metric"]["slug"],
        "start": period["start"],
        "end": period["end"],
        "filters": document["filters"],
        "only": document["only"]["key"] if document["only"] is not None else "",
        "search": document["search"] or "",
        "rows": len(document["rows"]),
        "data_version": document["data"]["version"],
    }
