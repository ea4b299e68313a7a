"""One entity's rows: each kept as the JSON that goes over the wire, and once more in DuckDB columns to filter by.

Pages are cut from the wire form, so a page costs no conversion; a filter on ids alone needs no SQL at all, and rows
enter DuckDB only when the first other filter comes, or when many are waiting.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import RLock
from typing import Any

import duckdb
import msgspec

from partner_portal.sandbox.filters import Condition, Group, to_sql
from partner_portal.sandbox.schema import EntityModel

Row = dict[str, Any]

_COLUMN_TYPES = {
    "integer": "BIGINT",
    "long": "BIGINT",
    "string": "VARCHAR",
    "datetime": "TIMESTAMP",
    "boolean": "BOOLEAN",
    "double": "DOUBLE",
    "decimal": "DOUBLE",
}
_USER_FIELDS_TYPE = 'STRUCT("name" VARCHAR, "value" VARCHAR)[]'
_BATCH = 5_000
_MOST_WAITING = 50_000
_ID_BOUNDS = {"gt", "gte", "lt", "lte", "eq"}


class Database:
    """An in-memory DuckDB that is opened when it is first needed, and the lock that guards it."""

    def __init__(self) -> None:
        self.lock = RLock()
        self._connection: duckdb.DuckDBPyConnection | None = None

    def execute(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows."""
        with self.lock:
            if self._connection is None:
                self._connection = duckdb.connect(":memory:")
            return self._connection.execute(query, list(parameters)).fetchall()

    def close(self) -> None:
        """Give the memory back."""
        with self.lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None


class Table:
    """The rows of one entity, in ascending id. Safe to use from several threads."""

    def __init__(self, model: EntityModel, database: Database) -> None:
        self.model = model
        self._database = database
        self._lock = database.lock
        self._ids: list[int] = []
        self._wire: dict[int, bytes] = {}
        self._waiting: set[int] = set()
        self._exists = False
        self._empty_row: Row = dict.fromkeys(field.name for field in model.fields)
        self._columns = {field.name: _COLUMN_TYPES[field.type] for field in model.fields}
        if model.user_fields is not None:
            self._empty_row["userDefinedFields"] = []
            self._columns["userDefinedFields"] = _USER_FIELDS_TYPE

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, row_id: int) -> bool:
        return row_id in self._wire

    @property
    def last_id(self) -> int:
        """The highest id in use, -1 when there is none."""
        return self._ids[-1] if self._ids else -1

    def emptied(self) -> Table:
        """A table of the same entity without rows: what a user sees whose rights reach none of them."""
        return Table(self.model, Database())

    def ids(self) -> list[int]:
        """All ids, ascending."""
        with self._lock:
            return list(self._ids)

    def rows(self) -> list[Row]:
        """All rows in wire form, in ascending id."""
        with self._lock:
            return [msgspec.json.decode(self._wire[row_id]) for row_id in self._ids]

    def row(self, row_id: int) -> Row:
        """One row in wire form. Raises `KeyError` when there is none."""
        row: Row = msgspec.json.decode(self._wire[row_id])
        return row

    def wire(self, row_ids: Iterable[int]) -> list[bytes]:
        """The JSON of those rows that still exist."""
        return [text for row_id in row_ids if (text := self._wire.get(row_id)) is not None]

    def add(self, rows: Iterable[Row]) -> None:
        """Put in rows that have an `id`, in any order; fields left out become null.

        Raises `ValueError` for an id in use.
        """
        pending = iter(rows)
        while batch := [{**self._empty_row, **row} for row in islice(pending, _BATCH)]:
            with self._lock:
                self._add_batch(batch)

    def replace(self, row: Row) -> None:
        """Put `row` in the place of the one with its id. Raises `KeyError` when there is none."""
        with self._lock:
            self.remove(row["id"])
            self.add([row])

    def remove(self, row_id: int) -> None:
        """Take the row away. Raises `KeyError` when there is none."""
        with self._lock:
            del self._wire[row_id]
            del self._ids[bisect_left(self._ids, row_id)]
            if row_id in self._waiting:
                self._waiting.remove(row_id)
            else:
                self._run(f'DELETE FROM "{self.model.path}" WHERE "id" = ?', [row_id])  # noqa: S608

    def count(self, where: Group) -> int:
        """How many rows `where` lets pass."""
        with self._lock:
            span = self._id_span(where)
            if span is not None:
                return max(0, span[1] - span[0])
            if not self._ids:
                return 0
            condition, parameters = to_sql(where)
            query = f'SELECT count(*) FROM "{self.model.path}" WHERE {condition}'  # noqa: S608
            return int(self._run(query, parameters)[0][0])

    def select(self, where: Group, *, after: int = -1, limit: int = 500) -> list[int]:
        """The first `limit` ids above `after` that `where` lets pass, ascending."""
        with self._lock:
            span = self._id_span(where)
            if span is not None:
                start = max(span[0], bisect_right(self._ids, after))
                return self._ids[start : max(start, min(start + limit, span[1]))]
            return self._select_sql(where, f'"id" > {int(after)} ORDER BY "id" LIMIT {int(limit)}')

    def select_back(self, where: Group, *, upto: int, limit: int = 500) -> list[int]:
        """The last `limit` ids not above `upto` that `where` lets pass, ascending."""
        with self._lock:
            order = f'"id" <= {int(upto)} ORDER BY "id" DESC LIMIT {int(limit)}'
            return self._select_sql(where, order)[::-1]

    def _select_sql(self, where: Group, bound: str) -> list[int]:
        if not self._ids:
            return []
        condition, parameters = to_sql(where)
        query = f'SELECT "id" FROM "{self.model.path}" WHERE {condition} AND {bound}'  # noqa: S608
        return [row_id for (row_id,) in self._run(query, parameters)]

    def _add_batch(self, batch: Sequence[Row]) -> None:
        ids = [row["id"] for row in batch]
        if len(set(ids)) < len(ids) or any(row_id in self._wire for row_id in ids):
            raise ValueError(f"an id of {self.model.path} is used twice")
        self._wire.update((row["id"], msgspec.json.encode(row)) for row in batch)
        in_order = ids[0] > self.last_id and all(a < b for a, b in pairwise(ids))
        self._ids.extend(ids)
        if not in_order:
            self._ids.sort()
        self._waiting.update(ids)
        if len(self._waiting) >= _MOST_WAITING:
            self.settle()

    def settle(self) -> None:
        """Bring the rows that wait into DuckDB, through a file: ten times as fast as by parameters."""
        with self._lock:
            if not self._exists:
                columns = ", ".join(f'"{name}" {kind}' for name, kind in self._columns.items())
                self._database.execute(f'CREATE TABLE "{self.model.path}" ({columns})')
                self._exists = True
            if not self._waiting:
                return
            lines = self.wire(sorted(self._waiting))
            columns = ", ".join(f"'{name}': '{kind}'" for name, kind in self._columns.items())
            with TemporaryDirectory() as folder:
                path = Path(folder, "rows.ndjson")
                path.write_bytes(b"\n".join(lines))
                source = f"read_json('{path}', format = 'newline_delimited', columns = {{{columns}}})"
                self._database.execute(f'INSERT INTO "{self.model.path}" SELECT * FROM {source}')  # noqa: S608
            self._waiting.clear()

    def _run(self, query: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
        self.settle()
        return self._database.execute(query, parameters)

    def _id_span(self, where: Group) -> tuple[int, int] | None:
        """The slice of the id list that `where` means, when it speaks of ids only."""
        if where.any_of and len(where.items) > 1:
            return None
        start, end = 0, len(self._ids)
        for bound in _id_bounds(where):
            if bound is None:
                return None
            operator, value = bound
            if operator in ("gt", "gte", "eq"):
                cut = bisect_right if operator == "gt" else bisect_left
                start = max(start, cut(self._ids, value))
            if operator in ("lt", "lte", "eq"):
                cut = bisect_left if operator == "lt" else bisect_right
                end = min(end, cut(self._ids, value))
        return start, end


def _id_bounds(where: Group) -> Iterator[tuple[str, int | float] | None]:
    """The bounds on id that `where` is made of; None for anything else in it."""
    for item in where.items:
        if isinstance(item, Condition) and item.field == "id" and item.operator in _ID_BOUNDS:
            yield item.operator, item.values[0]
        elif isinstance(item, Condition) and item.field == "id" and item.operator == "exist":
            continue
        else:
            yield None
