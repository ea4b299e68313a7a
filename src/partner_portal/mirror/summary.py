"""What a sync did, entity by entity."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class EntitySummary:
    """One entity's part: rows that arrived, requests sent for it, seconds, and why it is not complete, if so.

    `failed` says that it could not be read although it may be: what this API user may not read is not complete, and
    neither are rows that wait for a person's word, yet nothing failed. `removed` and `added` count the rows that a
    comparison with Autotask's counts led to, `removed` also those that were let go because a person had accepted it.
    """

    entity: str
    rows: int
    requests: int
    seconds: float
    complete: bool
    problem: str | None = None
    failed: bool = False
    removed: int = 0
    added: int = 0

    def after(self, removed: int, added: int, problem: str | None) -> EntitySummary:
        """The part after counts were compared: rows removed and added for it, and what is not settled, if anything."""
        problem = self.problem or problem
        removed += self.removed
        return replace(self, removed=removed, added=added, problem=problem, complete=problem is None)

    def document(self) -> dict[str, Any]:
        """The part as JSON can hold it."""
        return {
            "rows": self.rows,
            "requests": self.requests,
            "seconds": round(self.seconds, 3),
            "complete": self.complete,
            "problem": self.problem,
            "failed": self.failed,
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
