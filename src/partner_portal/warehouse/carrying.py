"""Carrying a warehouse out of its DuckDB file into the tables of a PostgreSQL, and telling whether both hold the same.

A row is written as one line by SQL that both databases share; the lines are what is carried, and what the checksums are
over.
"""

# ruff: noqa: S608  (identifiers come from the catalogue, values are parameters)

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import psycopg

from partner_portal.warehouse.duckdb_store import MEMORY_LIMITS, THREADS, cannot_open
from partner_portal.warehouse.store import WarehouseError
from partner_portal.warehouse.tables import ORGANIZATION, SCHEMA, SCHEMA_VERSION, TABLES, Column, Table

HELD = "held"
"""What the file is called while it is read."""

ROWS_AT_ONCE = 50_000
"""How many rows are carried in one transaction: some 20 MB of text at most times."""

Cursor = psycopg.Cursor[Any]


@dataclass(frozen=True)
class Content:
    """What a table holds: how many rows, and a checksum over them that does not ask for their order."""

    rows: int
    checksum: str


class WarehouseFile:
    """The warehouse in the file at `path`, read only: nothing of it is changed, and nobody else can open it to write.

    Raises `WarehouseLocked` while a portal works with it, `WarehouseError` where it cannot be read, or is of another
    version than this portal. For one thread.
    """

    def __init__(self, path: Path) -> None:
        config: dict[str, Any] = {
            "memory_limit": MEMORY_LIMITS[False],
            "threads": THREADS,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "temp_directory": "",
        }
        self._connection = duckdb.connect(config=config)
        try:
            literal = str(path).replace("'", "''")
            self._connection.execute(f"ATTACH '{literal}' AS {HELD} (TYPE duckdb, READ_ONLY)")
            self._connection.execute(f"USE {HELD}")
            self._refuse_other_versions()
        except duckdb.Error as error:
            self.close()
            raise cannot_open(path, error) from error
        except WarehouseError:
            self.close()
            raise

    def _refuse_other_versions(self) -> None:
        [(version,)] = self._connection.execute(f"SELECT max(version) FROM {SCHEMA}.schema_version").fetchall()
        if version is not None and version > SCHEMA_VERSION:
            raise WarehouseError("The warehouse was written by a newer portal. Upgrade this one first.")
        held = set(
            self._connection.execute(
                "SELECT table_name, column_name, data_type FROM duckdb_columns() "
                "WHERE database_name = $held AND schema_name = $schema",
                {"held": HELD, "schema": SCHEMA},
            ).fetchall()
        )
        wanted = {(table.name, column.name, column.type) for table in TABLES for column in table.columns}
        if version != SCHEMA_VERSION or not wanted <= held:
            raise WarehouseError("The warehouse was written by an older portal. Start this one on it once, then again.")

    def content(self, table: Table) -> Content:
        """What `table` holds."""
        line = f"md5({_line_of(table)})"
        [(rows, checksum)] = self._connection.execute(
            f"SELECT count(*), CAST(coalesce(sum(CAST('0x' || substr({line}, 1, 15) AS BIGINT)), 0) AS VARCHAR) "
            f"FROM {table.address}"
        ).fetchall()
        return Content(rows, checksum)

    def end(self, table: Table) -> int:
        """The place behind the last row of `table`."""
        [(last,)] = self._connection.execute(f"SELECT max(rowid) FROM {table.address}").fetchall()
        return 0 if last is None else int(last) + 1

    def lines(self, table: Table, first: int) -> list[str]:
        """The rows of `table` at the ROWS_AT_ONCE places from `first` on, where there are any, as COPY takes them."""
        found = self._connection.execute(
            f"SELECT {_line_of(table)} FROM {table.address} WHERE rowid >= $first AND rowid < $behind",
            {"first": first, "behind": first + ROWS_AT_ONCE},
        ).fetchall()
        return [line for (line,) in found]

    def close(self) -> None:
        """Let others open the file."""
        self._connection.close()


def content_in(cursor: Cursor, table: Table) -> Content:
    """What `table` holds in the PostgreSQL of `cursor`, all organizations together."""
    with _whole(cursor, table):
        line = f"md5({_line_of(table)})"
        cursor.execute(
            "SELECT count(*), coalesce(sum(CAST(CAST('x0' || substr("
            f"{line}, 1, 15) AS bit(64)) AS bigint)), 0)::text FROM {table.address}".encode()
        )
        [(rows, checksum)] = cursor.fetchall()
    return Content(rows, checksum)


def take(cursor: Cursor, table: Table, lines: list[str]) -> None:
    """Add rows that `WarehouseFile.lines` gave, in the transaction of `cursor`."""
    columns = ", ".join(f'"{name}"' for name in _names(table))
    with _whole(cursor, table), cursor.copy(f"COPY {table.address} ({columns}) FROM STDIN".encode()) as copy:
        for line in lines:
            copy.write(f"{line}\n")


def empty(cursor: Cursor, table: Table) -> None:
    """Remove every row of `table`, of whichever organization."""
    cursor.execute(f"TRUNCATE {table.address}".encode())


@contextmanager
def _whole(cursor: Cursor, table: Table) -> Iterator[None]:
    """Let the table's owner reach the rows of all organizations; within a transaction, so for nobody else."""
    cursor.execute("SELECT relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", [table.address])
    [(is_walled,)] = cursor.fetchall()
    if is_walled:
        cursor.execute(f"ALTER TABLE {table.address} NO FORCE ROW LEVEL SECURITY".encode())
    yield
    if is_walled:
        cursor.execute(f"ALTER TABLE {table.address} FORCE ROW LEVEL SECURITY".encode())


def _names(table: Table) -> list[str]:
    return [ORGANIZATION, *(column.name for column in table.columns)]


def _line_of(table: Table) -> str:
    """SQL for a row of `table` as one line of PostgreSQL's COPY: tabs between, `\\N` for NULL, backslashes escaped."""
    columns = (Column(ORGANIZATION, "BIGINT"), *table.columns)
    return f"concat_ws(chr(9), {', '.join(_value_of(column) for column in columns)})"


def _value_of(column: Column) -> str:
    value = f'CAST("{column.name}" AS VARCHAR)'
    if column.type == "VARCHAR":
        for code, letter in ((92, "\\"), (9, "t"), (10, "n"), (13, "r")):
            value = f"replace({value}, chr({code}), chr(92) || '{letter}')"
    return f"coalesce({value}, chr(92) || 'N')"
