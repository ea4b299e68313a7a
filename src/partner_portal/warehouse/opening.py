"""Opening a warehouse by its location."""

from __future__ import annotations

from partner_portal.warehouse.duckdb_store import DuckDBEngine
from partner_portal.warehouse.engine import Engine
from partner_portal.warehouse.organization_store import MirrorWarehouse
from partner_portal.warehouse.postgres_store import PostgresEngine


def open_warehouse(location: str) -> MirrorWarehouse:
    """Open the warehouse at `location` and bring its tables up to date.

    `location` is the path of a DuckDB file, `:memory:`, or a `postgresql://` address. Raises `WarehouseLocked`
    when another process owns the file, `WarehouseError` when it cannot be opened or a newer portal wrote it.
    """
    is_postgres = location.startswith(("postgresql://", "postgres://"))
    engine: Engine = PostgresEngine(location) if is_postgres else DuckDBEngine(location)
    try:
        engine.migrate()
    except BaseException:
        engine.close()
        raise
    return MirrorWarehouse(engine)
