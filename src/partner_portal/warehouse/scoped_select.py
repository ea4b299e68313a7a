"""One SELECT of a report, confined to one organization's rows.

Reports are written in this code base, not by its users; what is refused here are slips, so that no report can
read past its organization or write anything by mistake.
"""

# ruff: noqa: S608  (identifiers come from the catalogue, values are parameters)

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from partner_portal.warehouse.activities import Dialect, deriving_sql
from partner_portal.warehouse.store import WarehouseError
from partner_portal.warehouse.tables import ACTIVITIES, ORGANIZATION, READABLE, SCHEMA, Table

SCOPE_PARAMETER = "organization"
"""The parameter that carries the organization; a report may neither name nor pass it."""

_TOKEN = re.compile(
    r"""(?P<text>(?<!\w)'(?:[^']|'')*')
      | (?P<quoted>(?<!\w)"(?:[^"]|"")*")
      | (?P<comment>--[^\n]*)
      | (?P<parameter>\$[A-Za-z_]\w*)
      | (?P<word>[^\W\d]\w*)
      | (?P<number>\d[\w.]*)
      | (?P<space>\s+)
      | (?P<refused>;|\$|'|"|/\*)
      | (?P<symbol>.)""",
    re.VERBOSE | re.DOTALL,
)

_CHANGING = frozenset(
    {"alter", "analyze", "attach", "call", "copy", "create", "delete", "detach", "drop", "execute", "export", "grant"}
    | {"insert", "install", "into", "load", "merge", "pragma", "prepare", "reset", "revoke", "set", "truncate"}
    | {"update", "use", "vacuum"}
)
_ELSEWHERE = frozenset({SCHEMA, ORGANIZATION, "public", "information_schema", "main", "temp", "query", "query_table"})
_ELSEWHERE_PREFIXES = ("pg_", "duckdb_", "read_")


@dataclass(frozen=True)
class Token:
    """One lexical element of a statement; `kind` is the name of its group in the pattern."""

    kind: str
    text: str


@dataclass(frozen=True)
class ScopedSelect:
    """A SELECT whose tables hold one organization's rows only, and the parameters that it takes."""

    sql: str
    parameters: frozenset[str]
    asks_for_activities: bool


def tokens(sql: str) -> Iterator[Token]:
    """Split `sql` into what DuckDB and PostgreSQL read alike; comments are left out.

    Raises `WarehouseError` on what they would read differently: block comments, dollar quotes, prefixed texts,
    and on semicolons, which would begin a second statement.
    """
    for match in _TOKEN.finditer(sql):
        kind = match.lastgroup or "symbol"
        if kind == "refused":
            raise WarehouseError(f"A report's SQL may not contain {match.group()!r}. Write one plain SELECT.")
        if kind != "comment":
            yield Token(kind, match.group())


def _check(token: Token) -> None:
    if token.kind not in ("word", "quoted"):
        return
    name = token.text.strip('"').lower()
    if token.kind == "word" and name in _CHANGING:
        raise WarehouseError(f"A report may only read; its SQL says {token.text}. Write one plain SELECT.")
    if name in _ELSEWHERE or name.startswith(_ELSEWHERE_PREFIXES):
        raise WarehouseError(f"A report may not name {token.text}. Use the bare names of the catalogue's tables.")


def _confined(table: Table, named: AbstractSet[str], deriving: Dialect | None) -> str:
    """The CTE that stands for `table`, with the columns in `named`: planning time grows with every column."""
    if table is ACTIVITIES and deriving is not None:
        return f'"{table.name}" AS NOT MATERIALIZED ({deriving_sql(deriving)})'
    columns = ", ".join(f'"{column.name}"' for column in table.columns if column.name in named) or "1 AS one"
    return (
        f'"{table.name}" AS NOT MATERIALIZED (SELECT {columns} '
        f"FROM {table.address} WHERE {ORGANIZATION} = ${SCOPE_PARAMETER})"
    )


def _wants_every_column(parts: Sequence[Token]) -> bool:
    """Whether a star stands for columns (not for a product, nor in `count(*)`), or a join takes them unnamed."""
    said = [token.text.lower() for token in parts if token.kind != "space"]
    stars = (before for before, star in pairwise(said) if star == "*")
    return "natural" in said or any(before in ("select", "distinct", "all", ",", ".") for before in stars)


@lru_cache(maxsize=512)
def scoped_select(sql: str, deriving: Dialect | None = None) -> ScopedSelect:
    """Confine `sql`, one SELECT over bare table names, to the organization in `$organization`.

    Activities come from their table or, when the records of a dialect are named in `deriving`, from these.
    Raises `WarehouseError` for any other statement and for names that lead past the organization.
    """
    parts = list(tokens(sql))
    for token in parts:
        _check(token)
    words = [token.text.strip('"').lower() for token in parts if token.kind in ("word", "quoted")]
    if not words or words[0] not in ("select", "with"):
        raise WarehouseError("A report's SQL must begin with SELECT or WITH. Write one plain SELECT.")
    parameters = {token.text[1:] for token in parts if token.kind == "parameter"}
    if SCOPE_PARAMETER in parameters:
        raise WarehouseError(f"A report may not name ${SCOPE_PARAMETER}; the store confines it by itself.")
    tables = [READABLE[name] for name in sorted(READABLE.keys() & words)]
    if tables:
        parameters.add(SCOPE_PARAMETER)
    every = {column.name for table in tables for column in table.columns}
    named = every if _wants_every_column(parts) else every.intersection(words)
    body = "".join(token.text for token in parts).strip()
    confined = ", ".join(_confined(table, named, deriving) for table in tables)
    return ScopedSelect(_merged(confined, body), frozenset(parameters), ACTIVITIES in tables)


def _merged(ours: str, body: str) -> str:
    if not ours:
        return body
    leading = re.match(r"with\s+(recursive\b)?", body, re.IGNORECASE)
    if leading is None:
        return f"WITH {ours} {body}"
    recursive = "RECURSIVE " if leading.group(1) else ""
    return f"WITH {recursive}{ours}, {body[leading.end() :]}"


@lru_cache(maxsize=512)
def for_psycopg(sql: str) -> str:
    """`sql` with its `$name` parameters written as psycopg wants them, `%(name)s`, and every `%` doubled."""
    written = []
    for token in tokens(sql):
        text = token.text.replace("%", "%%")
        written.append(f"%({text[1:]})s" if token.kind == "parameter" else text)
    return "".join(written)
