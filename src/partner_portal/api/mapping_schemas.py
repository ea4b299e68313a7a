"""The shapes of the mapping's requests and answers, for the OpenAPI document."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ninja import Field, Schema
from pydantic import ConfigDict

from partner_portal.api.schemas import PeriodPart


class Posted(Schema):
    """Part of what is sent to us: an unknown field is a slip, and no text becomes a number."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True)


class ActionTypeEntry(Posted):
    """What an action type stands for; `direction` is a call's: outbound, inbound, unspecified, or null."""

    id: int
    kind: str = Field(description="call, email, meeting or other")
    direction: str | None = None


class StageEntry(Posted):
    """A stage's funnel rank. `won` counts where no status tells; left out, a stage of rank 5 is won."""

    id: int
    rank: int = Field(description="0 (new) to 5 (won)")
    won: bool | None = None


class StatusEntry(Posted):
    """What a status makes of an opportunity; null is none of the three."""

    id: int
    outcome: str | None = Field(description="open, won, lost or null")


class StageDays(Posted):
    """After how many quiet days an open deal in this stage is stale."""

    id: int
    days: int = Field(description="1 to 3650")


class MappingDocument(Posted):
    """A whole mapping. A type, stage or status that is not listed is unmapped."""

    schema_: str = Field(alias="schema", description="mapping/1")
    action_types: list[ActionTypeEntry]
    stages: list[StageEntry]
    stages_are_ranks: bool = False
    statuses: list[StatusEntry]
    excluded_companies: list[int]
    excluded_resources: list[int]
    emails_are_conversations: bool
    stale_after_days: int = Field(30, description="1 to 3650 days")
    stale_days_by_stage: list[StageDays] = Field([], description="stages with days of their own")


class MappingChange(Posted):
    """A mapping to be put in force, and the version in force when it was made."""

    based_on: int
    mapping: MappingDocument


class Entry(Schema):
    """A type, stage or status as the tenant names it; null flags are not told by the source."""

    id: int
    label: str | None
    is_active: bool | None
    is_system: bool | None
    is_unmapped: bool


class ActionMeaningPart(Schema):
    """What an action type stands for."""

    kind: Literal["call", "email", "meeting", "other"]
    direction: Literal["outbound", "inbound", "unspecified"] | None


class ActionTypePart(Entry):
    """An action type; `recent` counts its activities of the last 90 days."""

    proposed: ActionMeaningPart | None
    in_force: ActionMeaningPart | None
    recent: int | None


class StageMeaningPart(Schema):
    """A stage's funnel rank, and whether its deals are won where no status tells."""

    rank: int
    won: bool


class NamedStage(Schema):
    """A stage."""

    id: int
    label: str | None


class StagePart(Entry):
    """A stage; opportunities in it `created` in the last 90 days, and `open` now.

    `ranks_as` is the mapped stage before it whose rank an unmapped one takes.
    """

    sort_order: int | None
    proposed: StageMeaningPart
    in_force: StageMeaningPart
    ranks_as: NamedStage | None
    created: int | None
    open: int | None


class StatusPart(Entry):
    """A status; opportunities with it `created` in the last 90 days, and `open` now.

    `is_doubtful`: its label does not say what the vendor's id means, and nobody has confirmed it.
    """

    proposed: Literal["open", "won", "lost"] | None
    in_force: Literal["open", "won", "lost"] | None
    is_doubtful: bool
    created: int | None
    open: int | None


class ResourcePart(Schema):
    """A resource whose rows count for nothing, or that is proposed for it; `recent` counts its activities."""

    id: int
    name: str | None
    proposed: bool
    in_force: bool
    recent: int | None


class CompanyPart(ResourcePart):
    """A company likewise; `is_own` marks the tenant's own."""

    is_own: bool


class EmailsPart(Schema):
    """Whether e-mails count as conversations."""

    proposed: bool
    in_force: bool


class RecentPart(Schema):
    """The local dates, both included, that `recent` and `created` count."""

    start: str
    end: str


class UnmappedPart(Schema):
    """The ids that nobody has mapped."""

    action_types: list[int]
    stages: list[int]
    statuses: list[int]


class Mapping(Schema):
    """The mapping in force beside the proposed one. Version 0 is the proposal of the tenant's labels.

    Until version 1 the exclusions and the statuses of the tenant's own are proposed, but not in force.
    """

    organization: str
    version: int
    is_confirmed: bool
    saved_at: str | None
    saved_by: str | None
    dialect: str | None
    recent: RecentPart
    action_types: list[ActionTypePart]
    stages: list[StagePart]
    statuses: list[StatusPart]
    companies: list[CompanyPart]
    resources: list[ResourcePart]
    emails_are_conversations: EmailsPart
    unmapped: UnmappedPart
    notes: list[str]
    in_force: MappingDocument
    proposed: MappingDocument


class FigurePart(Schema):
    """A figure of the report: a count, a decimal text, or null where unknown; `figure` is its place there."""

    figure: str
    title: str
    in_force: int | str | None
    proposed: int | str | None
    differs: bool


class ChangesPart(Schema):
    """The entries in which two mappings differ, by section and id."""

    before: dict[str, Any]
    after: dict[str, Any]


class MappingPreview(Schema):
    """This month's figures under the mapping in force and under the one sent."""

    based_on: int
    changes: ChangesPart
    period: PeriodPart
    data_version: int
    figures: list[FigurePart]
    notes: list[str]
