"""How a sync tells how far it is."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Is told of each entity's way in, from the thread of the sync's event loop; it must not wait."""

    def entity_started(self, path: str, total: int | None) -> None:
        """Rows of `path` are being read; `total` of them where that is known."""

    def rows_arrived(self, path: str, n: int) -> None:
        """Another `n` rows came."""

    def entity_finished(self, path: str, problem: str | None) -> None:
        """Everything of `path` came and is in place, or `problem` is why not."""


class Arrivals:
    """Tells of one entity's rows, also of those that come before their total is known."""

    def __init__(self, progress: Progress, path: str) -> None:
        self._progress = progress
        self._path = path
        self._is_started = False
        self._untold = 0

    def start(self, total: int | None) -> None:
        """The total is known, or that there is none."""
        self._is_started = True
        self._progress.entity_started(self._path, total)
        if self._untold:
            self._progress.rows_arrived(self._path, self._untold)

    def add(self, rows: int) -> None:
        """Another `rows` rows came."""
        if self._is_started:
            self._progress.rows_arrived(self._path, rows)
        else:
            self._untold += rows


class Silent:
    """Nobody listens."""

    def entity_started(self, path: str, total: int | None) -> None:
        """Do nothing."""

    def rows_arrived(self, path: str, n: int) -> None:
        """Do nothing."""

    def entity_finished(self, path: str, problem: str | None) -> None:
        """Do nothing."""


silent = Silent()
