"""What a store keeps beside the records: sources, tenants with their picklists, data versions."""

# ruff: noqa: S608  (identifiers come from the catalogue, values are parameters)

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from partner_portal.warehouse import activities
from partner_portal.warehouse.engine import Session
from partner_portal.warehouse.store import EntityFacts, PicklistValue, Source, State, Tenant
from partner_portal.warehouse.tables import (
    DATA_VERSIONS,
    ORGANIZATION,
    PICKLISTS,
    RECONCILIATIONS,
    SOURCES,
    TABLES,
    TENANT_ENTITIES,
    TENANTS,
    Table,
)

ROWS_OF_A_STATEMENT = 100

_OURS = f"WHERE {ORGANIZATION} = $organization"


def stored(at: datetime | None) -> datetime | None:
    """An aware instant as the store keeps it: UTC without zone."""
    return at if at is None or at.tzinfo is None else at.astimezone(UTC).replace(tzinfo=None)


def aware(at: datetime) -> datetime:
    """An instant of the store as the rest of the house knows it."""
    return at.replace(tzinfo=UTC)


def _aware(at: datetime | None) -> datetime | None:
    return None if at is None else aware(at)


def _insert(session: Session, table: Table, organization_id: int, *rows: dict[str, Any]) -> None:
    """Add rows, many in one statement: each statement costs a millisecond or more."""
    columns = [column.name for column in table.columns]
    names = ", ".join(f'"{column}"' for column in columns)
    for first in range(0, len(rows), ROWS_OF_A_STATEMENT):
        some = rows[first : first + ROWS_OF_A_STATEMENT]
        places = (", ".join(f"${column}_{n}" for column in columns) for n in range(len(some)))
        values = ", ".join(f"($organization, {row})" for row in places)
        session.change(
            f"INSERT INTO {table.address} ({ORGANIZATION}, {names}) VALUES {values}",
            {"organization": organization_id}
            | {f"{column}_{n}": row[column] for n, row in enumerate(some) for column in columns},
        )


def read_sources(session: Session, organization_id: int) -> dict[str, Source]:
    """The organization's sources by entity path."""
    found = session.fetch(
        f"SELECT {SOURCES.column_list} FROM {SOURCES.address} {_OURS} ORDER BY entity",
        {"organization": organization_id},
    )
    return {
        entity: Source(
            entity, _aware(as_of), _aware(watermark), rows, complete, problem, _aware(full_at), unconfirmed or 0
        )
        for entity, as_of, watermark, rows, complete, problem, full_at, unconfirmed in found
    }


def write_source(session: Session, organization_id: int, source: Source) -> None:
    """Keep `source` in place of the earlier one of its entity."""
    values = {
        "entity": source.entity,
        "as_of": stored(source.as_of),
        "watermark": stored(source.watermark),
        "held_rows": source.rows,
        "complete": source.complete,
        "problem": source.problem,
        "full_at": stored(source.full_at),
        "unconfirmed": source.unconfirmed,
    }
    changes = ", ".join(f"{name} = ${name}" for name in values if name != "entity")
    there = session.change(
        f"UPDATE {SOURCES.address} SET {changes} {_OURS} AND entity = $entity",
        {"organization": organization_id, **values},
    )
    if not there:
        _insert(session, SOURCES, organization_id, values)


def confirm_sources(
    session: Session, organization_id: int, entities: Sequence[str], as_of: datetime, watermark: datetime
) -> None:
    """Move the sources of `entities` on to `as_of`, and to `watermark` for their next delta."""
    named = {f"entity_{number}": entity for number, entity in enumerate(entities)}
    if not named:
        return
    session.change(
        f"UPDATE {SOURCES.address} SET as_of = $as_of, watermark = $watermark {_OURS} "
        f"AND entity IN ({', '.join(f'${name}' for name in named)})",
        {"organization": organization_id, "as_of": stored(as_of), "watermark": stored(watermark), **named},
    )


def mark_incomplete(session: Session, organization_id: int, entity: str, problem: str) -> None:
    """Keep why `entity` could not be read; what is known of its earlier rows stays."""
    earlier = read_sources(session, organization_id).get(entity, Source(entity))
    marked = replace(earlier, complete=False, problem=problem)
    if marked != earlier:
        write_source(session, organization_id, marked)
        move_version(session, organization_id)


def read_tenant(session: Session, organization_id: int) -> Tenant | None:
    """The organization's tenant; None before the first sync."""
    found = _all_of(session, TENANTS, organization_id)
    if not found:
        return None
    dialect, web_url, read_at = found[0]
    facts = {
        entity: EntityFacts(None if fields is None else tuple(fields.split(",")), refusal)
        for entity, fields, refusal in _all_of(session, TENANT_ENTITIES, organization_id)
    }
    picklists = tuple(PicklistValue(*row) for row in _all_of(session, PICKLISTS, organization_id))
    return in_order(Tenant(dialect, web_url, picklists, facts, _aware(read_at)))


def in_order(tenant: Tenant) -> Tenant:
    """`tenant` as the store gives it back: picklists sorted, and of a value named twice the last one only."""
    last = {(value.entity, value.field, value.value): value for value in tenant.picklists}
    ordered = sorted(last.values(), key=lambda value: (value.entity, value.field, value.sort_order, value.value))
    return replace(tenant, picklists=tuple(ordered))


def keep_tenant(session: Session, organization_id: int, tenant: Tenant) -> None:
    """Keep `tenant` in place of an earlier one; the data version moves unless only `read_at` differs."""
    earlier, now = read_tenant(session, organization_id), in_order(tenant)
    if earlier is None or replace(earlier, read_at=now.read_at) != now:
        if activities.read_dialect(session, organization_id) is not activities.dialect_of(now.dialect):
            activities.touch_all(session, organization_id)
        _write_tenant(session, organization_id, now)
        move_version(session, organization_id)
    elif earlier != now:
        session.change(
            f"UPDATE {TENANTS.address} SET read_at = $read_at {_OURS}",
            {"organization": organization_id, "read_at": stored(now.read_at)},
        )


def _write_tenant(session: Session, organization_id: int, tenant: Tenant) -> None:
    for table in (TENANTS, TENANT_ENTITIES, PICKLISTS):
        session.change(f"DELETE FROM {table.address} {_OURS}", {"organization": organization_id})
    facts = {"dialect": tenant.dialect, "web_url": tenant.web_url, "read_at": stored(tenant.read_at)}
    _insert(session, TENANTS, organization_id, facts)
    entities = [
        {
            "entity": entity,
            "fields": None if known.fields is None else ",".join(known.fields),
            "refusal": known.refusal,
        }
        for entity, known in tenant.entities.items()
    ]
    _insert(session, TENANT_ENTITIES, organization_id, *entities)
    picklists = [
        {column.name: getattr(value, column.name) for column in PICKLISTS.columns} for value in tenant.picklists
    ]
    _insert(session, PICKLISTS, organization_id, *picklists)


def _all_of(session: Session, table: Table, organization_id: int) -> list[tuple[Any, ...]]:
    return session.fetch(f"SELECT {table.column_list} FROM {table.address} {_OURS}", {"organization": organization_id})


def remove_all(session: Session, organization_id: int) -> None:
    """Remove the organization's rows from every table but the one of data versions, which moves on."""
    for table in TABLES:
        if table is not DATA_VERSIONS:
            session.change(f"DELETE FROM {table.address} {_OURS}", {"organization": organization_id})
    move_version(session, organization_id)


def read_state(session: Session, organization_id: int) -> list[State]:
    """Everything that a report tells of the data beside the rows, in one statement and in order."""
    found = session.fetch(
        f"SELECT '', CAST(NULL AS TIMESTAMP), version, CAST(NULL AS BIGINT) FROM {DATA_VERSIONS.address} {_OURS} "
        f"UNION ALL SELECT entity, as_of, NULL, NULL FROM {SOURCES.address} {_OURS} "
        f'UNION ALL SELECT entity, "at", ours, theirs FROM {RECONCILIATIONS.address} {_OURS}',
        {"organization": organization_id},
    )
    return sorted((State(*row) for row in found), key=lambda part: (part.entity, part.number is None))


def read_version(session: Session, organization_id: int) -> int:
    """The organization's data version; 0 before any data."""
    found = session.fetch(f"SELECT version FROM {DATA_VERSIONS.address} {_OURS}", {"organization": organization_id})
    return int(found[0][0]) if found else 0


def move_version(session: Session, organization_id: int) -> None:
    """Raise the organization's data version by one."""
    parameters = {"organization": organization_id}
    if not session.change(f"UPDATE {DATA_VERSIONS.address} SET version = version + 1 {_OURS}", parameters):
        _insert(session, DATA_VERSIONS, organization_id, {"version": 1})
