"""Filters, checked before they are sent: Autotask ignores an operator it does not know and answers with all rows.

    all_of(Condition("lastActivity", Op.GTE, since), any_of(Condition("status", Op.EQ, 1), ...))

A filter names fields in any case; `checked` gives them their wire names and compares each value with the field's
type. `AutotaskClient` checks every filter it is given.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, cast

from partner_portal.autotask.catalog import Entity
from partner_portal.autotask.errors import FilterInvalid, UnknownField
from partner_portal.autotask.kept_fields import KeptField, kept_fields

MOST_OR_CONDITIONS = 500
"""The most OR conditions of one query; each element of an `in` counts as one (API.md section 3)."""

Scalar = str | int | bool | float | Decimal | datetime


class Op(Enum):
    """The operators that Autotask knows; anything else it would silently ignore."""

    EQ = "eq"
    NOT_EQ = "noteq"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    BEGINS_WITH = "beginsWith"
    ENDS_WITH = "endsWith"
    CONTAINS = "contains"
    EXIST = "exist"
    NOT_EXIST = "notExist"
    IN = "in"
    NOT_IN = "notIn"


WITHOUT_VALUE = frozenset({Op.EXIST, Op.NOT_EXIST})
WITH_LIST = frozenset({Op.IN, Op.NOT_IN})
FOR_TEXT = frozenset({Op.BEGINS_WITH, Op.ENDS_WITH, Op.CONTAINS})
VALUE_TYPES: dict[type, tuple[type, ...]] = {
    str: (str,),
    int: (int,),
    bool: (bool,),
    Decimal: (int, float, Decimal),
    datetime: (datetime,),
}


@dataclass(frozen=True)
class Condition:
    """One comparison. `EXIST` and `NOT_EXIST` take no value, `IN` and `NOT_IN` a list; null cannot be compared with."""

    field: str
    op: Op
    value: Scalar | Sequence[Scalar] | None = None

    def wire(self) -> dict[str, Any]:
        """The condition as the API takes it."""
        if self.op in WITHOUT_VALUE:
            return {"op": self.op.value, "field": self.field}
        if isinstance(self.value, Sequence) and not isinstance(self.value, str):
            return {"op": self.op.value, "field": self.field, "value": [_wire_value(value) for value in self.value]}
        return {"op": self.op.value, "field": self.field, "value": _wire_value(self.value)}


@dataclass(frozen=True)
class Group:
    """Filters joined by `and` or `or`; made by `all_of` and `any_of`."""

    op: Literal["and", "or"]
    items: tuple[Filter, ...]

    def wire(self) -> dict[str, Any]:
        """The group as the API takes it."""
        return {"op": self.op, "items": [item.wire() for item in self.items]}


Filter = Condition | Group


def all_of(*filters: Filter) -> Group:
    """Rows that pass every one of `filters`."""
    return _group("and", filters)


def any_of(*filters: Filter) -> Group:
    """Rows that pass at least one of `filters`."""
    return _group("or", filters)


def checked(query: Filter, entity: Entity[Any]) -> Filter:
    """`query` with the entity's own field names.

    Raises `UnknownField` for a field we do not know of the entity, `FilterInvalid` for a value that does not suit
    its operator or field and for more OR conditions than Autotask takes.
    """
    alternatives = _alternatives(query, inside_or=False)
    if alternatives > MOST_OR_CONDITIONS:
        raise FilterInvalid(f"{alternatives} OR conditions in one query; Autotask takes at most {MOST_OR_CONDITIONS}")
    return _checked(query, entity)


def _group(op: Literal["and", "or"], filters: tuple[Filter, ...]) -> Group:
    if not filters:
        raise FilterInvalid(f"an empty {op!r} group")
    return Group(op, filters)


def _alternatives(query: Filter, *, inside_or: bool) -> int:
    if isinstance(query, Group):
        inside = inside_or or query.op == "or"
        return sum(_alternatives(item, inside_or=inside) for item in query.items)
    if query.op in WITH_LIST and isinstance(query.value, Sequence):
        return len(query.value)
    return 1 if inside_or else 0


def _checked(query: Filter, entity: Entity[Any]) -> Filter:
    if isinstance(query, Group):
        return Group(query.op, tuple(_checked(item, entity) for item in query.items))
    field = kept_fields(entity).get(query.field.casefold())
    if field is None:
        raise UnknownField(entity.path, query.field)
    _check_operator(query, field)
    for value in _values(query, field):
        _check_value(query, field, value)
    return replace(query, field=field.wire)


def _check_operator(condition: Condition, field: KeptField) -> None:
    if not isinstance(condition.op, Op):
        raise FilterInvalid(f"{condition.op!r} is not an operator of Autotask")
    if condition.op in FOR_TEXT and field.kind is not str:
        raise FilterInvalid(f"{condition.op.value} is for text, and {field.wire} is not text")


def _values(condition: Condition, field: KeptField) -> Sequence[Any]:
    """The values to compare with, after checking that there are as many as the operator takes."""
    said = f"{condition.op.value} on {field.wire}"
    if condition.op in WITHOUT_VALUE:
        if condition.value is not None:
            raise FilterInvalid(f"{said} takes no value")
        return ()
    is_list = isinstance(condition.value, Sequence) and not isinstance(condition.value, str)
    if condition.op in WITH_LIST:
        if not is_list or not condition.value:
            raise FilterInvalid(f"{said} takes a list of at least one value")
        return cast("Sequence[Any]", condition.value)
    if is_list:
        raise FilterInvalid(f"{said} takes one value, not a list")
    return (condition.value,)


def _check_value(condition: Condition, field: KeptField, value: Any) -> None:
    said = f"{condition.op.value} on {field.wire}"
    if value is None:
        raise FilterInvalid(f"{said} cannot compare with null; use exist or notExist")
    fits = isinstance(value, VALUE_TYPES[field.kind]) and (field.kind is bool or not isinstance(value, bool))
    if not fits:
        raise FilterInvalid(f"{said} takes a {field.kind.__name__}, not a {type(value).__name__}")
    if isinstance(value, datetime) and value.tzinfo is None:
        raise FilterInvalid(f"{said} takes a date-time with a zone")
    if isinstance(value, (float, Decimal)) and not math.isfinite(value):
        raise FilterInvalid(f"{said} takes a finite number")


def _wire_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    if isinstance(value, Decimal):
        return float(value)
    return value
