"""The filter language once more, by hand in Python over rows in wire form: nothing here is the sandbox's own."""

from __future__ import annotations

from datetime import UTC, datetime


def passes(row: dict, filters: list[dict], kinds: dict[str, str]) -> bool:
    """Whether SQL would keep the row: unknown (a comparison with null) is not true."""
    return _all([_truth(row, node, kinds) for node in filters]) is True


def _truth(row: dict, node: dict, kinds: dict[str, str]) -> bool | None:
    if "items" in node:
        inner = [_truth(row, item, kinds) for item in node["items"]]
        return _all(inner) if node["op"] == "and" else _any(inner)
    held = row[node["field"]]
    if node["op"] in ("exist", "notExist"):
        return (held is not None) == (node["op"] == "exist")
    if held is None:
        return None
    kind = kinds[node["field"]]
    mine = _plain(held, kind)
    if node["op"] in ("in", "notIn"):
        return (mine in [_plain(value, kind) for value in node["value"]]) == (node["op"] == "in")
    return _TESTS[node["op"]](mine, _plain(node["value"], kind))


_TESTS = {
    "eq": lambda a, b: a == b,
    "noteq": lambda a, b: a != b,
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
    "beginsWith": lambda a, b: a.startswith(b),
    "endsWith": lambda a, b: a.endswith(b),
    "contains": lambda a, b: b in a,
}


def _plain(value, kind: str):
    if kind == "string":
        return str(value).lower().encode()
    if kind == "datetime":
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return value


def _all(truths: list) -> bool | None:
    return False if False in truths else None if None in truths else True


def _any(truths: list) -> bool | None:
    if not truths:
        return True
    return True if True in truths else None if None in truths else False
