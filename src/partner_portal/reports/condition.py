"""Conditions in that part of SQL which Python reads, too: the same text lists records and tells counts apart.

A report counts most figures by grouping rows once and asking of each group which figures it belongs to: planning
forty conditional sums costs a store several times more than counting the rows.

    outcome = 'open' AND probability IS NOT NULL AND projected_on >= $today

There is no IN: where a column is a CASE of one literal and NULL, DuckDB 2.0 filters by `column IN ('that', 'other')`
as if NULL were among them.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

Row = Mapping[str, Any]
Test = Callable[[Row], bool]

_ATOM = re.compile(
    r"""(?P<always>TRUE)
      | (?P<negated>NOT\s+)?(?P<flag>[a-z_]+)
      | (?P<column>[a-z_]+)\s+(?:
            IS\s+(?P<known>NOT\s+)?NULL
          | (?P<operator>=|<>|>=|<=|>|<)\s+(?P<other>'[a-z_]+'|\d+|\$?[a-z_]+)
        )""",
    re.VERBOSE,
)
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


@cache
def test_of(where: str) -> Test:
    """What `where` says of a row, as a function: atoms joined by AND, over columns and `$parameters` by their names.

    As in SQL a comparison with what is unknown is not true. Raises ValueError for SQL beyond this.
    """
    tests = [_atom(part) for part in where.split(" AND ")]
    return tests[0] if len(tests) == 1 else lambda row: all(test(row) for test in tests)


def _atom(text: str) -> Test:
    found = _ATOM.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"a condition that only a store can read: {text!r}")
    if found["always"]:
        return lambda _row: True
    if found["flag"]:
        flag, wanted = found["flag"], not found["negated"]
        return lambda row: row[flag] is wanted
    column = found["column"]
    if found["operator"]:
        return _comparison(column, _OPERATORS[found["operator"]], found["other"])
    is_known = found["known"] is not None
    return lambda row: (row[column] is not None) is is_known


def _comparison(column: str, compare: Callable[[Any, Any], bool], other: str) -> Test:
    if other.startswith("'") or other.isdigit():
        value = other.strip("'") if other.startswith("'") else int(other)
        return lambda row: row[column] is not None and compare(row[column], value)
    return lambda row: row[column] is not None and row[other] is not None and compare(row[column], row[other])
