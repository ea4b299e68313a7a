"""Values of a filter, read as the type of their field, with the errors that SQL Server and Json.NET give."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from partner_portal.sandbox.refusals import QueryRefused

_SQL_NAMES = {"integer": "int", "long": "bigint", "double": "float", "decimal": "decimal", "number": "decimal"}
_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


def read_value(value: object, kind: str) -> int | float | str | bool | datetime:
    """`value` as DuckDB compares it with a field of type `kind`. Date-times come back naive, in UTC.

    Raises `QueryRefused` with the text of the real thing for null, lists, and what cannot be converted.
    """
    if value is None or isinstance(value, list | dict):
        raise QueryRefused("Value is required and must be a single value for this operator.")
    if kind in _SQL_NAMES:
        return _number(value, kind)
    if kind == "boolean":
        return _truth(value)
    if kind == "datetime":
        return _instant(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def read_instant(text: str) -> datetime:
    """An ISO 8601 date or date-time as naive UTC; without zone it is read as UTC. Raises `ValueError`."""
    found = datetime.fromisoformat(text.strip())
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found


def _number(value: object, kind: str) -> int | float:
    if isinstance(value, bool):
        letter = "t" if value else "f"
        raise QueryRefused(f"Unexpected character encountered while parsing value: {letter}. Path 'value'.")
    if isinstance(value, int | float):
        return value
    text = str(value)
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise QueryRefused(
            f"Conversion failed when converting the varchar value '{text}' to data type {_SQL_NAMES[kind]}."
        )
    return int(number) if number.is_integer() else number


def _truth(value: object) -> bool:
    truth = _TRUTHS.get(str(value).strip().casefold())
    if truth is None:
        raise QueryRefused(f"Conversion failed when converting the varchar value '{value}' to data type bit.")
    return truth


def _instant(value: object) -> datetime:
    try:
        return read_instant(value if isinstance(value, str) else "")
    except (ValueError, OverflowError):
        raise QueryRefused("Conversion failed when converting date and/or time from character string.") from None
