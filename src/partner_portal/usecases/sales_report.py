"""Reading the sales report."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from importlib.metadata import version
from typing import Any, TypedDict, Unpack

from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.accounts.policy import Act, require
from partner_portal.organizations.models import Organization
from partner_portal.reports.document import sales_report
from partner_portal.reports.question import OrganizationFacts, Question, QuestionError, day_from, frame_of
from partner_portal.usecases.parts import Parts

__all__ = ["Asked", "QuestionError", "facts_of", "read_sales_report", "sales_report_tag"]

VERSION = version("partner-portal")


class Asked(TypedDict, total=False):
    """What may be asked of the report; dates are written YYYY-MM-DD, `owner` is a resource's id."""

    period: str
    start: str | None
    end: str | None
    compare: str
    owner: int | str | None


def read_sales_report(
    parts: Parts, organization: Organization, *, actor: Actor = SHELL, **asked: Unpack[Asked]
) -> dict[str, Any]:
    """The `sales-report/1` document for what was asked; This Month, compared with the one before, for everybody.

    Raises QuestionError with the remedy, OrganizationUnknown for strangers, NotPermitted.
    """
    require(actor, Act.READ_REPORT, organization)
    question = _question(parts, organization, asked)
    with parts.warehouse.organization(organization.scope).snapshot() as store:
        return sales_report(store, question)


def sales_report_tag(parts: Parts, organization: Organization, *, actor: Actor = SHELL, **asked: Unpack[Asked]) -> str:
    """A tag that changes whenever the answer of `read_sales_report` may: with the data, its age, the question, the day.

    Costs next to nothing. Raises as `read_sales_report` does.
    """
    require(actor, Act.READ_REPORT, organization)
    question = _question(parts, organization, asked)
    frame = frame_of(question)
    store = parts.warehouse.organization(organization.scope)
    told = [
        VERSION,
        store.data_version(),
        sorted(f"{source.entity} {source.as_of}" for source in store.sources().values()),
        asdict(question.organization),
        frame.today,
        frame.period,
        frame.comparison,
        question.owner_id,
    ]
    return hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest()[:32]


def facts_of(organization: Organization) -> OrganizationFacts:
    """What reports must know of `organization`."""
    return OrganizationFacts(
        slug=organization.slug,
        name=organization.name,
        time_zone=organization.time_zone,
        currency=organization.currency,
        week_start=organization.week_start,
        fiscal_year_start=organization.fiscal_year_start,
    )


def _question(parts: Parts, organization: Organization, asked: Asked) -> Question:
    start, end = asked.get("start"), asked.get("end")
    return Question(
        facts_of(organization),
        now=parts.clock.now(),
        period_name=asked.get("period") or "this_month",
        start=day_from(start) if start else None,
        end=day_from(end) if end else None,
        compare=asked.get("compare") or "previous_period",
        owner_id=_owner(asked.get("owner")),
    )


def _owner(owner: int | str | None) -> int | None:
    if owner is None or isinstance(owner, int):
        return owner
    if not owner.strip():
        return None
    if not owner.strip().isdecimal():
        raise QuestionError(f"{owner!r} is no owner. Give the Autotask id of a resource, or none for everybody.")
    return int(owner)
