"""Records on their way into a store: as JSON, which DuckDB reads itself, and in text that a database can hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from partner_portal.autotask.catalog import Entity, Record
from partner_portal.warehouse.tables import ENTITY_TABLES, Column

_ENCODER = msgspec.json.Encoder()
_ESCAPED_NUL = b"\\u0000"
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


WITH_ZONE = "TIMESTAMPTZ"


def wire_columns(entity: Entity[Any]) -> list[tuple[str, Column]]:
    """The columns of `entity`'s table, each with its name in the JSON of a batch.

    Instants are typed with their zone there, so that the store converts them to UTC (its sessions' zone).
    """
    columns = ENTITY_TABLES[entity.path].columns
    return [
        (wire, Column(column.name, WITH_ZONE if column.type == "TIMESTAMP" else column.type))
        for wire, column in zip(entity.field_names, columns, strict=True)
    ]


def json_lines(records: Sequence[Record]) -> bytes:
    """One JSON object a line for each record, in text that a database can hold (`storable`)."""
    try:
        lines = _ENCODER.encode_lines(records)
        if _ESCAPED_NUL not in lines:
            return lines
    except UnicodeEncodeError:
        pass  # of a lone surrogate
    return _ENCODER.encode_lines([_storable(record) for record in records])


def _storable(record: Record) -> Record:
    changes: dict[str, Any] = {}
    for name in record.__struct_fields__:
        value = getattr(record, name)
        if isinstance(value, str):
            changes[name] = storable(value)
    return msgspec.structs.replace(record, **changes)


def storable(text: str) -> str:
    """`text` without NUL characters (PostgreSQL refuses them); lone surrogates become U+FFFD (UTF-8 refuses them)."""
    return _LONE_SURROGATE.sub("\ufffd", text.replace("\0", ""))
