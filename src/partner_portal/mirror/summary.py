"""What a sync did, entity by entity."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class EntitySummary:
    """One entity's part: rows that arrived, requests sent for it, seconds, and why it is not complete, if so.

    `removed` and `added` count the rows that a comparison with Autotask's counts led to.
    """

    entity: str
    rows: int
    requests: int
    seconds: float
    complete: bool
    problem: str | None = None
    removed: int = 0
    added: int = 0

    def after(self, removed: int, added: int, problem: str | None) -> EntitySummary:
        """The part after counts were compared: rows removed and added for it, and what is not settled, if anything."""
        problem = self.problem or problem
        return replace(self, removed=removed, added=added, problem=problem, complete=problem is None)

    def document(self) -> dict[str, Any]:
        """The part as JSON can hold it."""
        return {
            "rows": self.rows,
            "requests": self.requests,
            "seconds": round(self.seconds, 3),
            "complete": self.complete,
            "problem": self.problem,
            "removed": self.removed,
            "added": self.added,
        }


@dataclass(frozen=True)
class Summary:
    """A whole run. `requests` counts those that belong to no entity too."""

    started_at: datetime
    full: bool
    seconds: float
    requests: int
    entities: tuple[EntitySummary, ...]

    @property
    def rows(self) -> int:
        """The rows that arrived."""
        return sum(entity.rows for entity in self.entities)

    @property
    def complete(self) -> bool:
        """Whether every entity is complete."""
        return all(entity.complete for entity in self.entities)

    def document(self) -> dict[str, Any]:
        """The summary as JSON can hold it, entities by wire path."""
        return {
            "started_at": self.started_at.isoformat().replace("+00:00", "Z"),
            "full": self.full,
            "seconds": round(self.seconds, 3),
            "rows": self.rows,
            "requests": self.requests,
            "complete": self.complete,
            "entities": {entity.entity: entity.document() for entity in self.entities},
        }
