"""The names of the resources that records refer to."""

# ruff: noqa: S608  (ids are integers)

from __future__ import annotations

from collections.abc import Collection

from partner_portal.reports.statement import is_one_of
from partner_portal.reports.wire import full_name
from partner_portal.warehouse.store import OrganizationStore


def resource_names(store: OrganizationStore, ids: Collection[int]) -> dict[int, str | None]:
    """The full name of each of `ids` that the mirror holds, None where it has none."""
    if not ids:
        return {}
    found = store.rows(f"SELECT id, first_name, last_name FROM resources WHERE {is_one_of('id', ids)}")
    return {resource: full_name(first, last) for resource, first, last in found}
