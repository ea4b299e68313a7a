"""The JSON document `mapping/1`: a mapping as it is kept, shown and changed. Everything in it is named by id.

```
{"schema": "mapping/1",
 "action_types": [{"id", "kind": "call|email|meeting|other", "direction": "outbound|inbound|unspecified"|null}],
 "stages": [{"id", "rank": 0-5, "won": bool}], "stages_are_ranks": bool,
 "statuses": [{"id", "outcome": "open|won|lost"|null}],
 "excluded_companies": [id], "excluded_resources": [id], "emails_are_conversations": bool,
 "stale_after_days": 1-3650, "stale_days_by_stage": [{"id", "days": 1-3650}]}
```
A type, stage or status that is not listed is unmapped, but where stages are ranks the ids 0-5 are their own. A status
whose outcome is null is one of none of the three. Where no days are told, an open deal is stale after 30 days in
whatever stage.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, TypeVar

import msgspec

from partner_portal.reports.mapping import (
    HIGHEST_RANK,
    STALE_AFTER_DAYS,
    WON_RANK,
    ActionMapping,
    ActionMeaning,
    Direction,
    Kind,
    Outcome,
    StageMapping,
    TenantMapping,
)

SCHEMA = "mapping/1"
LONGEST_REST_DAYS = 3650
Id = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
Choice = TypeVar("Choice", bound=StrEnum)


class MappingError(ValueError):
    """A mapping that cannot be used. The message is one line and names the remedy."""


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the document; unknown fields are slips."""


class _ActionType(_Part, frozen=True, kw_only=True):
    id: Id
    kind: str
    direction: str | None = None


class _Stage(_Part, frozen=True, kw_only=True):
    id: Id
    rank: int
    won: bool | None = None  # left out: the highest rank is


class _Status(_Part, frozen=True, kw_only=True):
    id: Id
    outcome: str | None


class _StageDays(_Part, frozen=True, kw_only=True):
    id: Id
    days: int


class _Document(_Part, frozen=True, kw_only=True):
    schema: str
    action_types: list[_ActionType]
    stages: list[_Stage]
    statuses: list[_Status]
    stages_are_ranks: bool = False
    excluded_companies: list[Id]
    excluded_resources: list[Id]
    emails_are_conversations: bool
    stale_after_days: int = STALE_AFTER_DAYS
    stale_days_by_stage: list[_StageDays] = []


class _Change(_Part, frozen=True, kw_only=True):
    based_on: int
    mapping: _Document


for _kind in (_Document, _Change):
    msgspec.json.Decoder(_kind)  # here, while there is one thread: see `autotask.decoding`


@dataclass(frozen=True)
class Change:
    """A mapping to be put in force, and the version that its author saw in force."""

    based_on: int
    mapping: TenantMapping


def document_of(mapping: TenantMapping) -> dict[str, Any]:
    """The document of `mapping`, entries by ascending id. Labels, and ranks that nobody gave, are not part of it."""
    stages = mapping.stages
    statuses: dict[int, Outcome | None] = dict.fromkeys(mapping.neutral_statuses)
    statuses.update(mapping.outcomes)
    return {
        "schema": SCHEMA,
        "action_types": [
            {
                "id": action,
                "kind": meaning.kind.value,
                "direction": None if meaning.direction is None else meaning.direction.value,
            }
            for action, meaning in sorted(mapping.actions.meanings.items())
        ],
        "stages": [
            {"id": stage, "rank": rank, "won": stage in stages.won}
            for stage, rank in sorted(stages.ranks.items())
            if stage not in stages.inferred
        ],
        "stages_are_ranks": stages.is_by_id,
        "statuses": [
            {"id": status, "outcome": None if outcome is None else outcome.value}
            for status, outcome in sorted(statuses.items())
        ],
        "excluded_companies": sorted(mapping.excluded_companies),
        "excluded_resources": sorted(mapping.excluded_resources),
        "emails_are_conversations": mapping.emails_are_conversations,
        "stale_after_days": mapping.stale_after_days,
        "stale_days_by_stage": [
            {"id": stage, "days": days} for stage, days in sorted(mapping.stale_days_by_stage.items())
        ],
    }


def mapping_from(document: object, version: int) -> TenantMapping:
    """The confirmed mapping that a document of JSON's types tells. Raises `MappingError`; looks up no id."""
    return _mapping(_converted(document, _Document), version)


def change_from(change: object) -> Change:
    """What `{"based_on": version, "mapping": document}` tells. Raises `MappingError`; looks up no id."""
    read = _converted(change, _Change)
    return Change(read.based_on, _mapping(read.mapping, read.based_on + 1))


Part = TypeVar("Part", bound=_Part)


def _converted(value: object, kind: type[Part]) -> Part:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as wrong:
        raise MappingError(f"The mapping cannot be read: {wrong}. Start from the one that is shown.") from None


def _mapping(document: _Document, version: int) -> TenantMapping:
    if document.schema != SCHEMA:
        raise MappingError(f"The mapping's schema is {document.schema!r}. Write {SCHEMA!r}.")
    _refuse_twice("action_types", [entry.id for entry in document.action_types])
    _refuse_twice("stages", [entry.id for entry in document.stages])
    _refuse_twice("statuses", [entry.id for entry in document.statuses])
    _refuse_twice("excluded_companies", document.excluded_companies)
    _refuse_twice("excluded_resources", document.excluded_resources)
    _refuse_twice("stale_days_by_stage", [entry.id for entry in document.stale_days_by_stage])
    outcomes = {
        entry.id: None if entry.outcome is None else _choice(Outcome, entry.outcome, f"statuses: id {entry.id}")
        for entry in document.statuses
    }
    return TenantMapping(
        ActionMapping({entry.id: _meaning(entry) for entry in document.action_types}),
        _stages(document.stages, are_ranks=document.stages_are_ranks),
        emails_are_conversations=document.emails_are_conversations,
        is_confirmed=True,
        outcomes={status: outcome for status, outcome in outcomes.items() if outcome is not None},
        neutral_statuses=frozenset(status for status, outcome in outcomes.items() if outcome is None),
        excluded_companies=frozenset(document.excluded_companies),
        excluded_resources=frozenset(document.excluded_resources),
        stale_after_days=_days(document.stale_after_days, "stale_after_days"),
        stale_days_by_stage={
            entry.id: _days(entry.days, f"stale_days_by_stage: id {entry.id}") for entry in document.stale_days_by_stage
        },
        version=version,
    )


def _days(days: int, place: str) -> int:
    if not 1 <= days <= LONGEST_REST_DAYS:
        raise MappingError(f"{place} says {days} days. Write a number from 1 to {LONGEST_REST_DAYS}.")
    return days


def _meaning(entry: _ActionType) -> ActionMeaning:
    place = f"action_types: id {entry.id}"
    kind = _choice(Kind, entry.kind, place)
    if entry.direction is None:
        return ActionMeaning(kind)
    direction = _choice(Direction, entry.direction, place)
    if kind is not Kind.CALL:
        raise MappingError(f"{place} is no call and has the direction {direction.value!r}. Write null.")
    return ActionMeaning(kind, direction)


def _stages(entries: Iterable[_Stage], *, are_ranks: bool) -> StageMapping:
    ranks: dict[int, int] = {}
    won: set[int] = set()
    for entry in entries:
        place = f"stages: id {entry.id}"
        if not 0 <= entry.rank <= HIGHEST_RANK:
            raise MappingError(f"{place} has the rank {entry.rank}. Write one from 0 (new) to {WON_RANK} (won).")
        if are_ranks and entry.rank != entry.id:
            raise MappingError(
                f"{place} has another rank than its id. Repeat the id, or set stages_are_ranks to false."
            )
        if entry.won and entry.rank != WON_RANK:
            raise MappingError(f"{place} is won with the rank {entry.rank}. Write the rank {WON_RANK}.")
        ranks[entry.id] = entry.rank
        if entry.won or (entry.won is None and entry.rank == WON_RANK):
            won.add(entry.id)
    return StageMapping(ranks, frozenset(won), is_by_id=are_ranks)


def _choice(kind: type[Choice], text: str, place: str) -> Choice:
    try:
        return kind(text)
    except ValueError:
        choices = ", ".join(kind)
        raise MappingError(f"{place} has the {kind.__name__.lower()} {text!r}. Choose one of: {choices}.") from None


def _refuse_twice(section: str, ids: list[int]) -> None:
    seen: set[int] = set()
    for each in ids:
        if each in seen:
            raise MappingError(f"{section} names the id {each} twice. Leave one of them out.")
        seen.add(each)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What of two documents differs, each side's own: entries by id (None where a side has none), ids of lists."""
    ours: dict[str, Any] = {}
    theirs: dict[str, Any] = {}
    for section in before.keys() | after.keys():
        left, right = before.get(section), after.get(section)
        if left == right:
            continue
        if isinstance(left, list) and isinstance(right, list):
            left, right = _entries_apart(left, right)
        ours[section], theirs[section] = left, right
    return ours, theirs


def _entries_apart(before: list[Any], after: list[Any]) -> tuple[Any, Any]:
    if not all(isinstance(entry, dict) for entry in (*before, *after)):
        return [entry for entry in before if entry not in after], [entry for entry in after if entry not in before]
    left, right = _by_id(before), _by_id(after)
    apart = [key for key in sorted(left.keys() | right.keys(), key=int) if left.get(key) != right.get(key)]
    return {key: left.get(key) for key in apart}, {key: right.get(key) for key in apart}


def _by_id(entries: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {str(entry["id"]): {name: value for name, value in entry.items() if name != "id"} for entry in entries}
