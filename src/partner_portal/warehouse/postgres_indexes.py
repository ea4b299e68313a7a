"""Indexes that a table of an older portal lacks, built beside its readers and writers."""

from __future__ import annotations

from partner_portal.warehouse.postgres_connections import Connection
from partner_portal.warehouse.tables import ORGANIZATION, SCHEMA, TABLES

_LOCK = (0x4D49, -1)
"""Held by the process that builds; the second half is no organization's."""


def add_indexes(connection: Connection) -> None:
    """Build what is missing of the tables' indexes, outside of a transaction, so that nobody waits for it but we.

    Where another process is at it already, leave it to that one. An index that was given up half built is made anew.
    """
    held: dict[str, bool] = dict(
        connection.execute(
            "SELECT c.relname, i.indisvalid FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid "
            "WHERE c.relnamespace = to_regnamespace(%s)",
            [SCHEMA],
        ).fetchall()
    )
    wanted = [table for table in TABLES if table.index is not None and not held.get(table.index)]
    if not wanted or connection.execute("SELECT pg_try_advisory_lock(%s, %s)", _LOCK).fetchall() != [(True,)]:
        return
    try:
        for table in wanted:
            connection.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {SCHEMA}.{table.index}".encode())
            place = f"{table.address} ({ORGANIZATION}, {table.ranged_by})"
            connection.execute(f"CREATE INDEX CONCURRENTLY {table.index} ON {place}".encode())
    finally:
        connection.execute("SELECT pg_advisory_unlock(%s, %s)", _LOCK)
