"""A caller's query of Autotask, understood and checked before anything is sent.

Autotask ignores an operator that it does not know and answers with every row (API.md section 3), so what is not
known here is refused. The caller writes as Autotask's own documentation says: `filter`, `MaxRecords`,
`IncludeFields`, names in any case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from partner_portal.autotask.catalog import CATALOG, Entity, entity_at
from partner_portal.autotask.decoding import INT64
from partner_portal.autotask.errors import FilterInvalid, UnknownField
from partner_portal.autotask.filters import (
    WITHOUT_VALUE,
    Condition,
    Filter,
    Group,
    Op,
    all_of,
    any_of,
    checked,
)
from partner_portal.autotask.kept_fields import kept_fields
from partner_portal.autotask.limits import ROWS_PER_PAGE
from partner_portal.usecases.errors import InputRefused

DEEPEST = 8
"""Groups within groups."""
MOST_CONDITIONS = 100
MOST_VALUES = 500
"""Values of one `in`."""
LONGEST_TEXT = 500

OPERATORS = tuple(op.value for op in Op)
ENTITIES = tuple(entity.path for entity in CATALOG)
"""The entities that can be asked for, as they are called in an address."""

_JOINS: dict[str, Callable[..., Group]] = {"and": all_of, "or": any_of}


class EntityUnknown(LookupError):
    """An entity that is not passed on. The message is one line."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no entity {name[:60]!r} here. The portal passes on {', '.join(ENTITIES)}.")


@dataclass(frozen=True)
class Query:
    """What is asked of an entity: which rows (None: all), which fields (None: all we know), how many to a page."""

    filter: Filter | None
    fields: tuple[str, ...] | None
    size: int

    @property
    def filtered_by(self) -> list[str]:
        """The fields that the filter looks at, each once, by name."""
        return sorted({condition.field for condition in _conditions(self.filter)})


def find_entity(name: str) -> Entity[Any]:
    """The entity called `name` in the address, in any case; raises EntityUnknown."""
    try:
        return entity_at(name)
    except KeyError:
        raise EntityUnknown(name) from None


def read_query(entity: Entity[Any], document: Mapping[str, Any]) -> Query:
    """Understand a query of `entity`; raises InputRefused naming the place at fault, never its value."""
    parts = _in_any_case(document, {"filter", "maxrecords", "includefields"})
    if "filter" not in parts:
        raise InputRefused("filter", "filter is missing. [] asks for every row.")
    return Query(
        filter=_filter(entity, parts["filter"]),
        fields=_fields(entity, parts.get("includefields")),
        size=_size(parts.get("maxrecords")),
    )


def read_count(entity: Entity[Any], document: Mapping[str, Any]) -> Query:
    """Understand a count of `entity`: a query that has a filter only."""
    parts = _in_any_case(document, {"filter"})
    if "filter" not in parts:
        raise InputRefused("filter", "filter is missing. [] counts every row.")
    return Query(_filter(entity, parts["filter"]), None, ROWS_PER_PAGE)


def _in_any_case(document: Mapping[str, Any], known: set[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in document.items():
        name = key.casefold()
        if name not in known or name in found:
            raise InputRefused("query", f"A query has {', '.join(sorted(known))}, each once, and nothing else.")
        found[name] = value
    return found


def _filter(entity: Entity[Any], raw: Any) -> Filter | None:
    if not isinstance(raw, list):
        raise InputRefused("filter", "filter must be a list of conditions and groups.")
    if not raw:
        return None
    reader = _FilterReader(entity)
    items = [reader.read(item, f"filter.{place}", 1) for place, item in enumerate(raw)]
    whole = items[0] if len(items) == 1 else all_of(*items)
    try:
        return checked(whole, entity)
    except UnknownField as unknown:
        known = ", ".join(entity.field_names)
        raise InputRefused("filter", f"{entity.path} has no field {unknown.field[:60]!r}. Fields: {known}.") from None
    except FilterInvalid as invalid:
        raise InputRefused("filter", f"filter: {invalid.flaw}.") from None


class _FilterReader:
    """Reads the conditions of one filter, and counts them."""

    def __init__(self, entity: Entity[Any]) -> None:
        self._kinds = {name: field.kind for name, field in kept_fields(entity).items()}
        self._conditions = 0

    def read(self, raw: Any, place: str, depth: int) -> Filter:
        """The condition or group in `raw`, which stands at `place`."""
        if not isinstance(raw, dict) or not isinstance(raw.get("op"), str):
            raise InputRefused("filter", f"{place} must be an object with an op.")
        if raw["op"] in _JOINS:
            return self._group(raw, place, depth)
        return self._condition(raw, place)

    def _group(self, raw: dict[str, Any], place: str, depth: int) -> Filter:
        if depth > DEEPEST:
            raise InputRefused("filter", f"filter is nested more than {DEEPEST} deep.")
        if set(raw) != {"op", "items"} or not isinstance(raw["items"], list) or not raw["items"]:
            raise InputRefused("filter", f"{place}: a group has op and items, a list of at least one.")
        items = [self.read(item, f"{place}.items.{at}", depth + 1) for at, item in enumerate(raw["items"])]
        return _JOINS[raw["op"]](*items)

    def _condition(self, raw: dict[str, Any], place: str) -> Condition:
        self._conditions += 1
        if self._conditions > MOST_CONDITIONS:
            raise InputRefused("filter", f"filter has more than {MOST_CONDITIONS} conditions.")
        if raw["op"] not in OPERATORS:
            known = ", ".join((*OPERATORS, *_JOINS))
            raise InputRefused("filter", f"{place}.op is no operator of Autotask, which would ignore it. Use {known}.")
        op = Op(raw["op"])
        if not set(raw) <= {"op", "field", "value"} or not isinstance(raw.get("field"), str):
            raise InputRefused(
                "filter", f"{place}: a condition has op, field and value; user-defined fields have none."
            )
        value = None if op in WITHOUT_VALUE and raw.get("value") is None else self._value(raw, place)
        return Condition(raw["field"], op, value)

    def _value(self, raw: dict[str, Any], place: str) -> Any:
        kind = self._kinds.get(raw["field"].casefold(), str)
        value = raw.get("value")
        if not isinstance(value, list):
            return _scalar(value, kind, place)
        if len(value) > MOST_VALUES:
            raise InputRefused("filter", f"{place}.value has more than {MOST_VALUES} values.")
        return tuple(_scalar(one, kind, place) for one in value)


def _scalar(value: Any, kind: type, place: str) -> Any:
    """A value as the field's `kind` wants it where the wire writes it otherwise; `checked` judges the rest."""
    if isinstance(value, (dict, list)):
        raise InputRefused("filter", f"{place}.value must be plain.")
    if isinstance(value, int) and not isinstance(value, bool) and value not in INT64:
        raise InputRefused("filter", f"{place}.value is out of range.")
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise InputRefused("filter", f"{place}.value is longer than {LONGEST_TEXT} characters.")
    if isinstance(value, str) and kind is datetime:
        return _instant(value, place)
    if isinstance(value, float) and kind is int and value.is_integer() and int(value) in INT64:
        return int(value)
    return value


def _instant(text: str, place: str) -> datetime:
    """An instant; without a zone it is read as UTC, as Autotask does (API.md section 3)."""
    try:
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InputRefused("filter", f"{place}.value must be a date-time such as 2026-10-01T00:00:00Z.") from None


def _fields(entity: Entity[Any], raw: Any) -> tuple[str, ...] | None:
    if raw is None or raw == []:
        return None
    known = kept_fields(entity)
    if not isinstance(raw, list) or not all(isinstance(name, str) and name.casefold() in known for name in raw):
        raise InputRefused("IncludeFields", f"IncludeFields: {entity.path} has {', '.join(entity.field_names)}.")
    return tuple(dict.fromkeys(["id", *(known[name.casefold()].wire for name in raw)]))


def _size(raw: Any) -> int:
    if raw is None:
        return ROWS_PER_PAGE
    if isinstance(raw, bool) or not isinstance(raw, int) or not 1 <= raw <= ROWS_PER_PAGE:
        raise InputRefused("MaxRecords", f"MaxRecords must be a whole number from 1 to {ROWS_PER_PAGE}.")
    return raw


def _conditions(query: Filter | None) -> Iterator[Condition]:
    if isinstance(query, Condition):
        yield query
    elif query is not None:
        for item in query.items:
            yield from _conditions(item)
