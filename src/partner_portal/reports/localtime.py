"""Local dates in SQL, without the stores' own time-zone functions, which differ.

A date is taken after adding the zone's offset; offsets are written out as a CASE over the instants at which they
change, computed here for the span that a statement needs. Outside of that span its first or last offset holds.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from partner_portal.lib.zone import SECOND, local_date, offset_changes

PAD = timedelta(days=1)
MIDNIGHT = time()


def local_date_sql(column: str, zone: ZoneInfo, starts_at: datetime, ends_at: datetime) -> str:
    """SQL for the date on the zone's wall at the instant in `column`, exact from `starts_at` to `ends_at`.

    `column` is an SQL expression of type TIMESTAMP in UTC; the span's ends are aware.
    """
    changes = offset_changes(zone, _whole(starts_at - PAD), _whole(ends_at + PAD))
    (_, oldest), *later = changes
    whens = [
        f"WHEN {column} >= TIMESTAMP '{begins:%Y-%m-%d %H:%M:%S}' THEN {_shifted(column, by)}" for begins, by in later
    ]
    if not whens:
        return f"CAST({_shifted(column, oldest)} AS DATE)"
    return f"CAST(CASE {' '.join(reversed(whens))} ELSE {_shifted(column, oldest)} END AS DATE)"


def date_only_sql(column: str, zone: ZoneInfo, span: tuple[datetime, datetime] | None) -> str:
    """SQL for the date in a date-only field: a value at 00:00Z is that date, any other value is taken locally.

    `span` is where those other values lie; None where there are none.
    """
    if span is None:
        return f"CAST({column} AS DATE)"
    local = local_date_sql(column, zone, *span)
    return f"CASE WHEN {is_plain_date_sql(column)} THEN CAST({column} AS DATE) ELSE {local} END"


def is_plain_date_sql(column: str) -> str:
    """SQL for "the value of a date-only field is at 00:00Z"."""
    return f"(CAST({column} AS TIME) = TIME '00:00:00')"


def date_only(at: datetime, zone: ZoneInfo) -> date:
    """The date in a date-only field, by the same rule; `at` is a naive UTC instant, as the store keeps it."""
    return at.date() if at.time() == MIDNIGHT else local_date(at.replace(tzinfo=UTC), zone)


def _shifted(column: str, offset: timedelta) -> str:
    return f"{column} + INTERVAL '{offset // SECOND} seconds'"


def _whole(instant: datetime) -> datetime:
    return instant.replace(microsecond=0)
