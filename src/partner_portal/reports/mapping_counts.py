"""How often a tenant's types, stages and statuses occur: what stands beside each entry of a mapping."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from partner_portal.reports.mapping import TenantMapping
from partner_portal.reports.question import Frame, OrganizationFacts, Question, frame_of
from partner_portal.reports.relations import outcome_sql
from partner_portal.reports.sources import Ground
from partner_portal.reports.span import is_dated_now, is_now
from partner_portal.reports.statement import is_one_of, run, statement
from partner_portal.warehouse.store import OrganizationStore

RECENT_PERIOD = "last_90_days"


def recent_frame(facts: OrganizationFacts, now: datetime) -> Frame:
    """The last 90 days before `now`, an aware instant."""
    return frame_of(Question(facts, now=now, period_name=RECENT_PERIOD, compare="none"))


@dataclass
class DealsSeen:
    """Opportunities with one stage or status: `created` in the last 90 days, `open` now."""

    created: int = 0
    open: int = 0


@dataclass(frozen=True)
class DealCountsById:
    """The opportunities by stage and by status; an opportunity without one is in neither."""

    by_stage: Mapping[int, DealsSeen] = field(default_factory=lambda: defaultdict(DealsSeen))
    by_status: Mapping[int, DealsSeen] = field(default_factory=lambda: defaultdict(DealsSeen))


def count_by_action(store: OrganizationStore, ground: Ground, frame: Frame) -> dict[int, int] | None:
    """Activities of the frame's period by action type; None where none was ever read."""
    return _activities_by(store, ground, frame, "action_type", "action_type IS NOT NULL")


def count_by_company(
    store: OrganizationStore, ground: Ground, frame: Frame, companies: Iterable[int]
) -> dict[int, int] | None:
    """Activities of the frame's period with each of `companies`; None where none was ever read."""
    return _activities_by(store, ground, frame, "company_id", is_one_of("company_id", companies))


def count_by_resource(
    store: OrganizationStore, ground: Ground, frame: Frame, resources: Iterable[int]
) -> dict[int, int] | None:
    """Activities of the frame's period that each of `resources` owns; None where none was ever read."""
    return _activities_by(store, ground, frame, "owner_id", is_one_of("owner_id", resources))


def _activities_by(
    store: OrganizationStore, ground: Ground, frame: Frame, key: str, condition: str
) -> dict[int, int] | None:
    if not ground.knows_activities:
        return None
    sql = statement("mapping_activity_counts", key=key, is_now=is_now("happened_at"), condition=condition)
    return {int(value): int(count) for value, count in run(store, sql, frame.parameters)}


def count_deals_by_id(
    store: OrganizationStore, ground: Ground, frame: Frame, mapping: TenantMapping
) -> DealCountsById | None:
    """All opportunities by stage and by status, open as `mapping` takes them; None where none was ever read."""
    if not ground.knows_opportunities:
        return None
    sql = statement(
        "mapping_opportunity_counts",
        outcome=outcome_sql(ground.dialect, mapping),
        is_created=is_dated_now("create_date", ground.spans.created),
    )
    counts = DealCountsById()
    for stage, status, created, still_open in run(store, sql, frame.parameters):
        for found, value in ((counts.by_stage, stage), (counts.by_status, status)):
            if value is not None:
                found[value].created += created
                found[value].open += still_open
    return counts
