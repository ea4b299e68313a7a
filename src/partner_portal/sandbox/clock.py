"""Time in a sandbox: the wall clock, or a clock that stands still until it is told to advance."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


@dataclass
class SandboxClock:
    """`stopped_at` None is the wall clock; either way `advance` moves it on."""

    stopped_at: datetime | None = None
    ahead: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        """The sandbox's present, aware, in UTC."""
        return (self.stopped_at or datetime.now(UTC)) + self.ahead

    def advance(self, seconds: float) -> None:
        """Move the sandbox's present on."""
        self.ahead += timedelta(seconds=seconds)


def wire_instant(at: datetime) -> str:
    """`at` as the API writes it: UTC with Z, up to three digits of a second, none when there are none."""
    text = at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
    head, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    return f"{head}.{fraction}Z" if fraction else f"{head}Z"
