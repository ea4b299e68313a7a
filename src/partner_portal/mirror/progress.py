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


class Silent:
    """Nobody listens."""

    def entity_started(self, path: str, total: int | None) -> None:
        """Do nothing."""

    def rows_arrived(self, path: str, n: int) -> None:
        """Do nothing."""

    def entity_finished(self, path: str, problem: str | None) -> None:
        """Do nothing."""


silent = Silent()
