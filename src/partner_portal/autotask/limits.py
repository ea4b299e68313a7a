"""How much the client asks of Autotask at once, and how patient it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

ROWS_PER_PAGE = 500
"""The most rows Autotask puts on one page (API.md section 3)."""

THREADS_PER_ENTITY = 3
"""The most requests at once that Autotask answers per integration code and entity (API.md section 4)."""


@dataclass(frozen=True)
class Limits:
    """Bounds of one client.

    `attempts` bounds the tries after a failure, `throttled_attempts` those after a 429. Pauses grow from
    `first_pause_seconds` by doubling; no pause, not even one that Autotask asks for, is longer
    than `longest_pause_seconds`.
    Autotask frees a thread slightly after its answer; once that has led to a 429 on an entity, its last slot is used
    only `rest_seconds` after an answer, and after each such 429 one slot fewer for `lowered_seconds` (see `Gate`).
    """

    per_entity: int = THREADS_PER_ENTITY
    connections: int = 36
    page_size: int = ROWS_PER_PAGE
    request_timeout_seconds: float = 60.0
    attempts: int = 6
    throttled_attempts: int = 8
    first_pause_seconds: float = 0.25
    longest_pause_seconds: float = 60.0
    rest_seconds: float = 0.06
    lowered_seconds: float = 2.0

    def __post_init__(self) -> None:
        if not 1 <= self.page_size <= ROWS_PER_PAGE:
            raise ValueError(f"page_size must be between 1 and {ROWS_PER_PAGE}")
        if self.per_entity > THREADS_PER_ENTITY:
            raise ValueError(f"per_entity must be at most {THREADS_PER_ENTITY}")
        if min(self.per_entity, self.connections, self.attempts, self.throttled_attempts) < 1:
            raise ValueError("limits must be at least 1")

    def pause_seconds(self, failures: int, chance: float, asked_for: float | None) -> float:
        """How long to wait after the `failures`-th failure in a row.

        `chance` in [0, 1) spreads clients that failed together over half of the pause; `asked_for` is what
        `Retry-After` said, which is waited in full.
        """
        if asked_for is not None:
            return min(max(asked_for, 0.0), self.longest_pause_seconds)
        full = min(self.first_pause_seconds * 2.0 ** (failures - 1), self.longest_pause_seconds)
        return full * (0.5 + chance / 2)


DEFAULT_LIMITS = Limits()


def retry_after_seconds(headers: Mapping[str, str], now: float) -> float | None:
    """What `Retry-After` asks for, in seconds; None without it or when it cannot be read.

    A date is compared with the server's own `Date`, so that a wrong clock here does no harm; without one with
    `now` (seconds since the epoch).
    """
    asked = headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked)
    until = _epoch_seconds(asked)
    if until is None:
        return None
    return max(0.0, until - (_epoch_seconds(headers.get("date", "")) or now))


def server_time(headers: Mapping[str, str]) -> datetime | None:
    """When the server says that it answered (its `Date`, UTC, whole seconds); None where it does not say."""
    seconds = _epoch_seconds(headers.get("date", ""))
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _epoch_seconds(http_date: str) -> float | None:
    try:
        return parsedate_to_datetime(http_date).timestamp()
    except (ValueError, OverflowError):
        return None
