"""Mappings proposed from what a tenant calls its action types, stages and statuses. Pure: reads and writes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from partner_portal.reports.mapping import (
    GUIDE_STAGES,
    LIVE_OUTCOMES,
    WON_RANK,
    ActionMapping,
    ActionMeaning,
    Direction,
    Kind,
    Outcome,
    StageMapping,
)

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
    """An action type as the tenant names it. The flags are None where the source does not say."""

    action: int
    label: str
    is_system: bool | None = None
    is_active: bool | None = None


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
    is_active: bool = True
    is_system: bool = False


def propose_stages(labels: Iterable[StageLabel], seen: Iterable[int] = ()) -> StageMapping:
    """Rank stages by id where all ids, of the picklist and `seen` in rows, lie in 0-5; else by label and order."""
    ordered = in_order(labels)
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


def in_order(labels: Iterable[StageLabel]) -> list[StageLabel]:
    """Stages as the picklist sorts them."""
    return sorted(labels, key=lambda entry: (entry.sort_order, entry.stage))


def with_new_stages(stages: StageMapping, labels: Iterable[StageLabel]) -> StageMapping:
    """`stages`, with every labelled stage that is not mapped there ranked as the nearest mapped one before it.

    No such stage counts as won: that is for an administrator to say.
    """
    ranks, inferred = dict(stages.ranks), dict(stages.inferred)
    before: int | None = None
    for entry in in_order(labels):
        if stages.is_mapped(entry.stage):
            before = entry.stage
            continue
        ranks[entry.stage] = stages.rank(before)
        inferred[entry.stage] = before
    return replace(stages, ranks=ranks, inferred=inferred)


@dataclass(frozen=True)
class StatusLabel:
    """An opportunity status as the tenant names it."""

    status: int
    label: str
    is_active: bool = True
    is_system: bool = False


_OUTCOME_WORDS: tuple[tuple[Outcome, frozenset[str]], ...] = (
    (Outcome.OPEN, frozenset({"active", "open"})),
    (Outcome.LOST, frozenset({"lost"})),
    (Outcome.WON, frozenset({"closed", "implemented", "won"})),
)
"""What the labels of statuses say; the vendor's own are Active, Lost, Closed, Implemented."""


def telling_outcome(label: str) -> Outcome | None:
    """The outcome that the words of a status's label tell, or None: "Not won" and "Won or lost" tell nothing."""
    words = words_of(label)
    told = {outcome for outcome, telling in _OUTCOME_WORDS if words & telling}
    if told == {Outcome.LOST, Outcome.WON} and "won" not in words:
        return Outcome.LOST  # "Closed - Lost"
    return told.pop() if len(told) == 1 and not _NEGATED.search(label.casefold()) else None


def propose_outcomes(labels: Iterable[StatusLabel]) -> Mapping[int, Outcome]:
    """The vendor's statuses by id, and those of the tenant's own whose label tells."""
    own = {entry.status: telling_outcome(entry.label) for entry in labels if entry.status not in LIVE_OUTCOMES}
    return {**LIVE_OUTCOMES, **{status: outcome for status, outcome in own.items() if outcome is not None}}


def is_doubtful(entry: StatusLabel) -> bool:
    """Whether the label of one of the vendor's statuses does not say what its id means."""
    return entry.status in LIVE_OUTCOMES and telling_outcome(entry.label) is not LIVE_OUTCOMES[entry.status]
