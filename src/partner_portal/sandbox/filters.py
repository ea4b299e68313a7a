"""The API's filter language: read from a query's JSON, checked as the real API does, compiled to SQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from partner_portal.sandbox.refusals import QueryRefused, unknown_field
from partner_portal.sandbox.schema import EntityModel
from partner_portal.sandbox.values import read_value

MOST_OR_CONDITIONS = 500
"""How many OR conditions a query may have; each element of `in` counts as one (vendor's thresholds page)."""

COMPARISONS = {"eq": "=", "noteq": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
TEXT_TESTS = {"beginswith": "starts_with", "endswith": "suffix", "contains": "contains"}
PRESENCE = {"exist": "IS NOT NULL", "notexist": "IS NULL"}
LISTS = {"in": "IN", "notin": "NOT IN"}
GROUPS = ("and", "or")


@dataclass(frozen=True)
class Condition:
    """One test of one field. `operator` is case-folded; `values` are typed, one but for `in` and `notin`."""

    field: str
    kind: str
    operator: str
    values: tuple[Any, ...] = ()
    user_defined: bool = False


@dataclass(frozen=True)
class Group:
    """Conditions joined by and, or by or. An empty group lets everything pass."""

    items: tuple[Condition | Group, ...] = ()
    any_of: bool = False

    def conditions(self) -> Iterator[Condition]:
        """Every condition below, at any depth."""
        for item in self.items:
            if isinstance(item, Group):
                yield from item.conditions()
            else:
                yield item


def read_filter(raw: object, model: EntityModel, *, refuse_unknown_operators: bool = False) -> Group:
    """The filter of a query. An unknown operator drops its condition, as the API does, unless refused by a switch.

    Raises `QueryRefused`: no list, unknown or unqueryable field, unreadable value, two user-defined conditions,
    more than 500 OR conditions.
    """
    if not isinstance(raw, list):
        raise QueryRefused("The filter is missing or is not a list of conditions.")
    reader = _Reader(model, refuse_unknown_operators)
    group = reader.group(raw, any_of=False)
    if _or_conditions(group) > MOST_OR_CONDITIONS:
        raise QueryRefused(f"Queries are limited to {MOST_OR_CONDITIONS} or fewer 'OR' conditions.")
    if sum(condition.user_defined for condition in group.conditions()) > 1:
        raise QueryRefused("Only one user-defined field condition is allowed per query.")
    return group


@dataclass(frozen=True)
class _Reader:
    model: EntityModel
    refuse_unknown_operators: bool

    def group(self, raw: Sequence[object], *, any_of: bool) -> Group:
        items = (self.node(node) for node in raw)
        return Group(tuple(item for item in items if item is not None), any_of)

    def node(self, raw: object) -> Condition | Group | None:
        if not isinstance(raw, dict):
            raise QueryRefused("Each filter condition must be an object.")
        entry = {str(key).casefold(): value for key, value in raw.items()}
        operator = str(entry.get("op", "")).casefold()
        if operator in GROUPS:
            inner = self.group(entry.get("items") or [], any_of=operator == "or")
            return inner if inner.items else None
        if operator not in COMPARISONS | TEXT_TESTS | PRESENCE | LISTS:
            if self.refuse_unknown_operators:
                raise QueryRefused(f"Unknown operator {entry.get('op')}.")
            return None
        return self.condition(entry, operator)

    def condition(self, entry: dict[str, Any], operator: str) -> Condition:
        user_defined = str(entry.get("udf", "")).casefold() == "true"
        name, kind = self.user_field(entry) if user_defined else self.field(entry)
        if operator in TEXT_TESTS and kind != "string":
            raise QueryRefused(f"The operator {entry['op']} cannot be used with the field {name}.")
        return Condition(name, kind, operator, _values(entry, operator, kind), user_defined)

    def field(self, entry: dict[str, Any]) -> tuple[str, str]:
        field = self.model.by_name.get(str(entry.get("field")).casefold())
        if field is None:
            raise unknown_field(entry.get("field"), self.model.singular)
        if not field.queryable:
            raise QueryRefused(f"The field {field.name} of the {self.model.singular} Entity cannot be queried.")
        return field.name, field.type

    def user_field(self, entry: dict[str, Any]) -> tuple[str, str]:
        wanted = str(entry.get("field")).casefold()
        for field in self.model.user_fields or ():
            if field.name.casefold() == wanted:
                return field.name, field.type
        raise unknown_field(entry.get("field"), self.model.singular)


def _values(entry: dict[str, Any], operator: str, kind: str) -> tuple[Any, ...]:
    if operator in PRESENCE:
        return ()
    value = entry.get("value")
    if operator not in LISTS:
        return (read_value(value, kind),)
    if not isinstance(value, list) or not value:
        raise QueryRefused(f"The operator {entry['op']} needs a list of values.")
    return tuple(read_value(element, kind) for element in value)


def _or_conditions(node: Condition | Group, *, inside_or: bool = False) -> int:
    if isinstance(node, Condition):
        return len(node.values) if node.operator in LISTS else int(inside_or)
    return sum(_or_conditions(item, inside_or=inside_or or node.any_of) for item in node.items)


def to_sql(node: Condition | Group) -> tuple[str, list[Any]]:
    """`node` as a SQL condition with `?` and its parameters; text compares without case, nulls as SQL has them."""
    if isinstance(node, Condition):
        return _condition_sql(node)
    parts = [to_sql(item) for item in node.items]
    if not parts:
        return "TRUE", []
    joined = (" OR " if node.any_of else " AND ").join(sql for sql, _ in parts)
    return f"({joined})", [parameter for _, parameters in parts for parameter in parameters]


def _condition_sql(condition: Condition) -> tuple[str, list[Any]]:
    column = _column(condition)
    operator = condition.operator
    if operator in PRESENCE:
        return f"{column} {PRESENCE[operator]}", []
    parameters = list(condition.values)
    mark = "?"
    if condition.kind == "string":
        column, mark = f"lower({column})", "lower(?)"
    if operator in TEXT_TESTS:
        return f"{TEXT_TESTS[operator]}({column}, {mark})", parameters
    if operator in LISTS:
        return f"{column} {LISTS[operator]} ({', '.join([mark] * len(parameters))})", parameters
    return f"{column} {COMPARISONS[operator]} {mark}", parameters


_CASTS = {"string": "{}", "number": "TRY_CAST({} AS DOUBLE)", "datetime": "TRY_CAST({} AS TIMESTAMP)"}


def _column(condition: Condition) -> str:
    if not condition.user_defined:
        return f'"{condition.field}"'
    name = condition.field.replace("'", "''")
    value = f"list_extract(list_filter(\"userDefinedFields\", lambda u: u.name = '{name}'), 1).value"
    return _CASTS[condition.kind].format(value)
