"""The tenant's shared hour of calls: how much of it is spent, and what follows for the next request.

Decides only: the clock is passed in (seconds, rising), the reading comes from ThresholdInformation, requests of
ours are counted on top of it. Autotask itself slows every caller down from 50 % on and suspends the whole tenant at
100 % (API.md section 4), so the last fifth is left to the tenant's other integrations.

When a client that watches the budget reads it, each reading being a call too:
- at its start, when nothing is known, when the last reading is older than 50 minutes (every tenth run of a
  five-minute pace), or when half of the hour is spent by that reading and what we sent since;
- during a run when the last reading is a minute old and the hour is tight, or we sent 1 % of its calls since;
- never twice within a minute.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

SLOW_SHARE = 0.5
"""From here on we go slowly: Autotask has begun to delay everybody."""
STOP_SHARE = 0.8
"""From here on the rest is left to others."""
RESUME_SHARE = 0.7
"""Where the sync is taken up again: a margin below the stop, so that it is not interrupted at once."""

CALM_SECONDS = 50 * 60.0
SHORTEST_SECONDS = 60.0
SHORTEST_WAIT_SECONDS = 300.0
RUN_SHARE = 0.01

USUAL_LIMIT = 10_000
USUAL_MINUTES = 60

SLOWEST_PAUSE_SECONDS = 1.0
QUICKEST_PAUSE_SECONDS = 0.25


@dataclass(frozen=True)
class Reading:
    """What ThresholdInformation said: calls of the last `minutes`, the most there may be, and how old that is."""

    used: int
    limit: int = USUAL_LIMIT
    minutes: int = USUAL_MINUTES
    age_seconds: float = 0.0


class Budget:
    """What one client knows of the hour. Without a reading the vendor's default of 10,000 calls an hour is assumed.

    A client that does not watch the budget (a person waits for its few calls) neither reads it by itself nor goes
    slowly; it stops only when Autotask has said that the hour is spent.
    """

    def __init__(self, known: Reading | None = None, *, is_watched: bool = False, now: float = 0.0) -> None:
        self._reading = known or Reading(0)
        self._told_at: float | None = None if known is None else now - known.age_seconds
        self._asked_at = self._told_at
        self._is_watched = self._is_starting = is_watched
        self._sent = 0

    def count(self) -> None:
        """One more request of ours was sent."""
        self._sent += 1

    def learn(self, reading: Reading, now: float) -> None:
        """Autotask told how the hour stands."""
        self._reading, self._sent, self._is_starting = reading, 0, False
        self._told_at = self._asked_at = now

    def learn_nothing(self, now: float) -> None:
        """Autotask would not tell: go on with what is known, unless it is of an hour that has passed."""
        self._asked_at, self._is_starting = now, False
        if self._told_at is not None and now - self._told_at > self._reading.minutes * 60:
            self._reading, self._told_at = replace(self._reading, used=0), None

    def exhaust(self, now: float) -> None:
        """Autotask refused a request because the hour is spent."""
        self.learn(replace(self._reading, used=max(self._reading.limit, self._used)), now)

    def reading(self, now: float) -> Reading | None:
        """The last reading with what we sent since, None when Autotask never told."""
        if self._told_at is None:
            return None
        return replace(self._reading, used=self._used, age_seconds=max(0.0, now - self._told_at))

    @property
    def share(self) -> float:
        """The part of the hour's calls that is spent, as far as we know."""
        return self._used / max(1, self._reading.limit)

    @property
    def is_tight(self) -> bool:
        """Whether to go slowly."""
        return self._is_watched and self.share >= SLOW_SHARE

    def is_due(self, now: float) -> bool:
        """Whether the budget should be read before the next request."""
        age = None if self._asked_at is None else now - self._asked_at
        if not self._is_watched or (age is not None and age < SHORTEST_SECONDS):
            return False
        if self._is_starting and (age is None or age >= CALM_SECONDS):
            return True
        return self.is_tight or self._sent >= RUN_SHARE * self._reading.limit

    @property
    def pause_seconds(self) -> float:
        """How long to wait before each request: nothing in a calm hour, then the longer the tighter."""
        if not self.is_tight:
            return 0.0
        tightness = min(1.0, (self.share - SLOW_SHARE) / (STOP_SHARE - SLOW_SHARE))
        return QUICKEST_PAUSE_SECONDS + tightness * (SLOWEST_PAUSE_SECONDS - QUICKEST_PAUSE_SECONDS)

    @property
    def wait_seconds(self) -> float:
        """How long to send nothing at all; 0 while the hour allows requests.

        An estimate: the calls of the hour are taken to be spread evenly over it, so that they leave it at a steady
        rate. The budget is read again before the sync goes on.
        """
        if self.share < (STOP_SHARE if self._is_watched else 1):
            return 0.0
        falling = (self.share - RESUME_SHARE) / self.share
        return max(SHORTEST_WAIT_SECONDS, falling * self._reading.minutes * 60)

    @property
    def _used(self) -> int:
        return self._reading.used + self._sent
