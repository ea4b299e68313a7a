"""Answers that are good for a while: kept with the time they were made, until they are too old or room is short."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from cachetools import LRUCache

ROOM_BYTES = 32 * 2**20


class PassingAnswers:
    """Bytes by name, the least recently used given up first. For several threads; the time is passed in."""

    def __init__(self, room_bytes: int = ROOM_BYTES) -> None:
        self._room = room_bytes
        self._kept: LRUCache[str, tuple[datetime, bytes]] = LRUCache(room_bytes, getsizeof=lambda kept: len(kept[1]))
        self._lock = threading.Lock()

    def get(self, name: str, now: datetime, oldest: timedelta) -> tuple[bytes, timedelta] | None:
        """The answer called `name` with its age, if it is younger than `oldest`; None when there is none."""
        with self._lock:
            kept = self._kept.get(name)
        if kept is None:
            return None
        age = now - kept[0]
        return (kept[1], age) if timedelta(0) <= age < oldest else None

    def keep(self, name: str, now: datetime, answer: bytes) -> None:
        """Keep `answer`, made at `now`; one that has no room is not kept."""
        if len(answer) <= self._room:
            with self._lock:
                self._kept[name] = (now, answer)
