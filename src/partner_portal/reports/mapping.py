"""What a tenant's own ids mean: action types, stages and statuses, and whose rows count for nothing.

A mapping is a value. `proposals` makes one from the tenant's labels, `mapping_document` writes one down and reads it
back; a report counts with whichever it is given.
"""

from __future__ import annotations

from collections.abc import Mapping
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


class Outcome(StrEnum):
    """What became of an opportunity."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


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


HIGHEST_RANK = 5
WON_RANK = 5
GUIDE_STAGES = frozenset(range(HIGHEST_RANK + 1))
"""Where all of a tenant's stage ids lie in here, the id is the rank."""


@dataclass(frozen=True)
class StageMapping:
    """Stages by id: their funnel ranks 0-5, and those in which a deal counts as won where no status tells.

    With `is_by_id` the ids 0-5 are the ranks, listed or not. `inferred` are stages that nobody mapped, each with the
    stage before it whose rank it took; None where there was none, so that its rank is 0.
    """

    ranks: Mapping[int, int]
    won: frozenset[int]
    is_by_id: bool = False
    inferred: Mapping[int, int | None] = field(default_factory=dict)

    def rank(self, stage: int | None) -> int:
        """The rank of `stage`; a deal without stage, or in one nobody mapped, has rank 0."""
        if stage is None:
            return 0
        return self.ranks.get(stage, stage if self.is_mapped(stage) else 0)

    def is_mapped(self, stage: int) -> bool:
        """Whether somebody, or its id, has said what the rank of `stage` is."""
        return (stage in self.ranks and stage not in self.inferred) or (self.is_by_id and stage in GUIDE_STAGES)


LIVE_OUTCOMES: Mapping[int, Outcome] = {1: Outcome.OPEN, 2: Outcome.LOST, 3: Outcome.WON, 4: Outcome.WON}
"""The vendor's opportunity statuses: Active, Lost, Closed, Implemented."""
GUIDE_OUTCOMES: Mapping[int, Outcome] = {2: Outcome.LOST}
"""The guide knows lost deals by their status, won ones by their stage, and takes all others as open."""


STALE_AFTER_DAYS = 30


@dataclass(frozen=True)
class TenantMapping:
    """Everything a report must be told about a tenant's own ids.

    `outcomes` are opportunity statuses by id; one that is missing there makes its deals neither open, won nor lost in
    the live dialect, open in the guide's. `neutral_statuses` are those of which somebody said just that. Rows of
    `excluded_companies` and of `excluded_resources` (as owners) count for nothing. An open deal is stale after
    `stale_after_days` without activity, in some stages after those of `stale_days_by_stage`. `version` 0 is a
    proposed mapping.
    """

    actions: ActionMapping
    stages: StageMapping
    emails_are_conversations: bool = False
    is_confirmed: bool = False
    outcomes: Mapping[int, Outcome] = field(default_factory=lambda: LIVE_OUTCOMES)
    neutral_statuses: frozenset[int] = frozenset()
    excluded_companies: frozenset[int] = frozenset()
    excluded_resources: frozenset[int] = frozenset()
    stale_after_days: int = STALE_AFTER_DAYS
    stale_days_by_stage: Mapping[int, int] = field(default_factory=dict)
    version: int = 0

    def stale_days(self, stage: int | None) -> int:
        """After how many quiet days an open deal in `stage` is stale."""
        return self.stale_after_days if stage is None else self.stale_days_by_stage.get(stage, self.stale_after_days)
