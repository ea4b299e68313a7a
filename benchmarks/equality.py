"""Whether a mirror holds exactly what its tenant has: every field of every row, by a plain loop over both."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from benchmarks.sandbox import Sandbox
from partner_portal.autotask.catalog import CATALOG, Entity
from partner_portal.warehouse.store import OrganizationStore


def differences(store: OrganizationStore, tenant: Sandbox) -> list[str]:
    """One line for each entity that differs: its path, how many rows each side has, the ids that differ first."""
    found = []
    for entity in CATALOG:
        ours, theirs = _ours(store, entity), _theirs(tenant, entity)
        if ours != theirs:
            ids = sorted(number for number in ours.keys() | theirs.keys() if ours.get(number) != theirs.get(number))
            found.append(f"{entity.path} {len(ours)} of {len(theirs)} rows, {len(ids)} differ: {ids[:5]}")
    return found


def _ours(store: OrganizationStore, entity: Entity[Any]) -> dict[int, tuple[Any, ...]]:
    columns = ", ".join(entity.record.__struct_fields__)
    rows = store.rows(f"SELECT id, {columns} FROM {entity.table}")
    return {row[0]: tuple(float(each) if isinstance(each, Decimal) else each for each in row[1:]) for row in rows}


def _theirs(tenant: Sandbox, entity: Entity[Any]) -> dict[int, tuple[Any, ...]]:
    rows = tenant.contents(entity.path)
    return {row["id"]: tuple(_plain(row.get(name)) for name in entity.field_names) for row in rows}


def _plain(value: Any) -> Any:
    """A value of the wire as the warehouse holds it."""
    if isinstance(value, str) and len(value) > 18 and value[4] == value[7] == "-" and value[10] == "T":
        return datetime.fromisoformat(value).astimezone(UTC).replace(tzinfo=None)
    if isinstance(value, float):
        return round(value, 2)
    return value.replace("\0", "") if isinstance(value, str) else value
