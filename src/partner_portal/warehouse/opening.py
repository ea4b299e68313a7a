"""Opening a warehouse by its location."""

from __future__ import annotations

from partner_portal.warehouse.duckdb_store import DuckDBEngine
from partner_portal.warehouse.engine import Engine
from partner_portal.warehouse.migration import migrate
from partner_portal.warehouse.organization_store import MirrorWarehouse
from partner_portal.warehouse.postgres_store import PostgresEngine

_NOBODY = 0
"""The organization whose turn in the queue of writers an opening takes: ids begin at 1."""


def open_warehouse(location: str) -> MirrorWarehouse:
    """Open the warehouse at `location` and bring its tables up to date.

    `location` is the path of a DuckDB file, `:memory:`, or a `postgresql://` address. Raises `WarehouseLocked`
    when another process owns the file, `WarehouseError` when it cannot be opened or a newer portal wrote it.
    """
    is_postgres = location.startswith(("postgresql://", "postgres://"))
    engine: Engine = PostgresEngine(location) if is_postgres else DuckDBEngine(location)
    try:
        with engine.writing(_NOBODY) as session:
            # DuckDB joins faster without an index than it keeps one; PostgreSQL cannot merge without.
            migrate(session, indexed=is_postgres)
    except BaseException:
        engine.close()
        raise
    return MirrorWarehouse(engine)
