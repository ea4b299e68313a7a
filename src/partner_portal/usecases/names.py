"""What the organization's Autotask calls its resources and companies, for use cases that have to name some."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from partner_portal.organizations.models import Organization
from partner_portal.reports.choices import companies_called
from partner_portal.reports.question import id_from
from partner_portal.reports.statement import rows_of
from partner_portal.reports.wire import full_name
from partner_portal.usecases.errors import InputRefused
from partner_portal.usecases.parts import Parts

HIGHEST_ID = 2**63 - 1
MOST_FOUND = 100
MOST_NAMED = 5
"""Of companies that a text may mean, so many are named."""


def resource_names(parts: Parts, organization: Organization) -> dict[int, str | None]:
    """The name of each resource by its id; empty before the first sync."""
    store = parts.warehouse.organization(organization.scope)
    found = store.rows("SELECT id, first_name, last_name FROM resources")
    return {number: full_name(first, last) for number, first, last in found}


def in_name_order(names: dict[int, str | None]) -> list[dict[str, Any]]:
    """What `names` has by id, as `{"id", "name"}` by name, those without one first."""
    found = [{"id": number, "name": name} for number, name in names.items()]
    return sorted(found, key=lambda each: (str(each["name"] or "").casefold(), each["id"]))


def company_names(parts: Parts, organization: Organization, ids: Iterable[int]) -> dict[int, str | None]:
    """The names of those of the companies `ids` that there are."""
    store = parts.warehouse.organization(organization.scope)
    possible = [number for number in ids if number <= HIGHEST_ID]
    return dict(rows_of(store, "SELECT id, company_name FROM companies", possible))


def company_meant(parts: Parts, organization: Organization, text: str) -> int:
    """The id of the company that `text` is the id or the name of, or whose name alone contains it.

    Raises InputRefused naming those that may be meant.
    """
    asked = text.strip()
    number = id_from(asked)
    if number is not None and company_names(parts, organization, [number]):
        return number
    found = companies_called(parts.warehouse.organization(organization.scope), asked, MOST_FOUND)
    found = [entry for entry in found if entry[1].casefold() == asked.casefold()] or found
    match found:
        case [(only, _)]:
            return only
        case []:
            raise InputRefused("company", f"No company is called {asked!r}. Write a name or an id of Autotask.")
    named = ", ".join(f"{name} ({company})" for company, name in found[:MOST_NAMED])
    more = " or another one" if len(found) > MOST_NAMED else ""
    raise InputRefused("company", f"{asked!r} may be {named}{more}. Write the id.")
