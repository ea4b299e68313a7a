"""What a report can be narrowed to, by name: opportunity categories and companies."""

from __future__ import annotations

from partner_portal.reports.labels import category_labels
from partner_portal.reports.sources import ground_of
from partner_portal.warehouse.store import OrganizationStore

_CATEGORIES = """
    SELECT DISTINCT opportunity_category_id FROM opportunities WHERE opportunity_category_id IS NOT NULL
"""
_NAMED = "SELECT id, company_name FROM companies WHERE id = $id"
_CALLED = """
    SELECT id, company_name FROM companies
    WHERE company_name IS NOT NULL AND lower(company_name) LIKE $pattern ESCAPE '!'
    ORDER BY lower(company_name) COLLATE "C", id LIMIT $most
"""


def categories_of(store: OrganizationStore) -> list[tuple[int, str]]:
    """The categories that deals are in, as (id, label), by label; by the id where the tenant has no label for it."""

    def read() -> list[tuple[int, str]]:
        labels = category_labels(ground_of(store))
        used = [int(category) for (category,) in store.rows(_CATEGORIES)]
        named = [(category, labels.get(category, f"Category {category}")) for category in used]
        return sorted(named, key=lambda entry: (entry[1].casefold(), entry[0]))

    return store.kept("categories", read)


def company_called(store: OrganizationStore, company_id: int) -> str:
    """The name of a company; "" where the mirror holds none."""
    return next((str(name) for _, name in store.rows(_NAMED, {"id": company_id}) if name), "")


def companies_called(store: OrganizationStore, text: str, most: int) -> list[tuple[int, str]]:
    """At most `most` companies whose name contains `text` in any case, as (id, name), by name."""
    escaped = text.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
    found = store.rows(_CALLED, {"pattern": f"%{escaped}%", "most": most})
    return [(int(company), str(name)) for company, name in found]
