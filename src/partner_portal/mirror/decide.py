"""Decisions of a sync, made from what is known and nothing else: no clock, no network, no store.

what is known of an entity | reading_of | what to ask Autotask for, and how to take the answer in
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from partner_portal.autotask.catalog import (
    APPOINTMENTS,
    CATALOG,
    COMPANY_NOTES,
    COMPANY_TO_DOS,
    OPPORTUNITIES,
    TASKS,
    TICKETS,
    TIME_ENTRIES,
    Entity,
)
from partner_portal.autotask.filters import Condition, Filter, Op, any_of
from partner_portal.mirror.deletions import mass_deletion_problem
from partner_portal.warehouse.store import EntityFacts, Reconciliation, Source, Tenant

OVERLAP = timedelta(minutes=5)
"""How far a delta reaches back before the start of the last run: stamps land out of order (API.md section 6)."""

SLOW_CLOCK = timedelta(hours=1)
"""How often an entity is read whole that has no change stamp: those that have none are small and change rarely."""

FULL_READ_AGE = timedelta(days=1)
"""How often an entity is read whole whose change stamp may miss edits."""

COUNTING_AGE = timedelta(hours=1)
"""How often an entity's count is compared with Autotask's, unless something calls for it earlier."""

LIKELY_LARGEST: tuple[Entity[Any], ...] = (
    COMPANY_NOTES,
    COMPANY_TO_DOS,
    TASKS,
    APPOINTMENTS,
    OPPORTUNITIES,
    TIME_ENTRIES,
    TICKETS,
)
"""The entities that hold most rows in most tenants, most first."""

METADATA_AGE = timedelta(days=1)
"""How long a tenant's metadata is trusted; each look costs two calls per entity of a budget that others share."""

GUIDE, LIVE = "guide", "live"


@dataclass(frozen=True)
class Reading:
    """What to read of one entity. With `replace` the rows that come are all there are.

    `fields` are the wire names to ask for, None for whole rows.
    """

    entity: Entity[Any]
    fields: tuple[str, ...] | None
    filter: Filter | None
    replace: bool


def kept_by(entity: Entity[Any], tenant_fields: tuple[str, ...]) -> tuple[str, ...] | None:
    """The wire names of ours that the tenant has, `id` first; names compare without case. None for no metadata."""
    if not tenant_fields:
        return None
    there = {name.casefold() for name in tenant_fields} | {"id"}
    return tuple(name for name in entity.field_names if name.casefold() in there)


def dialect_of(tasks: EntityFacts | None, known: Tenant | None) -> str:
    """The guide's dialect is known by the action type of its Tasks; without metadata what was known before stays."""
    if tasks is None or tasks.fields is None:
        return known.dialect if known is not None else LIVE
    return GUIDE if "actionType" in tasks.fields else LIVE


def entities_to_look_up(known: Tenant | None, at: datetime, *, full: bool) -> tuple[Entity[Any], ...]:
    """The entities whose metadata is due: all in a full run or after a day, else those that were refused or unknown."""
    if full or known is None or known.read_at is None or not known.read_at <= at < known.read_at + METADATA_AGE:
        return CATALOG
    settled = {path for path, facts in known.entities.items() if facts.fields is not None and facts.refusal is None}
    return tuple(entity for entity in CATALOG if entity.path not in settled)


def by_size(entities: Iterable[Entity[Any]], sources: Mapping[str, Source]) -> list[Entity[Any]]:
    """`entities`, first those of which most rows are held; where none are, those that hold most in most tenants."""
    likely = {entity.path: place for place, entity in enumerate(LIKELY_LARGEST)}

    def place(entity: Entity[Any]) -> tuple[int, int]:
        source = sources.get(entity.path)
        return -source.rows if source is not None else 0, likely.get(entity.path, len(likely))

    return sorted(entities, key=place)


def reading_of(
    entity: Entity[Any], facts: EntityFacts, source: Source | None, max_id: int | None, *, full: bool
) -> Reading:
    """A delta where an earlier run left a watermark and the tenant has the change stamp; else the whole entity.

    The delta asks for higher ids too, because new rows may lack a stamp.
    """
    stamp = entity.change_stamp
    has_stamp = stamp is not None and (facts.fields is None or stamp in facts.fields)
    if full or source is None or source.watermark is None or stamp is None or not has_stamp:
        return whole(entity, facts.fields)
    highest = -1 if max_id is None else max_id  # ids begin at 0, the tenant's own company
    changed = any_of(Condition(stamp, Op.GTE, source.watermark), Condition("id", Op.GT, highest))
    return Reading(entity, facts.fields, changed, replace=False)


def reading_before_metadata(entity: Entity[Any], known: EntityFacts | None) -> Reading | None:
    """The whole reading that can begin while the entity's metadata is still being read; None when it must wait.

    It asks for the fields that are known, before a first run for all that we keep: a tenant that lacks one refuses
    the first page, and that is all that it costs.
    """
    if known is not None and known.refusal is not None:
        return None
    fields = None if known is None else known.fields
    return whole(entity, entity.field_names if fields is None else fields)


def is_fulfilled(reading: Reading, facts: EntityFacts) -> bool:
    """Whether `reading` asked for every field of ours that the tenant turned out to have."""
    return reading.fields is None or set(facts.fields or ()) <= set(reading.fields)


def reading_due(
    entity: Entity[Any], facts: EntityFacts, source: Source | None, max_id: int | None, at: datetime, *, full: bool
) -> Reading | None:
    """What to read of the entity in a run that begins at `at`; None when it was read recently enough."""
    if full or source is None:
        return reading_of(entity, facts, source, max_id, full=full)
    if entity.change_stamp is None:
        is_rested = rests_until(entity, source) is not None and _is_recent(source.as_of, at, SLOW_CLOCK)
        return None if is_rested else whole(entity, facts.fields)
    has_stamp = facts.fields is None or entity.change_stamp in facts.fields
    if not has_stamp and _is_recent(source.full_at, at, SLOW_CLOCK):
        highest = -1 if max_id is None else max_id
        return Reading(entity, facts.fields, Condition("id", Op.GT, highest), replace=False)
    is_doubtful = not entity.stamp_is_proven and not _is_recent(source.full_at, at, FULL_READ_AGE)
    return reading_of(entity, facts, source, max_id, full=is_doubtful)


def rests_until(entity: Entity[Any], source: Source) -> datetime | None:
    """Until when runs leave the entity alone, unless they are full; None for what every run asks for."""
    if entity.change_stamp is not None or not source.complete or source.as_of is None:
        return None
    return source.as_of + SLOW_CLOCK


def is_counting_due(last: Reconciliation | None, at: datetime, *, was_read_whole: bool) -> bool:
    """Whether to compare counts: after a full read, by the clock, and as long as they differ."""
    return was_read_whole or last is None or not last.agrees or not _is_recent(last.at, at, COUNTING_AGE)


def _is_recent(earlier: datetime | None, at: datetime, age: timedelta) -> bool:
    return earlier is not None and earlier <= at < earlier + age


def whole(entity: Entity[Any], fields: tuple[str, ...] | None) -> Reading:
    """The reading of everything the API user may see of `entity`."""
    return Reading(entity, fields, None, replace=True)


def source_after(
    reading: Reading, started_at: datetime, earlier: Source | None = None, *, server_at: datetime | None = None
) -> Source:
    """What will be known of the entity once every page of `reading` has come, in a run that began at `started_at`.

    `server_at` is when the run began by Autotask's own clock. Stamps are set by that clock, so where ours is ahead of
    it the next delta goes by Autotask's; where ours is behind, the delta only reaches further back than it must.
    Rows that wait for a person's word (`Source.unconfirmed`) go on waiting after a delta.
    """
    stamp = reading.entity.change_stamp
    has_stamp = stamp is not None and (reading.fields is None or stamp in reading.fields)
    began = started_at if server_at is None else min(started_at, server_at)
    watermark = began - OVERLAP if has_stamp else None
    after = Source(reading.entity.path, as_of=started_at, watermark=watermark, complete=True, full_at=started_at)
    if reading.replace or earlier is None:
        return after
    after = replace(after, full_at=earlier.full_at)
    return awaiting_confirmation(after, earlier.unconfirmed, earlier.rows) if earlier.unconfirmed else after


def awaiting_confirmation(source: Source, gone: int, held: int) -> Source:
    """`source` with `gone` of `held` rows kept until a person says that they may go."""
    return replace(source, complete=False, problem=mass_deletion_problem(gone, held), unconfirmed=gone)


def is_worth_counting(reading: Reading) -> bool:
    """Whether a total is worth a call: of an entity read whole that is not small (small ones have no stamp)."""
    return reading.filter is None and reading.entity.change_stamp is not None
