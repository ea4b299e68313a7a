"""How fresh the numbers are: the chip of the bar, and how far a first sync is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from partner_portal.reports.sources import LIVE, READ
from partner_portal.usecases.connection_state import FIRST_SYNC, NOT_CONNECTED, ConnectionState, EntityState
from partner_portal.web.view import formats
from partner_portal.web.view.attention import entity_name

ENDED = {"done": "done", "failed": "could not be read"}


@dataclass(frozen=True)
class Chip:
    """`state` is normal, refreshing, stale, throttled, partial or never.

    `iso` is the instant for `<time>`, "" where none is.
    """

    state: str
    text: str
    title: str = ""
    iso: str = ""

    @property
    def is_refreshing(self) -> bool:
        """Whether newer numbers are on their way."""
        return self.state == "refreshing"


def chip(
    state: ConnectionState, now: datetime, zone: ZoneInfo, *, has_just_asked: bool = False, is_reconciled: bool = False
) -> Chip:
    """The chip at `now` (aware). With `has_just_asked` a refresh is on its way even if no sync has begun yet.

    `is_reconciled` says that all counts agreed with Autotask's when they were last compared.
    """
    is_syncing = state.is_syncing or has_just_asked
    if state.synced_at is None:
        return _before_the_first(state, is_syncing=is_syncing)
    text = f"Data as of {_when(state.synced_at, now, zone)}"
    title = formats.full_instant(state.synced_at, zone)
    iso = formats.iso(state.synced_at)
    if is_syncing:
        return Chip("refreshing", f"Refreshing. {text}", title, iso)
    if state.is_stale:
        return Chip("stale", f"{text}, {formats.age(state.synced_at, now)}", title, iso)
    if state.paused_until is not None:
        return Chip("throttled", f"{text}, waiting until {_when(state.paused_until, now, zone)}", title, iso)
    if _is_partial(state):
        return Chip("partial", f"{text}, incomplete", title, iso)
    return Chip("normal", f"{text} · reconciled" if is_reconciled else text, title, iso)


def _before_the_first(state: ConnectionState, *, is_syncing: bool) -> Chip:
    if state.stage == NOT_CONNECTED:
        return Chip("never", "Not connected")
    if is_syncing or state.problem is None:
        return Chip("refreshing", "First sync is running")
    return Chip("never", "No data yet")


def _is_partial(state: ConnectionState) -> bool:
    """Whether an entity that the report reads has a problem; others do not touch its numbers."""
    read = READ.get(state.dialect or LIVE, READ[LIVE])
    return any(entity in read for entity, _ in state.problems)


def _when(as_of: datetime, now: datetime, zone: ZoneInfo) -> str:
    local, today = as_of.astimezone(zone).date(), now.astimezone(zone).date()
    time_of_day = formats.clock_time(as_of, zone)
    return time_of_day if local == today else f"{formats.day(local, today)}, {time_of_day}"


@dataclass(frozen=True)
class Step:
    """How far a running sync is with one entity; `percent` is None while nobody knows the total."""

    entity: str
    name: str
    rows: str
    note: str
    percent: int | None


def first_sync_steps(state: ConnectionState) -> tuple[Step, ...] | None:
    """Progress of the first sync by entity, empty when it has only been asked for; None when none is under way."""
    if state.stage != FIRST_SYNC or (state.problem is not None and not state.is_syncing):
        return None
    return tuple(_step(entity) for entity in state.progress)


def _step(entity: EntityState) -> Step:
    is_done = entity.state == "done"
    of = f" of {formats.count(entity.expected)}" if entity.expected and not is_done else ""
    word = "row" if entity.rows == 1 and not of else "rows"
    return Step(
        entity.entity,
        entity_name(entity.entity),
        f"{formats.count(entity.rows)}{of} {word}",
        ENDED.get(entity.state, ""),
        100 if is_done else _percent(entity),
    )


def _percent(entity: EntityState) -> int | None:
    if entity.state == "failed":
        return 0
    return min(99, entity.rows * 100 // entity.expected) if entity.expected else None
