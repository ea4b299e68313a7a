"""Reading the sales report."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Unpack

import msgspec

from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.organizations.models import Organization
from partner_portal.reports.document import sales_report
from partner_portal.reports.question import Question, frame_of
from partner_portal.usecases.asking import Asked, QuestionError, facts_of, question_of
from partner_portal.usecases.mapping_versions import mapping_numbered, mapping_version
from partner_portal.usecases.measures import REPORTS_ASKED, REPORTS_MADE
from partner_portal.usecases.parts import Parts
from partner_portal.warehouse.store import OrganizationStore

__all__ = [
    "Asked",
    "QuestionError",
    "TaggedReport",
    "facts_of",
    "read_sales_report",
    "sales_report_tag",
    "tagged_sales_report",
]

VERSION = version("partner-portal")


@dataclass(frozen=True)
class TaggedReport:
    """A report as compact JSON, and its tag; `content` is None where whoever asked holds it already."""

    tag: str
    content: bytes | None


def read_sales_report(
    parts: Parts, organization: Organization, *, actor: Actor = SHELL, **asked: Unpack[Asked]
) -> dict[str, Any]:
    """The `sales-report/1` document for what was asked; This Month, compared with the one before, for everybody.

    Raises QuestionError with the remedy, OrganizationUnknown for strangers, NotPermitted.
    """
    with _asking(parts, organization, actor, asked) as report:
        document: dict[str, Any] = msgspec.json.decode(report.content())
    return document


def tagged_sales_report(
    parts: Parts,
    organization: Organization,
    *,
    held: Collection[str] = (),
    actor: Actor = SHELL,
    **asked: Unpack[Asked],
) -> TaggedReport:
    """The same with its tag, out of the cache where nothing has changed since it was made.

    `held` are tags of which whoever asks has the report: it is not made again then.
    """
    with _asking(parts, organization, actor, asked) as report:
        return TaggedReport(report.tag, None if report.tag in held else report.content())


def sales_report_tag(parts: Parts, organization: Organization, *, actor: Actor = SHELL, **asked: Unpack[Asked]) -> str:
    """A tag that changes whenever the answer of `read_sales_report` may: with data, their age, mapping, question, day.

    Costs next to nothing. Raises as `read_sales_report` does.
    """
    with _asking(parts, organization, actor, asked) as report:
        return report.tag


@dataclass(frozen=True)
class _Report:
    """A report that can be had: its tag, and the making of its content, kept under that."""

    tag: str
    content: Callable[[], bytes]


@contextmanager
def _asking(parts: Parts, organization: Organization, actor: Actor, asked: Asked) -> Iterator[_Report]:
    """The report, out of one snapshot and one mapping: what changes in between must not be kept under its tag."""
    question = question_of(parts, organization, actor, asked)
    version = mapping_version(organization)
    with parts.warehouse.organization(organization.scope).snapshot() as store:

        def make() -> bytes:
            REPORTS_MADE.inc()
            return msgspec.json.encode(sales_report(store, question, mapping_numbered(organization, version)))

        tag = _tag(store, organization, question, version)

        def content() -> bytes:
            REPORTS_ASKED.inc()
            return parts.reports.get(tag, make)

        yield _Report(tag, content)


def _tag(store: OrganizationStore, organization: Organization, question: Question, mapping: int) -> str:
    """All that a document is made of. What a sync or a comparison of counts tells moves without the data version."""
    frame = frame_of(question)
    told = [
        VERSION,
        organization.pk,
        store.state(),
        mapping,
        question.organization,
        frame.today,
        frame.period,
        frame.comparison,
        [question.owner_id, question.of_nobody, question.company_id, question.category_id],
        question.confined_to,
        None if question.team is None else [question.team.name, sorted(question.team.members)],
    ]
    return hashlib.sha256(msgspec.json.encode(told)).hexdigest()[:32]
