"""Whose rows a mapping may leave out: companies by what somebody writes, resources to choose from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.accounts.policy import Act, require
from partner_portal.organizations.models import Organization
from partner_portal.usecases.names import company_meant, company_names, in_name_order, resource_names
from partner_portal.usecases.parts import Parts


def name_excluded(
    parts: Parts, organization: Organization, companies: Iterable[int], *, actor: Actor = SHELL
) -> dict[str, Any]:
    """`{"companies": [{"id", "name"}], "resources": [{"id", "name"}]}`: these companies, and every resource.

    Companies that Autotask has lost are left out. Raises OrganizationUnknown for strangers, NotPermitted.
    """
    require(actor, Act.SEE_MAPPING, organization)
    return {
        "companies": in_name_order(company_names(parts, organization, companies)),
        "resources": in_name_order(resource_names(parts, organization)),
    }


def find_company(parts: Parts, organization: Organization, text: str, *, actor: Actor = SHELL) -> int:
    """The id of the company that an administrator means by `text`, its id or (a part of) its name.

    Raises InputRefused where none or several may be meant, OrganizationUnknown for strangers, NotPermitted.
    """
    require(actor, Act.SET_MAPPING, organization)
    return company_meant(parts, organization, text)
