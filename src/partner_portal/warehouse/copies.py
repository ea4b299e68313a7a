"""Looking into the copy of a DuckDB warehouse that nobody works with."""

from __future__ import annotations

from pathlib import Path

import duckdb

from partner_portal.warehouse.store import WarehouseError
from partner_portal.warehouse.tables import SCHEMA

HELD = "held"


def examine(path: Path) -> dict[str, int]:
    """How many rows each table of the copy at `path` holds; raise WarehouseError where it is no whole warehouse."""
    literal = str(path).replace("'", "''")
    try:
        with duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}) as look:
            look.execute(f"ATTACH '{literal}' AS {HELD} (TYPE duckdb, READ_ONLY)")
            if not look.execute(f"SELECT version FROM {HELD}.{SCHEMA}.schema_version").fetchall():  # noqa: S608
                raise WarehouseError(f"{path.name} is no whole warehouse: it has no version. Use another copy.")
            named = look.execute(
                "SELECT table_name FROM duckdb_tables() WHERE database_name = $held AND schema_name = $schema",
                {"held": HELD, "schema": SCHEMA},
            ).fetchall()
            return {str(name): _count(look, str(name)) for (name,) in named}
    except duckdb.Error as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise WarehouseError(f"{path.name} is no whole warehouse: {reason} Use another copy.") from error


def is_owned(path: Path) -> bool:
    """Whether another process works with the warehouse at `path`; a broken one is nobody's."""
    try:
        examine(path)
    except WarehouseError as error:
        return "Could not set lock on file" in str(error)
    return False


def _count(look: duckdb.DuckDBPyConnection, table: str) -> int:
    name = table.replace('"', '""')
    counted = look.execute(f'SELECT count(*) FROM {HELD}.{SCHEMA}."{name}"').fetchone()  # noqa: S608
    return int(counted[0]) if counted else 0
