"""SQL statements of the reports: texts in `sql/`, filled with fragments, run with the parameters they name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from partner_portal.warehouse.store import OrganizationStore

AT_ONCE = 5_000
"""Ids of one statement."""

_AMONG = "id IN (SELECT unnest(CAST($ids AS BIGINT[])))"
"""With the ids as a parameter the text stays the same, and need not be parsed and planned for thousands of them."""

_NAMED = re.compile(r"\$([a-z_]+)")


@cache
def text_of(name: str) -> str:
    """The text of `sql/{name}.sql`, its `{fragments}` still open."""
    return files(__package__).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


def statement(name: str, **fragments: str) -> str:
    """The statement `name` with its fragments filled in. Fragments are SQL of ours, never a person's input."""
    return text_of(name).format_map(fragments)


def run(store: OrganizationStore, sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of `sql`, given those of `parameters` that it names."""
    named = {name: parameters[name] for name in _NAMED.findall(sql)}
    return store.rows(sql, named)


def rows_of(store: OrganizationStore, sql: str, ids: Collection[int]) -> Iterator[tuple[Any, ...]]:
    """The rows of `sql`, a SELECT without WHERE, whose `id` is among `ids`; some thousand at a time."""
    wanted = sorted(ids)
    for first in range(0, len(wanted), AT_ONCE):
        yield from store.rows(f"{sql} WHERE {_AMONG}", {"ids": wanted[first : first + AT_ONCE]})


def is_one_of(column: str, ids: Iterable[int]) -> str:
    """SQL for "`column` is one of `ids`"; never true for no ids."""
    listed = ", ".join(str(int(value)) for value in sorted(ids))
    return f"{column} IN ({listed})" if listed else "FALSE"
