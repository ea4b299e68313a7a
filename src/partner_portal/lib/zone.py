"""Time zones by IANA name: where a local day begins, and when the offset to UTC changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

SECOND = timedelta(seconds=1)
STRIDE = timedelta(days=5)
"""How far apart offsets are sampled. No zone since 1970 went to another offset and back within five days."""


class ZoneError(ValueError):
    """No such time zone. The message is one line and names the remedy."""


def zone_named(name: str) -> ZoneInfo:
    """The zone with the IANA name `name`. Raises `ZoneError`."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ZoneError(f"Unknown time zone {name!r}: use an IANA name such as Europe/Berlin or UTC.") from error


def offset_at(instant: datetime, zone: ZoneInfo) -> timedelta:
    """What `zone` adds to UTC at `instant` (aware)."""
    return instant.astimezone(zone).utcoffset() or timedelta()


def first_instant(day: date, zone: ZoneInfo) -> datetime:
    """The first instant (UTC) of the local `day`; where midnight does not exist, the first one after the gap.

    A day that the zone skipped altogether begins where the next one does.
    """
    midnight = datetime.combine(day, time(), tzinfo=zone)
    instant = midnight.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == midnight.replace(tzinfo=None):
        return instant
    after_gap = midnight.replace(fold=1).astimezone(UTC)
    return _change_between(min(instant, after_gap) - SECOND, max(instant, after_gap), zone)


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """The date on the wall of `zone` at `instant` (aware)."""
    return instant.astimezone(zone).date()


def _change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant in (before, after] at which the offset of `before` ends; it must end there, and once."""
    old = offset_at(before, zone)
    while after - before > SECOND:
        middle = before + timedelta(seconds=(after - before) // SECOND // 2)
        if offset_at(middle, zone) == old:
            before = middle
        else:
            after = middle
    return after


@lru_cache(maxsize=256)
def offset_changes(zone: ZoneInfo, starts_at: datetime, ends_at: datetime) -> tuple[tuple[datetime, timedelta], ...]:
    """The offsets of `zone` from `starts_at` to `ends_at`: (instant it begins, offset), the first at `starts_at`.

    Both ends are aware whole seconds. Equal neighbours are merged: a zone without changes yields one entry.
    """
    changes = [(starts_at, offset_at(starts_at, zone))]
    here = starts_at
    while here < ends_at:
        there = min(here + STRIDE, ends_at)
        offset = offset_at(there, zone)
        if offset != changes[-1][1]:
            changes.append((_change_between(here, there, zone), offset))
        here = there
    return tuple(changes)
