"""The shape of the data's health, for the OpenAPI document."""

from __future__ import annotations

from typing import Literal

from ninja import Field, Schema

from partner_portal.api.schemas import Reconciled


class HealthOrganization(Schema):
    """Whose data it is."""

    slug: str
    name: str
    time_zone: str


class SyncingEntity(Schema):
    """How far the running sync is with one entity."""

    entity: str
    rows: int | None
    expected: int | None
    state: Literal["running", "done", "failed"]
    problem: str | None


class HealthConnection(Schema):
    """What the connection's state has to do with the data; `pause` says why syncs wait, and until when."""

    stage: Literal["not_connected", "first_sync", "connected"]
    is_syncing: bool
    is_stale: bool
    synced_at: str | None
    next_sync_at: str | None
    paused_until: str | None
    pause: str | None
    problem: str | None
    progress: list[SyncingEntity]


class HealthData(Schema):
    """The data as the report stands on it."""

    version: int
    as_of: str | None
    dialect: Literal["guide", "live"] | None
    complete: bool


class ReconciledIds(Reconciled):
    """The same with the ids concerned, as far as they were located: `gone` only we hold, `missing` only Autotask."""

    differs_since: str | None
    gone: list[int]
    missing: list[int]


class HealthEntity(Schema):
    """One mirrored entity. `unconfirmed` rows are gone from Autotask and wait for a person's word."""

    entity: str
    as_of: str | None
    full_at: str | None = Field(description="When it was last read as a whole.")
    next_at: str | None = Field(description="When it is read next.")
    rows: int | None
    unconfirmed: int | None
    complete: bool
    problem: str | None
    reconciled: ReconciledIds | None


class CountedPart(Schema):
    """Rows that came, requests sent, and rows that a comparison of counts led to; null where that is not known."""

    rows: int | None
    requests: int | None
    removed: int | None
    added: int | None


class SyncedEntity(CountedPart):
    """One entity's part in a run."""

    entity: str
    problem: str | None


class HealthRun(CountedPart):
    """One sync; its `entities` are those that something came of, was sent for, or that have a problem."""

    started_at: str
    finished_at: str | None
    seconds: float | None
    full: bool
    outcome: Literal["running", "done", "partial", "failed", "interrupted"]
    problem: str | None
    entities: list[SyncedEntity]


class HealthBudget(Schema):
    """Calls of all of the tenant's integrations within so many minutes, as Autotask told at `read_at`."""

    used: int
    limit: int
    minutes: int
    read_at: str
    slow_share: float = Field(description="From this part of the limit on syncs go slowly.")
    stop_share: float = Field(description="From this part of the limit on syncs wait.")


class SentToEntity(Schema):
    """Requests for one entity, and how many of them were answered 429."""

    entity: str
    requests: int
    throttled: int


class SentHour(Schema):
    """What syncs sent in the hour that began at `hour`."""

    hour: str
    requests: int
    throttled: int
    entities: list[SentToEntity]


class SentRequests(Schema):
    """What syncs sent, by hours from `since` to before `until`; those without any are left out."""

    since: str
    until: str
    hours: list[SentHour]


class UnmappedAction(Schema):
    """An action type, and how many activities of the last 90 days have it."""

    id: int
    label: str | None
    recent: int | None


class UnmappedOfDeals(Schema):
    """A stage or status: how many opportunities were created with it in the last 90 days, and are open now."""

    id: int
    label: str | None
    created: int | None
    open: int | None


class RecentDays(Schema):
    """The 90 days."""

    start: str
    end: str


class Unmapped(Schema):
    """What means nothing yet; `is_confirmed` says whether an administrator ever confirmed a mapping."""

    is_confirmed: bool
    recent: RecentDays
    action_types: list[UnmappedAction]
    stages: list[UnmappedOfDeals]
    statuses: list[UnmappedOfDeals]


class DataHealth(Schema):
    """How fresh, complete and reconciled the data is. Counts are null for who is confined to the own numbers."""

    schema_: Literal["data-health/1"] = Field(alias="schema")
    organization: HealthOrganization
    is_confined: bool
    connection: HealthConnection
    data: HealthData
    history_since: str | None = Field(description="Since when changes of opportunities are recorded.")
    entities: list[HealthEntity]
    runs: list[HealthRun]
    budget: HealthBudget | None
    requests: SentRequests | None
    unmapped: Unmapped | None
