"""A query as it arrives, and the page it is answered with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import msgspec

from partner_portal.sandbox.filters import Group, read_filter
from partner_portal.sandbox.refusals import QueryRefused, unknown_field
from partner_portal.sandbox.schema import EntityModel

LARGEST_PAGE = 500


@dataclass(frozen=True)
class Query:
    """What is asked: which rows, which fields (None: all), and how many to a page."""

    where: Group
    fields: tuple[str, ...] | None = None
    page_size: int = LARGEST_PAGE


class Cursor(msgspec.Struct, frozen=True, rename="camel"):
    """What a page link carries. Forward it names the last id seen, backward the id that the page ends at."""

    page_size: int
    previous_ids: list[int]
    next_ids: list[int]


FIRST = -1


def read_query(text: bytes | str, model: EntityModel, *, refuse_unknown_operators: bool = False) -> Query:
    """A query's JSON, its keys in any case. Raises `QueryRefused` for everything the API does not take."""
    try:
        raw = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as e:
        raise QueryRefused(f"The query is not valid JSON: {e}") from None
    if not isinstance(raw, dict):
        raise QueryRefused("The query must be an object with a filter.")
    entry = {str(key).casefold(): value for key, value in raw.items()}
    where = read_filter(entry.get("filter"), model, refuse_unknown_operators=refuse_unknown_operators)
    return Query(where, _fields(entry.get("includefields"), model), _page_size(entry.get("maxrecords")))


def read_cursor(text: str) -> Cursor:
    """The `paging` of a page link. Raises `QueryRefused` when it is not one of ours."""
    try:
        cursor = msgspec.json.decode(text, type=Cursor)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise QueryRefused("The paging information is not valid.") from None
    if len(cursor.next_ids) > 1 or len(cursor.previous_ids) != 1 or not 1 <= cursor.page_size <= LARGEST_PAGE:
        raise QueryRefused("The paging information is not valid.")
    return cursor


def page_url(base: str, cursor: Cursor, search: str | None) -> str:
    """The absolute link to a page; one of a query by GET carries the query along."""
    link = f"{base}?paging={_quoted(msgspec.json.encode(cursor).decode())}"
    return link if search is None else f"{link}&search={_quoted(search)}"


def _quoted(text: str) -> str:
    """Percent-encoded as .NET does it, in lower-case hex."""
    return re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), quote(text, safe="-_.!*()"))


def _page_size(raw: Any) -> int:
    if raw is None:
        return LARGEST_PAGE
    if isinstance(raw, bool) or not isinstance(raw, int) or not 1 <= raw <= LARGEST_PAGE:
        raise QueryRefused(
            f"The value of MaxRecords is not valid: maxCountOfRecordsToReturn must be between 1 and {LARGEST_PAGE}."
        )
    return raw


def _fields(raw: Any, model: EntityModel) -> tuple[str, ...] | None:
    if raw is None or raw == []:
        return None
    if not isinstance(raw, list):
        raise QueryRefused("IncludeFields must be a list of field names.")
    names = {field.name.casefold(): field.name for field in model.fields}
    if model.user_fields is not None:
        names["userdefinedfields"] = "userDefinedFields"
        names.update((field.name.casefold(), field.name) for field in model.user_fields)
    for name in raw:
        if str(name).casefold() not in names:
            raise unknown_field(name, model.singular)
    return tuple(dict.fromkeys(names[str(name).casefold()] for name in raw))
