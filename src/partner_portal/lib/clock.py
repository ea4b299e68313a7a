"""The clock as an argument: what needs the time is handed a `Clock`, so that a test never waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True)
class FixedClock:
    """A clock that stands at `at`, an aware instant. Raises `ValueError` for a naive one."""

    at: datetime

    def __post_init__(self) -> None:
        """Refuse a naive instant."""
        if self.at.tzinfo is None:
            raise ValueError("A clock stands at an aware instant; give it a time zone, e.g. UTC.")

    def now(self) -> datetime:
        """The instant the clock stands at, in UTC."""
        return self.at.astimezone(UTC)
