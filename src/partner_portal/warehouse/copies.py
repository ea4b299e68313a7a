"""Looking into the copy of a DuckDB warehouse that nobody works with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from partner_portal.warehouse.store import WarehouseError
from partner_portal.warehouse.tables import SCHEMA

HELD = "held"


@dataclass(frozen=True)
class Examination:
    """What a copy holds: the version of its tables, and how many rows are in each."""

    schema_version: int
    rows: dict[str, int]


def examine(path: Path) -> Examination:
    """Count what the copy at `path` holds; raise WarehouseError where it is no whole warehouse."""
    literal = str(path).replace("'", "''")
    try:
        with duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}) as look:
            look.execute(f"ATTACH '{literal}' AS {HELD} (TYPE duckdb, READ_ONLY)")
            versions = look.execute(f"SELECT version FROM {HELD}.{SCHEMA}.schema_version").fetchall()  # noqa: S608
            named = look.execute(
                "SELECT table_name FROM duckdb_tables() WHERE database_name = $held AND schema_name = $schema",
                {"held": HELD, "schema": SCHEMA},
            ).fetchall()
            return Examination(int(versions[0][0]), {str(name): _count(look, str(name)) for (name,) in named})
    except (duckdb.Error, IndexError) as error:
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
