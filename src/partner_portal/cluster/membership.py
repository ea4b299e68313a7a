"""Who of an installation's processes lives.

A process that has the embedded stores is alone with them. On PostgreSQL each process is a member of a cluster
(`cluster.member`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

ALONE = "local"
"""The name of the one process over the embedded stores, the same at every start."""


class Membership(Protocol):
    """A process's place among those of its installation."""

    @property
    def name(self) -> str:
        """The process's name, which no other has or had; `ALONE` over the embedded stores."""

    @property
    def is_lost(self) -> bool:
        """Whether the others may soon take this process for dead: what it holds it must leave off now."""

    def join(self) -> None:
        """Be known to the others from now on. Harmless when it was done. Raises ClusterUnreachable."""

    def lives(self, name: str) -> bool:
        """Whether the process called `name` is known to live now; raises ClusterUnreachable."""

    def gone(self, names: Collection[str]) -> set[str]:
        """Those of `names` that have certainly left off all they held; raises ClusterUnreachable."""

    def leave(self) -> None:
        """Be known to nobody any more."""


class ClusterUnreachable(Exception):
    """The others cannot be asked. The message is one line and names the remedy."""

    def __init__(self) -> None:
        super().__init__(
            "The PostgreSQL of DATABASE_URL does not answer. Check that it runs and has room for further connections."
        )


class Alone:
    """Nobody else is there."""

    name = ALONE
    is_lost = False

    def join(self) -> None:
        """There is nobody to join."""

    def lives(self, name: str) -> bool:  # noqa: ARG002 (nobody of any name)
        """No other process has the stores."""
        return False

    def gone(self, names: Collection[str]) -> set[str]:
        """Every other one."""
        return set(names) - {self.name}

    def leave(self) -> None:
        """There is nobody to leave."""
