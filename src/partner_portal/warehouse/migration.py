"""Making a store's tables those of the catalogue, at every opening.

A new attribute becomes a new column, and its entity's watermark is cleared so that the next run reads it whole;
an attribute of another type loses its old column first. A new column of the history of opportunities is filled from
what is held of them. Columns that the catalogue dropped stay, unused.
"""

# ruff: noqa: S608  (identifiers come from the catalogue, values are parameters)

from __future__ import annotations

from partner_portal.warehouse.activities import touch_everybody
from partner_portal.warehouse.engine import Session
from partner_portal.warehouse.history import begin_history, complete_history
from partner_portal.warehouse.postgres_walls import lower_walls, raise_walls
from partner_portal.warehouse.store import WarehouseError
from partner_portal.warehouse.tables import (
    ENTITY_TABLES,
    OPPORTUNITY_CHANGES,
    ORGANIZATION,
    SCHEMA,
    SCHEMA_VERSION,
    SOURCES,
    TABLES,
    Table,
)

NOBODY = 0
"""The organization whose turn in the queue of writers an opening takes: ids begin at 1."""

_NAMES = {
    "character varying": "VARCHAR",
    "numeric": "DECIMAL(18,2)",
    "timestamp without time zone": "TIMESTAMP",
}


def migrate(session: Session, *, on_server: bool) -> None:
    """Create what is missing, in the transaction of `session`; with `on_server` tables get indexes and walls.

    Raises `WarehouseError` when a newer version of the portal has written the store.
    """
    session.change(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    session.change(f"CREATE TABLE IF NOT EXISTS {SCHEMA}.schema_version (version BIGINT)")
    versions = session.fetch(f"SELECT version FROM {SCHEMA}.schema_version")
    if versions and versions[0][0] > SCHEMA_VERSION:
        raise WarehouseError(
            f"The warehouse was written by a newer portal (schema {versions[0][0]}, this one knows {SCHEMA_VERSION}). "
            "Upgrade this portal, or point it at another warehouse."
        )
    if not versions:
        session.change(f"INSERT INTO {SCHEMA}.schema_version VALUES ($version)", {"version": SCHEMA_VERSION})
    held = _held_columns(session)
    if on_server and any(_lacks(table, held.get(table.name, {})) for table in TABLES):
        lower_walls(session)
    _complete(session, held, on_server=on_server)
    if on_server:
        raise_walls(session)


def _lacks(table: Table, held: dict[str, str]) -> bool:
    return any(held.get(column.name) != column.type for column in table.columns)


def _complete(session: Session, held: dict[str, dict[str, str]], *, on_server: bool) -> None:
    altered = []
    emptied: dict[Table, list[str]] = {}
    for table in TABLES:
        if table.name not in held:
            _create(session, table, indexed=on_server)
        elif columns := _fit(session, table, held[table.name]):
            _read_anew(session, table)
            emptied[table] = columns
        else:
            continue
        altered.append(table)
    touch_everybody(session, altered)
    if held and OPPORTUNITY_CHANGES.name not in held:
        begin_history(session)
    complete_history(session, emptied.get(OPPORTUNITY_CHANGES, ()))


def _read_anew(session: Session, table: Table) -> None:
    for path, entity_table in ENTITY_TABLES.items():
        if entity_table is table:
            session.change(f"UPDATE {SOURCES.address} SET watermark = NULL WHERE entity = $entity", {"entity": path})


def _held_columns(session: Session) -> dict[str, dict[str, str]]:
    held: dict[str, dict[str, str]] = {}
    for table, column, kind in session.fetch(
        "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = $schema",
        {"schema": SCHEMA},
    ):
        held.setdefault(table, {})[column] = _NAMES.get(kind, kind.upper())
    return held


def _create(session: Session, table: Table, *, indexed: bool) -> None:
    columns = [f"{ORGANIZATION} BIGINT NOT NULL", table.definitions]
    if indexed:
        columns.append(f"PRIMARY KEY ({', '.join((ORGANIZATION, *table.key))})")
    session.change(f"CREATE TABLE {table.address} ({', '.join(columns)})")
    if indexed and table.ranged_by:
        session.change(f"CREATE INDEX {table.index} ON {table.address} ({ORGANIZATION}, {table.ranged_by})")


def _fit(session: Session, table: Table, held: dict[str, str]) -> list[str]:
    """Add and retype columns of `table`; name those that are empty now."""
    emptied = []
    for column in table.columns:
        if held.get(column.name) == column.type:
            continue
        if column.name in held:
            session.change(f'ALTER TABLE {table.address} DROP COLUMN "{column.name}"')
        session.change(f'ALTER TABLE {table.address} ADD COLUMN "{column.name}" {column.type}')
        emptied.append(column.name)
    return emptied
