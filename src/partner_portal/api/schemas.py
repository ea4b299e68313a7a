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


class ComparisonPart(Schema):
    """The period that is compared with."""

    name: str
    start: str
    end: str


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
    reconciled: Reconciled | None = None


class DataPart(Schema):
    """Where the figures come from."""

    version: int
    as_of: str | None
    dialect: str | None
    complete: bool
    sources: list[SourcePart]


class Total(Schema):
    """A count beside the one of the comparison; null is unknown, which is not zero."""

    total: int | None
    previous: int | None


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
    """Appointments of the period, and those still to come."""

    upcoming: list[AppointmentPart]


class FunnelStep(Schema):
    """One step of the funnel."""

    key: Literal["prospects", "contacted", "qualified", "proposal", "closed_won"]
    label: str
    count: int | None
    amount: str | None
    share: float | str | None
    conversion: float | str | None


class Rate(Schema):
    """Won of so many; no rate of none."""

    won: int | None
    of: int | None
    rate: float | str | None


class OpenPart(Schema):
    """Open opportunities."""

    count: int | None
    amount: str | None
    weighted_amount: str | None
    without_probability: int | None


class CountAndAmount(Schema):
    """So many opportunities, worth so much."""

    count: int | None
    amount: str | None


class SalesCycle(Schema):
    """Days from creation to closing of what was won."""

    mean: float | str | None
    median: float | str | None


class PipelinePart(Schema):
    """How the pipeline stands."""

    open: OpenPart
    won: CountAndAmount
    lost: CountAndAmount
    close_rate: Rate
    sales_cycle_days: SalesCycle


class DayPart(Schema):
    """One local day."""

    date: str
    calls: int | None
    outbound: int | None
    inbound: int | None
    emails: int | None
    meetings: int | None
    appointments: int | None


class OwnerPart(Schema):
    """One owner; null is nobody."""

    owner: NamedId | None
    calls: int | None
    outbound: int | None
    inbound: int | None
    emails: int | None
    meetings: int | None
    appointments: int | None
    won: int | None
    won_amount: str | None


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
    comparison: ComparisonPart | None
    owner_id: int | None
    data: DataPart
    calls: CallsPart
    emails: Total
    meetings: Total
    conversations: ConversationsPart
    appointments: AppointmentsPart
    funnel: list[FunnelStep]
    conversion_rate: Rate
    pipeline: PipelinePart
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
