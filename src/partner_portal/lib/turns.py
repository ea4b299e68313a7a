"""Turns: who may do something now, by whom it is done for: a few at once, or one alone."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

LONGEST_WAIT_SECONDS = 20.0


class NoTurn(Exception):
    """Others were at it for too long."""


class Turns:
    """At most `most` at once for each key, and one of them alone where that is asked for. For threads."""

    def __init__(self, most: int = 3, longest_wait_seconds: float = LONGEST_WAIT_SECONDS) -> None:
        self._longest_wait = longest_wait_seconds
        self._guard = threading.Lock()
        self._places: defaultdict[int, threading.Semaphore] = defaultdict(lambda: threading.Semaphore(most))
        self._single: defaultdict[int, threading.Lock] = defaultdict(threading.Lock)

    @contextmanager
    def one_of_few(self, key: int) -> Iterator[None]:
        """Hold one of the places of `key`; raises NoTurn when none comes free in time."""
        with self._guard:
            places = self._places[key]
        with self._held(places):
            yield

    @contextmanager
    def alone(self, key: int) -> Iterator[None]:
        """Hold the single turn of `key`; raises NoTurn when it does not come in time."""
        with self._guard:
            single = self._single[key]
        with self._held(single):
            yield

    @contextmanager
    def _held(self, lock: threading.Semaphore | threading.Lock) -> Iterator[None]:
        if not lock.acquire(timeout=self._longest_wait):
            raise NoTurn
        try:
            yield
        finally:
            lock.release()
