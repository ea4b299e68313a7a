"""Rows as Autotask wrote them, for callers who speak its language: its own names and values, nothing converted.

Only the fields that we keep of an entity come out, whatever was sent along: what nobody declared is not passed on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from partner_portal.autotask.catalog import Entity
from partner_portal.autotask.documents import Document, read_document
from partner_portal.autotask.errors import MalformedAnswer
from partner_portal.autotask.kept_fields import kept_fields

INT64 = range(-(2**63), 2**63)


@dataclass(frozen=True)
class RawPage:
    """One page in ascending id: its rows, and Autotask's link to the next one, None on the last."""

    rows: list[dict[str, Any]]
    next_url: str | None


def raw_page(entity: Entity[Any], body: bytes, asked: Iterable[str], *, after: int | None) -> RawPage:
    """The page in `body`; of each row the `asked` wire names, and nothing at or below the id `after`.

    Raises `AnswerCutShort` when it is not complete JSON, `MalformedAnswer` when it is not a page of this entity.
    """
    document = read_document(entity.path, body)
    if document.raw("items") is None:
        raise MalformedAnswer(entity.path, "there are no items")
    wanted = {name.casefold() for name in asked}
    rows = [_row(entity, item, wanted) for item in document.documents("items")]
    ids = [row["id"] for row in rows]
    if any(later <= earlier for earlier, later in pairwise(ids)):
        raise MalformedAnswer(entity.path, "the rows are not in ascending order of id")
    if after is not None and ids and ids[0] <= after:
        raise MalformedAnswer(entity.path, "rows came that were not asked for")
    return RawPage(rows, document.document("pageDetails").text("nextPageUrl"))


def raw_item(entity: Entity[Any], body: bytes) -> dict[str, Any] | None:
    """The one row in `body`, None when there is none; raises as `raw_page` does."""
    document = read_document(entity.path, body)
    if "item" not in document:
        raise MalformedAnswer(entity.path, "there is no item")
    return None if document.raw("item") is None else _row(entity, document.document("item"), set(kept_fields(entity)))


def _row(entity: Entity[Any], item: Document, wanted: set[str]) -> dict[str, Any]:
    number = item.raw("id")
    if not isinstance(number, int) or isinstance(number, bool) or number not in INT64:
        raise MalformedAnswer(entity.path, "a row has no id")
    row = {field.wire: item.raw(field.wire) for name, field in kept_fields(entity).items() if _has(item, name, wanted)}
    if not all(map(_is_plain, row.values())):
        raise MalformedAnswer(entity.path, "a field is not a plain value")
    return row


def _has(item: Document, name: str, wanted: set[str]) -> bool:
    return name in wanted and name in item


def _is_plain(value: Any) -> bool:
    return value in INT64 if isinstance(value, int) else not isinstance(value, (dict, list))
