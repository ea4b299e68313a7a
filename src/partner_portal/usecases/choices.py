"""What somebody can narrow a report to, by name: teams, opportunity categories, companies."""

from __future__ import annotations

from dataclasses import dataclass

from partner_portal.accounts.actor import Actor
from partner_portal.accounts.policy import Act, require, sight_of
from partner_portal.organizations.models import Organization
from partner_portal.reports.choices import categories_of, companies_called, company_called
from partner_portal.usecases.parts import Parts
from partner_portal.usecases.teams import list_teams

MOST_COMPANIES = 20


@dataclass(frozen=True)
class Choices:
    """Names of teams, categories as (id, label), and the name of the company asked for, "" where it has none."""

    teams: tuple[str, ...]
    categories: tuple[tuple[int, str], ...]
    company: str


def choices_of(parts: Parts, organization: Organization, company_id: int | None = None, *, actor: Actor) -> Choices:
    """What `actor` can choose from, and what the company is called. Raises OrganizationUnknown, NotPermitted."""
    teams = list_teams(parts, organization, actor=actor)
    with parts.warehouse.organization(organization.scope).snapshot() as store:
        return Choices(
            tuple(team["name"] for team in teams),
            tuple(categories_of(store)),
            "" if company_id is None else company_called(store, company_id),
        )


def find_companies(parts: Parts, organization: Organization, text: str, *, actor: Actor) -> list[tuple[int, str]]:
    """The first MOST_COMPANIES companies whose name contains `text`, as (id, name).

    They are the organization's customers, so nobody who is confined to the own numbers gets any. Raises
    OrganizationUnknown for strangers, NotPermitted for who may not see records.
    """
    require(actor, Act.SEE_RECORDS, organization)
    if not text.strip() or sight_of(actor, organization).own is not None:
        return []
    return companies_called(parts.warehouse.organization(organization.scope), text.strip(), MOST_COMPANIES)
