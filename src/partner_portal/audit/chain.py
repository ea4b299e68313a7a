"""How audit entries hang together: each carries the hash over its own content and over the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any, Protocol

NO_ORGANIZATION = 0
"""The chain of the entries that belong to no organization; the others have their organization's id."""
BEFORE_THE_FIRST = ""


class Content(Protocol):
    """What of an entry is hashed: all that it says, and its place."""

    at: datetime
    actor: str
    person_id: int | None
    organization_id: int | None
    action: str
    address: str
    result: str
    reason: str
    details: dict[str, Any]
    chain: int
    number: int


def chain_of(organization_id: int | None) -> int:
    """The chain that entries of this organization, or of none, belong to."""
    return NO_ORGANIZATION if organization_id is None else organization_id


def hash_of(entry: Content, before: str) -> str:
    """The hash of `entry` after one whose hash is `before`, in hexadecimal."""
    told = [
        before,
        entry.chain,
        entry.number,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor,
        entry.person_id,
        entry.organization_id,
        entry.action,
        entry.address,
        str(entry.result),
        entry.reason,
        plain(entry.details),
    ]
    written = json.dumps(told, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(written.encode("ascii")).hexdigest()


def plain(value: Any) -> Any:
    """`value` as every database gives it back: PostgreSQL writes a large whole float as an integer."""
    match value:
        case dict():
            return {str(key): plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [plain(inner) for inner in value]
        case float() if value.is_integer():
            return int(value)
        case str():
            return str(value)
    return value
