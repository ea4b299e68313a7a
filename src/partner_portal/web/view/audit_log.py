"""The audit log: its entries in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from partner_portal.web.view import formats
from partner_portal.web.view.moments import Moment, near_moment

NOTHING = "none"
FIELDS = frozenset({"changed", "filtered_by"})
"""The details that list fields by their names."""


@dataclass(frozen=True)
class Detail:
    """One thing that an entry tells of what was done."""

    name: str
    text: str


@dataclass(frozen=True)
class AuditRow:
    """One entry; `code` is the action as files and the filter call it, `action` the same for people.

    `unusual` says why it is unusual, empty where it is not.
    """

    at: Moment
    actor: str
    code: str
    action: str
    result: str
    reason: str
    address: str
    details: Sequence[Detail]
    unusual: str


def audit_rows(entries: Sequence[Mapping[str, Any]], now: datetime, zone: ZoneInfo) -> tuple[AuditRow, ...]:
    """The `entries` at `now` (aware), in their order; times in `zone`."""
    return tuple(
        AuditRow(
            at=near_moment(entry["at"], now, zone),
            actor=entry["actor"],
            code=entry["action"],
            action=action_name(entry["action"]),
            result=entry["result"].capitalize(),
            reason=entry["reason"],
            address=entry["address"] or formats.UNKNOWN,
            details=tuple(Detail(_name(name), _told(name, value, zone)) for name, value in entry["details"].items()),
            unusual="; ".join(entry["unusual"]).capitalize(),
        )
        for entry in entries
    )


def action_name(code: str) -> str:
    """An action for people: `organization.rules_changed` is "Organization rules changed"."""
    return _name(code.replace(".", " ")).capitalize()


def _name(key: str) -> str:
    return key.replace("_", " ")


def _told(name: str, value: Any, zone: ZoneInfo) -> str:
    """The detail's value in words; one whose name ends in `_at` is an instant."""
    if isinstance(value, list) and name in FIELDS:
        return _words([_name(field) for field in value])
    if isinstance(value, str) and name.endswith("_at"):
        return formats.full_instant(formats.instant(value), zone)
    return _words(value)


def _words(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{_name(str(key))}: {_within(part)}" for key, part in value.items())
    if isinstance(value, list):
        return ", ".join(_within(part) for part in value)
    return str(value)


def _within(value: Any) -> str:
    """A value within another one: one that has parts itself is kept together."""
    text = _words(value)
    return f"({text})" if isinstance(value, Mapping | list) and value else text
