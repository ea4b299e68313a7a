"""What a tenant's own ids mean: action types to kind and direction, stages to funnel ranks.

A mapping is a value. It is proposed here from the tenant's labels, without reading or writing anything; an
administrator's own mapping takes its place by being passed to the report instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What an activity was."""

    CALL = "call"
    EMAIL = "email"
    MEETING = "meeting"
    OTHER = "other"


class Direction(StrEnum):
    """Who called whom."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"
    UNSPECIFIED = "unspecified"


@dataclass(frozen=True)
class ActionMeaning:
    """What one action type stands for. Without a `direction` a call's own row tells it, or nobody does."""

    kind: Kind
    direction: Direction | None = None


@dataclass(frozen=True)
class ActionMapping:
    """Action types by id. An id that is missing here is unmapped: it counts as `other`, and is listed."""

    meanings: Mapping[int, ActionMeaning]
    labels: Mapping[int, str] = field(default_factory=dict)

    def kind(self, action: int | None) -> Kind:
        """What an activity with this type was."""
        meaning = None if action is None else self.meanings.get(action)
        return Kind.OTHER if meaning is None else meaning.kind

    def direction(self, action: int | None, told: str | None) -> Direction | None:
        """A call's direction: as mapped, else as its own row has `told`; None for anything but a call."""
        meaning = None if action is None else self.meanings.get(action)
        if meaning is None or meaning.kind is not Kind.CALL:
            return None
        return meaning.direction or Direction(told or Direction.UNSPECIFIED)

    def is_mapped(self, action: int | None) -> bool:
        """Whether somebody or something has said what `action` means."""
        return action is not None and action in self.meanings


GUIDE_ACTIONS = ActionMapping(
    {
        3: ActionMeaning(Kind.EMAIL),
        4: ActionMeaning(Kind.CALL),
        6: ActionMeaning(Kind.MEETING),
        7: ActionMeaning(Kind.MEETING),
    }
)
"""The guide's fixed action types; every other id is of no sales interest there."""

_KIND_WORDS: tuple[tuple[Kind, frozenset[str]], ...] = (
    (Kind.CALL, frozenset({"call", "calls", "called", "phone"})),
    (Kind.EMAIL, frozenset({"email", "emails", "mail", "mails"})),
    (Kind.MEETING, frozenset({"meeting", "meetings", "appointment", "appointments"})),
)
_DIRECTION_WORDS: tuple[tuple[Direction, frozenset[str]], ...] = (
    (Direction.INBOUND, frozenset({"inbound", "incoming"})),
    (Direction.OUTBOUND, frozenset({"outbound", "outgoing"})),
)
_SYSTEM_ACTIONS: Mapping[int, Kind] = {
    0: Kind.OTHER,  # Opportunity Update
    1: Kind.CALL,  # Phone Call
    2: Kind.MEETING,  # Meeting
    3: Kind.OTHER,  # General
    5: Kind.OTHER,  # Quick Note
}
"""Ids that the vendor ships and that tenants may rename but not delete (API.md 6.5)."""

_WORD = re.compile(r"[^\W\d_]+")


def words_of(label: str) -> frozenset[str]:
    """The words of `label` in lower case: "E-Mail (out)" has e, mail and out."""
    return frozenset(_WORD.findall(label.casefold()))


@dataclass(frozen=True)
class ActionLabel:
    """An action type as the tenant names it. `is_system` is None where the source does not say."""

    action: int
    label: str
    is_system: bool | None = None


def propose_actions(labels: Iterable[ActionLabel]) -> ActionMapping:
    """Map action types by the words of their labels, and the vendor's own ids where the words do not tell."""
    known = {entry.action: entry for entry in labels}
    meanings: dict[int, ActionMeaning] = {}
    for action in known.keys() | _SYSTEM_ACTIONS.keys():
        entry = known.get(action, ActionLabel(action, ""))
        meaning = action_meaning(entry)
        if meaning is not None:
            meanings[action] = meaning
    return ActionMapping(meanings, {action: entry.label for action, entry in known.items()})


def action_meaning(entry: ActionLabel) -> ActionMeaning | None:
    """What one action type stands for, or None when neither its label nor its id tells."""
    words = words_of(entry.label)
    kind = next((kind for kind, telling in _KIND_WORDS if words & telling), None)
    if kind is Kind.CALL:
        told = [direction for direction, telling in _DIRECTION_WORDS if words & telling]
        return ActionMeaning(kind, told[0] if len(told) == 1 else Direction.UNSPECIFIED)
    if kind is not None:
        return ActionMeaning(kind)
    if entry.is_system is False or entry.action not in _SYSTEM_ACTIONS:
        return None
    fallback = _SYSTEM_ACTIONS[entry.action]
    return ActionMeaning(fallback, Direction.UNSPECIFIED if fallback is Kind.CALL else None)


@dataclass(frozen=True)
class TenantMapping:
    """Everything a report must be told about a tenant's own ids."""

    actions: ActionMapping
    stages: StageMapping
    emails_are_conversations: bool = False
    is_confirmed: bool = False


HIGHEST_RANK = 5
WON_RANK = 5
GUIDE_STAGES = frozenset(range(HIGHEST_RANK + 1))
"""Where all of a tenant's stage ids lie in here, the id is the rank."""

STAGE_WORDS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (5, re.compile(r"\b(won|closed?)\b")),
    (4, re.compile(r"\bnegotiat")),
    (3, re.compile(r"\b(proposals?|proposed|quotes?|quoted|quotations?)\b")),
    (2, re.compile(r"\bqualif")),
    (1, re.compile(r"\b(contact|contacts|contacted|discovery|first call)\b")),
    (0, re.compile(r"\b(new|leads?|prospects?|prospecting|identification)\b")),
)
"""Which words tell a stage's rank; of several the highest counts."""

_NEGATED = re.compile(r"\b(not|no|never)\b")
_LOST = re.compile(r"\blost\b")


def telling_rank(label: str) -> int | None:
    """The rank that the words of a stage's label tell, or None: "Closed Lost" and "Do not use" tell nothing."""
    text = re.sub(r"[\W\d_]+", " ", label.casefold())
    if _NEGATED.search(text):
        return None
    for rank, words in STAGE_WORDS:
        if words.search(text) and not (rank == WON_RANK and _LOST.search(text)):
            return rank
    return None


@dataclass(frozen=True)
class StageLabel:
    """A stage as the tenant names it, with its place in the picklist."""

    stage: int
    label: str
    sort_order: int = 0


@dataclass(frozen=True)
class StageMapping:
    """Stages by id: their funnel ranks 0-5, and those in which a deal counts as won where no status tells."""

    ranks: Mapping[int, int]
    won: frozenset[int]
    is_by_id: bool = False

    def rank(self, stage: int | None) -> int:
        """The rank of `stage`; a deal without stage, or in one nobody mapped, has rank 0."""
        return 0 if stage is None else self.ranks.get(stage, 0)


def propose_stages(labels: Iterable[StageLabel], seen: Iterable[int] = ()) -> StageMapping:
    """Rank stages by id where all ids, of the picklist and `seen` in rows, lie in 0-5; else by label and order."""
    ordered = sorted(labels, key=lambda entry: (entry.sort_order, entry.stage))
    if {entry.stage for entry in ordered} | set(seen) <= GUIDE_STAGES:
        return StageMapping({stage: stage for stage in GUIDE_STAGES}, frozenset({WON_RANK}), is_by_id=True)
    ranks: dict[int, int] = {}
    rank = 0
    for entry in ordered:
        told = telling_rank(entry.label)
        rank = rank if told is None else told
        ranks[entry.stage] = rank
    lost = {entry.stage for entry in ordered if _LOST.search(entry.label.casefold())}
    return StageMapping(ranks, frozenset(stage for stage, at in ranks.items() if at == WON_RANK and stage not in lost))
