"""The shapes of the answers, for the OpenAPI document. Money is a decimal string; instants are UTC with Z."""

from __future__ import annotations

from typing import Literal

from ninja import Field, Schema


class NamedId(Schema):
    """A resource or a company."""

    id: int
    name: str | None


class OrganizationPart(Schema):
    """Whose report it is."""

    slug: str
    name: str
    time_zone: str
    currency: str


class PeriodPart(Schema):
    """The period: local dates, both included, and the half-open interval of instants that they mean."""

    name: str
    start: str
    end: str
    starts_at: str
    ends_at: str


class FiltersPart(Schema):
    """Whose records count; null where all do. `owner` is a resource's id or `nobody`, `team` a name.

    `confined_to` is the resource whose numbers whoever asks may see only; null for everybody's.
    """

    owner: int | Literal["nobody"] | None
    team: str | None
    company: int | None
    category: int | None
    confined_to: int | None


class Reconciled(Schema):
    """Our count beside Autotask's."""

    at: str
    ours: int
    theirs: int


class SourcePart(Schema):
    """One mirrored entity."""

    entity: str
    as_of: str | None
    rows: int | None
    complete: bool
    problem: str | None
    reconciled: Reconciled | None


class DataState(Schema):
    """Where the figures come from. `mapping_version` 0 is the mapping that the tenant's labels propose."""

    version: int
    mapping_version: int
    as_of: str | None
    dialect: str | None
    complete: bool


class DataPart(DataState):
    """The same, with every mirrored entity."""

    sources: list[SourcePart]


class Total(Schema):
    """A count beside the one of the comparison; null is unknown, which is not zero."""

    total: int | None
    previous: int | None


class ActivitiesPart(Total):
    """All activities: those of unmapped types, duplicates counted once, and those of any time that have no date."""

    unmapped: int | None
    merged: int | None
    undated: int | None


class CallsPart(Total):
    """Phone calls by direction."""

    outbound: int | None
    inbound: int | None
    unspecified: int | None


class ConversationsPart(Total):
    """Conversations, and the kinds of activity that count as one."""

    includes: list[str]


class AppointmentPart(Schema):
    """One upcoming appointment."""

    id: int
    starts_at: str
    ends_at: str | None
    title: str | None
    owner: NamedId | None
    company: NamedId | None
    url: str | None


class AppointmentsPart(Total):
    """Appointments of the period, and those still to come: how many, and the next of them."""

    upcoming_total: int | None
    upcoming: list[AppointmentPart]


class CountAndAmount(Schema):
    """So many opportunities, worth so much."""

    count: int | None
    amount: str | None


class FunnelStep(CountAndAmount):
    """One step of the funnel; `previous` is of the comparison."""

    key: Literal["prospects", "contacted", "qualified", "proposal", "closed_won"]
    label: str
    share: float | None
    conversion: float | None
    previous: CountAndAmount | None


class Rate(Schema):
    """Won of so many; no rate of none."""

    won: int | None
    of: int | None
    rate: float | None


class CloseRate(Rate):
    """The rate of the period beside the one of the comparison."""

    previous: Rate | None


class CohortWinRate(Rate):
    """Won of the decided among the opportunities created in the period; so many of them are open."""

    open: int | None


class OpenPart(CountAndAmount):
    """Open opportunities; those without probability have no weight."""

    weighted_amount: str | None
    without_probability: int | None
    onetime_revenue: str | None
    monthly_revenue: str | None


class LostPart(CountAndAmount):
    """Opportunities lost in the period, beside those of the comparison."""

    previous: CountAndAmount | None


class WonPart(LostPart):
    """Opportunities won in the period likewise; `undated` were won nobody knows when."""

    undated: int | None
    onetime_revenue: str | None
    monthly_revenue: str | None


class ProjectedMonth(CountAndAmount):
    """Open opportunities that should close in a local month, written YYYY-MM."""

    month: str
    weighted_amount: str | None


class OpenStage(CountAndAmount):
    """Open opportunities in one stage; null is none."""

    stage: int | None
    label: str
    rank: int
    weighted_amount: str | None


class ReasonPart(CountAndAmount):
    """Opportunities won or lost in the period for one reason; null is not recorded."""

    outcome: Literal["won", "lost"]
    reason_id: int | None
    reason: str


class StalePart(CountAndAmount):
    """Open opportunities that nothing happened to for so many days."""

    after_days: int | None


class MovementPart(Schema):
    """How the pipeline of the period moved between two instants; the history of opportunities begins at `since`.

    start + created + moved_in + increases - decreases - pushed_out - won - lost - removed = end.
    """

    since: str
    from_: str = Field(alias="from")
    to: str
    start: CountAndAmount
    created: CountAndAmount
    moved_in: CountAndAmount
    increases: CountAndAmount
    decreases: CountAndAmount
    pushed_out: CountAndAmount
    won: CountAndAmount
    lost: CountAndAmount
    removed: CountAndAmount
    end: CountAndAmount


class StageChanges(Schema):
    """How often opportunities of the period's pipeline moved to a stage of another rank."""

    forward: int | None
    backward: int | None


class SalesCycle(Schema):
    """Days from creation to closing of what was won."""

    mean: float | None
    median: float | None


class PipelinePart(Schema):
    """How the pipeline stands."""

    open: OpenPart
    overdue: CountAndAmount
    unprojected: CountAndAmount
    won: WonPart
    lost: LostPart
    close_rate: CloseRate
    cohort_win_rate: CohortWinRate
    sales_cycle_days: SalesCycle
    projected_close: list[ProjectedMonth] | None
    open_by_stage: list[OpenStage] | None
    win_loss_reasons: list[ReasonPart] | None
    stale: StalePart
    movement: MovementPart | None
    stage_changes: StageChanges


class Ratio(Schema):
    """So many of the one for each of the other; no ratio to nothing."""

    of: int | None
    per: int | None
    value: float | None


class RatiosPart(Schema):
    """How much activity goes into an appointment or a won opportunity."""

    activities_per_won: Ratio
    calls_per_appointment: Ratio
    appointments_per_won: Ratio
    calls_per_won: Ratio


class DonePart(Schema):
    """What was done, counted."""

    calls: int | None
    outbound: int | None
    inbound: int | None
    unspecified: int | None
    emails: int | None
    meetings: int | None
    conversations: int | None
    appointments: int | None


class DayPart(DonePart):
    """One local day."""

    date: str


class OwnerPart(DonePart):
    """One owner; null is nobody. `close_rate` is `won` of `decided`."""

    owner: NamedId | None
    created: int | None
    won: int | None
    won_amount: str | None
    lost: int | None
    decided: int | None
    close_rate: float | None
    open: int | None
    open_amount: str | None


class ActivityPart(Schema):
    """One recent activity."""

    id: int
    source: str
    kind: str
    direction: str | None
    happened_at: str | None
    owner: NamedId | None
    company: NamedId | None
    contact: NamedId | None
    subject: str | None
    url: str | None


class SalesReport(Schema):
    """The report document, the same that `portal report --format json` prints."""

    schema_: Literal["sales-report/1"] = Field(alias="schema")
    organization: OrganizationPart
    period: PeriodPart
    comparison: PeriodPart | None
    owner_id: int | None
    filters: FiltersPart
    data: DataPart
    activities: ActivitiesPart
    calls: CallsPart
    emails: Total
    meetings: Total
    conversations: ConversationsPart
    appointments: AppointmentsPart
    funnel: list[FunnelStep]
    conversion_rate: Rate
    pipeline: PipelinePart
    ratios: RatiosPart
    by_day: list[DayPart]
    by_owner: list[OwnerPart]
    recent_activity: list[ActivityPart]
    notes: list[str]


class EntityProgress(Schema):
    """How far the running sync is with one entity."""

    entity: str
    rows: int
    expected: int | None
    state: Literal["running", "done", "failed"]
    problem: str | None


class Connection(Schema):
    """How the connection to Autotask stands; holds no secret."""

    stage: Literal["not_connected", "first_sync", "connected"]
    is_syncing: bool
    is_stale: bool
    username: str | None
    zone: str | None
    web_url: str | None
    dialect: str | None
    connected_at: str | None
    secret_age_days: int | None
    secret_due: Literal["", "reminder", "warning"]
    kept_in: str | None
    tests_paused_until: str | None
    synced_at: str | None
    next_sync_at: str | None
    paused_until: str | None
    problem: str | None
    problems: dict[str, str]
    progress: list[EntityProgress]


class RefreshAnswer(Schema):
    """What asking for a refresh led to."""

    state: Literal["queued", "running", "fresh", "paused"]
    message: str
