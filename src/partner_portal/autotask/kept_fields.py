"""The fields of an entity that we keep, each with its two names and its type."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import NoneType
from typing import Any, cast, get_args

import msgspec

from partner_portal.autotask.catalog import Entity


@dataclass(frozen=True)
class KeptField:
    """One field: the record's attribute `name`, its `wire` name, its type `kind` without the null."""

    name: str
    wire: str
    kind: type


@cache
def kept_fields(entity: Entity[Any]) -> dict[str, KeptField]:
    """The fields of `entity` by their case-folded wire name, `id` first."""
    return {
        field.encode_name.casefold(): KeptField(field.name, field.encode_name, _kind(field.type))
        for field in msgspec.structs.fields(entity.record)
    }


def _kind(annotation: Any) -> type:
    kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
    return cast("type", kinds[0] if kinds else annotation)
