"""Pages: which rows a query or a page link means, and the JSON they are sent as."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import msgspec

from partner_portal.sandbox.query import FIRST, Cursor, Query, page_url
from partner_portal.sandbox.refusals import QueryRefused
from partner_portal.sandbox.schema import EntityModel
from partner_portal.sandbox.table import Table


def page_document(table: Table, query: Query, cursor: Cursor | None, base_url: str, search: str | None) -> bytes:
    """The page that `cursor` points to, the first without one, as the bytes of its JSON document."""
    size = cursor.page_size if cursor else query.page_size
    ids, start, more = _page_ids(table, query, cursor, size)
    if more and query.fields is not None and "id" not in query.fields:
        raise QueryRefused("IncludeFields must contain id when the result has more than one page.")
    previous_url = next_url = None
    if start != FIRST:
        previous_url = page_url(base_url, Cursor(size, [start], []), search)
    if more:
        next_url = page_url(base_url, Cursor(size, [start], [ids[-1]]), search)
    lines = page_lines(table.model, table.wire(ids), query.fields)
    details = {"count": len(lines), "requestCount": size, "prevPageUrl": previous_url, "nextPageUrl": next_url}
    return b'{"items":[' + b",".join(lines) + b'],"pageDetails":' + msgspec.json.encode(details) + b"}"


def _page_ids(table: Table, query: Query, cursor: Cursor | None, size: int) -> tuple[list[int], int, bool]:
    """The ids of a page, the id that it comes after, and whether another page follows."""
    if cursor is None or cursor.next_ids:
        start = cursor.next_ids[0] if cursor else FIRST
        ids = table.select(query.where, after=start, limit=size + 1)
        return ids[:size], start, len(ids) > size
    ids = table.select_back(query.where, upto=cursor.previous_ids[0], limit=size + 1)
    start = ids[0] if len(ids) > size else FIRST
    return ids[-size:], start, bool(ids)


def page_lines(model: EntityModel, lines: Sequence[bytes], fields: tuple[str, ...] | None) -> list[bytes]:
    """Rows in wire form, cut down to the fields that were asked for."""
    if fields is None or not lines:
        return list(lines)
    own = {field.name for field in model.fields}
    plain = tuple(name for name in fields if name in own or name == "userDefinedFields")
    rows = msgspec.json.decode(b"[" + b",".join(lines) + b"]", type=_row_type(plain))
    cut = [msgspec.json.encode(row) for row in rows]
    if model.user_fields is None or "userDefinedFields" in plain:
        return cut
    asked = {name for name in fields if name not in own}
    return [_with_user_fields(short, line, asked) for short, line in zip(cut, lines, strict=True)]


def _with_user_fields(short: bytes, line: bytes, asked: set[str]) -> bytes:
    chosen: list[Any] = []
    if asked:
        chosen = [entry for entry in msgspec.json.decode(line)["userDefinedFields"] if entry["name"] in asked]
    comma = b"," if len(short) > 2 else b""
    return short[:-1] + comma + b'"userDefinedFields":' + msgspec.json.encode(chosen) + b"}"


@cache
def _row_type(names: tuple[str, ...]) -> Any:
    """A list of rows of which only `names` are read, each value left as the text it is."""
    row = msgspec.defstruct("Row", [(name, msgspec.Raw) for name in names])
    return list[row]  # type: ignore[valid-type]
