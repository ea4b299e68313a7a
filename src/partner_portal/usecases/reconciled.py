"""Whether what is held agrees with Autotask's own counts, in one word."""

from __future__ import annotations

from partner_portal.organizations.models import Organization
from partner_portal.reports.sources import READ, ground_of
from partner_portal.usecases.parts import Parts


def is_reconciled(parts: Parts, organization: Organization) -> bool:
    """Whether every entity that the report reads was compared with Autotask's count, and agreed. Asks for no leave."""
    with parts.warehouse.organization(organization.scope).snapshot() as store:
        ground = ground_of(store)
    compared = [ground.reconciliations.get(path) for path in READ[ground.dialect]]
    return all(last is not None and last.agrees for last in compared)
