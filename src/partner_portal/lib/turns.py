"""Turns: who may do something now, so many at once for each of those it is done for."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

LONGEST_WAIT_SECONDS = 20.0


class NoTurn(Exception):
    """Others were at it for too long."""


class Turns:
    """At most `most` at once for each key. For the threads of one process."""

    def __init__(self, most: int, longest_wait_seconds: float = LONGEST_WAIT_SECONDS) -> None:
        self._longest_wait = longest_wait_seconds
        self._guard = threading.Lock()
        self._places: defaultdict[int, threading.Semaphore] = defaultdict(lambda: threading.Semaphore(most))

    @contextmanager
    def turn(self, key: int) -> Iterator[None]:
        """Hold one of the places of `key`; raises NoTurn when none comes free in time."""
        with self._guard:
            places = self._places[key]
        if not places.acquire(timeout=self._longest_wait):
            raise NoTurn
        try:
            yield
        finally:
            places.release()
