"""How fast rows enter DuckDB, by each of the ways there are."""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb
import msgspec

from benchmarks.timing import print_ratios, side_by_side
from partner_portal.autotask.catalog import COMPANY_TO_DOS, CompanyToDo
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.warehouse.opening import open_warehouse
from partner_portal.warehouse.store import Source

ROWS = 20_000
EXECUTEMANY_ROWS = 500
COLUMNS = ("id BIGINT", "action_type BIGINT", "company_id BIGINT", "start_date_time TIMESTAMP", "text VARCHAR")


def run() -> None:
    """Rows into DuckDB: the warehouse's load, bare JSON, lists, executemany (per row, from fewer rows)."""
    at = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)
    records = [
        CompanyToDo(
            id=n, action_type=n % 5, company_id=n % 900, start_date_time=at, activity_description=f"Called, {n}"
        )
        for n in range(ROWS)
    ]
    naive = at.replace(tzinfo=None)
    plain = [(row.id, row.action_type, row.company_id, naive, row.activity_description) for row in records]
    document = msgspec.json.encode([dict(zip("abcde", row, strict=True)) for row in plain]).decode()
    structure = '[{"a":"BIGINT","b":"BIGINT","c":"BIGINT","d":"TIMESTAMP","e":"VARCHAR"}]'
    kinds = [column.split()[1] for column in COLUMNS]
    unnested = ",".join(f"unnest(CAST(${place} AS {kind}[]))" for place, kind in enumerate(kinds, start=1))

    def table() -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect()
        connection.execute(f"CREATE TABLE t ({', '.join(COLUMNS)})")
        return connection

    def through_the_warehouse() -> None:
        warehouse = open_warehouse(":memory:")
        load = warehouse.organization(OrganizationScope(1)).load(COMPANY_TO_DOS)
        load.append(records)
        load.commit(Source(COMPANY_TO_DOS.path, as_of=at, complete=True), replace=True)
        warehouse.close()

    def as_json() -> None:
        table().execute("INSERT INTO t SELECT unnest(from_json($1::JSON, $2), max_depth := 2)", [document, structure])

    def as_lists() -> None:
        table().execute(f"INSERT INTO t SELECT {unnested}", [list(column) for column in zip(*plain, strict=True)])

    def by_executemany() -> None:
        table().executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)", plain[:EXECUTEMANY_ROWS])

    medians = side_by_side(
        {"warehouse load (13 columns)": through_the_warehouse, "bare JSON": as_json, "lists": as_lists}
        | {"executemany": by_executemany}
    )
    medians["executemany"] *= ROWS / EXECUTEMANY_ROWS
    print_ratios(medians, against="bare JSON", rows=ROWS)
