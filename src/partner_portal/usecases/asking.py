"""What may be asked of reports, as people write it, made into the question that reports answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TypedDict

from partner_portal.accounts.actor import Actor
from partner_portal.accounts.policy import Act, NotPermitted, require, sight_of
from partner_portal.organizations.models import Organization
from partner_portal.reports.heading import NOBODY
from partner_portal.reports.question import OrganizationFacts, Question, QuestionError, day_from, id_from
from partner_portal.usecases.own_resource import own_resource
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


def question_of(
    parts: Parts, organization: Organization, actor: Actor, asked: Asked, act: Act = Act.READ_REPORT
) -> Question:
    """The question, as far as `actor` may put it; This Month, compared with the one before, unless asked otherwise.

    This is where everything that is read out of the mirror for somebody begins: who is confined to the own numbers
    gets a question about these, or about the totals of an own team. Raises QuestionError with the remedy,
    OrganizationUnknown for strangers, NotPermitted.
    """
    require(actor, act, organization)
    start, end, owner, team = asked.get("start"), asked.get("end"), asked.get("owner"), asked.get("team")
    of_nobody = isinstance(owner, str) and owner.strip().casefold() == NOBODY
    sight = sight_of(actor, organization)
    own = own_resource(parts, organization, sight.own, act)
    question = Question(
        facts_of(organization),
        now=parts.clock.now(),
        period_name=asked.get("period") or "this_month",
        start=day_from(start) if start else None,
        end=day_from(end) if end else None,
        compare=asked.get("compare") or "previous_period",
        owner_id=None if of_nobody else _id_of(owner, "owner", "a resource, or nobody"),
        of_nobody=of_nobody,
        team=team_called(organization, team, own, shows_teams=sight.shows_teams) if team and team.strip() else None,
        company_id=_id_of(asked.get("company"), "company", "a company"),
        category_id=_id_of(asked.get("category"), "category", "an opportunity category"),
        confined_to=own,
    )
    return question if own is None else _confined(question, organization, act)


def _confined(question: Question, organization: Organization, act: Act) -> Question:
    """The question of somebody who may see the own numbers, and totals of own teams, whatever was asked."""
    own = question.confined_to
    if question.of_nobody or question.owner_id not in {None, own}:
        raise NotPermitted("As representative you see your own numbers. Leave the owner out.", act, organization)
    if question.team is None or question.owner_id == own:
        return replace(question, owner_id=own)
    if act is not Act.READ_REPORT:
        raise NotPermitted("Of a team you see totals; the records are your own. Leave the team out.", act, organization)
    if question.company_id is not None or question.category_id is not None:
        message = "A team's totals are told for all companies and categories. Leave the company and category out."
        raise NotPermitted(message, act, organization)
    return question


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
