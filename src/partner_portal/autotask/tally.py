"""How many requests were sent, by hour and entity, and how many of them Autotask throttled."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

THROTTLED = 429
BUCKET_SECONDS = 60


class Tally:
    """Counts by minute since it was made, so that it needs no clock but the one that times the requests."""

    def __init__(self) -> None:
        self._sent: Counter[tuple[int, str]] = Counter()
        self._throttled: Counter[tuple[int, str]] = Counter()

    def add(self, entity: str, status: int | None, elapsed_seconds: float) -> None:
        """One request to `entity` was sent, `elapsed_seconds` after the tally was made; None stands for no answer."""
        key = int(elapsed_seconds) // BUCKET_SECONDS, entity
        self._sent[key] += 1
        self._throttled[key] += status == THROTTLED

    def per_hour(self, since: datetime) -> dict[tuple[datetime, str], tuple[int, int]]:
        """Requests and throttled ones by the hour's start (UTC) and entity, for a tally that was made at `since`."""
        hours: dict[tuple[datetime, str], tuple[int, int]] = {}
        for (bucket, entity), sent in self._sent.items():
            at = since.astimezone(UTC) + timedelta(seconds=bucket * BUCKET_SECONDS)
            key = at.replace(minute=0, second=0, microsecond=0), entity
            requests, throttled = hours.get(key, (0, 0))
            hours[key] = requests + sent, throttled + self._throttled[bucket, entity]
        return hours
