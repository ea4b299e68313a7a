"""What may be asked of reports, as people write it, made into the question that reports answer."""

from __future__ import annotations

from typing import TypedDict

from partner_portal.organizations.models import Organization
from partner_portal.reports.heading import NOBODY
from partner_portal.reports.question import OrganizationFacts, Question, QuestionError, day_from, id_from
from partner_portal.usecases.parts import Parts
from partner_portal.usecases.teams import team_called

__all__ = ["Asked", "QuestionError", "facts_of", "question_of"]


class Asked(TypedDict, total=False):
    """What may be asked: dates are written YYYY-MM-DD; `owner`, `company` and `category` are Autotask ids.

    `owner` may be `nobody`; `team` is the name of one of the organization's teams.
    """

    period: str
    start: str | None
    end: str | None
    compare: str
    owner: int | str | None
    team: str | None
    company: int | str | None
    category: int | str | None


def question_of(parts: Parts, organization: Organization, asked: Asked) -> Question:
    """The question; This Month, compared with the one before, for everybody, where nothing else is asked.

    Raises QuestionError with the remedy.
    """
    start, end, owner, team = asked.get("start"), asked.get("end"), asked.get("owner"), asked.get("team")
    of_nobody = isinstance(owner, str) and owner.strip().casefold() == NOBODY
    return Question(
        facts_of(organization),
        now=parts.clock.now(),
        period_name=asked.get("period") or "this_month",
        start=day_from(start) if start else None,
        end=day_from(end) if end else None,
        compare=asked.get("compare") or "previous_period",
        owner_id=None if of_nobody else _id_of(owner, "owner", "a resource, or nobody"),
        of_nobody=of_nobody,
        team=team_called(organization, team) if team and team.strip() else None,
        company_id=_id_of(asked.get("company"), "company", "a company"),
        category_id=_id_of(asked.get("category"), "category", "an opportunity category"),
    )


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


def _id_of(given: int | str | None, name: str, what: str) -> int | None:
    if given is None or isinstance(given, int):
        return given
    if not given.strip():
        return None
    found = id_from(given)
    if found is None:
        raise QuestionError(f"{given!r} is no {name}. Give the Autotask id of {what}, or leave it out for all.")
    return found
