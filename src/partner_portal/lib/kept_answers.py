"""Answers that are costly to make and good for as long as their name: made once, kept while there is room."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from cachetools import LRUCache

ROOM_BYTES = 40 * 2**20
"""About two hundred and fifty reports of a month."""


@dataclass
class _Making:
    """An answer that somebody makes while others wait for it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    waiting: int = 0


class KeptAnswers:
    """Bytes by name, the least recently used given up first. Safe to use from several threads.

    A name must change whenever its answer would: nothing is ever out of date, so nothing expires.
    """

    def __init__(self, room_bytes: int = ROOM_BYTES) -> None:
        self._room = room_bytes
        self._kept: LRUCache[str, bytes] = LRUCache(maxsize=room_bytes, getsizeof=len)
        self._guard = threading.Lock()
        self._making: dict[str, _Making] = {}

    def get(self, name: str, make: Callable[[], bytes]) -> bytes:
        """The answer called `name`, made by `make` if it is not there. Those who ask meanwhile wait for the one."""
        with self._guard:
            kept: bytes | None = self._kept.get(name)
            if kept is not None:
                return kept
            making = self._making.setdefault(name, _Making())
            making.waiting += 1
        try:
            with making.lock:
                with self._guard:
                    kept = self._kept.get(name)
                return kept if kept is not None else self._keep(name, make())
        finally:
            with self._guard:
                making.waiting -= 1
                if not making.waiting:
                    self._making.pop(name, None)

    def _keep(self, name: str, answer: bytes) -> bytes:
        if len(answer) <= self._room:
            with self._guard:
                self._kept[name] = answer
        return answer
