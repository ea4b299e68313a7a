"""How far a sync is: told by the mirror from its thread, read from another."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass
from typing import Any, Protocol


class Listener(Protocol):
    """Whoever else wants to follow, such as a progress bar: what the mirror's own `Progress` is told."""

    def entity_started(self, path: str, total: int | None, /) -> None:
        """An entity's rows begin to come; `total` when their number is known."""

    def rows_arrived(self, path: str, count: int, /) -> None:
        """`count` further rows came."""

    def entity_finished(self, path: str, problem: str | None, /) -> None:
        """The entity is through, or failed with `problem`."""


@dataclass
class EntityProgress:
    """How far one entity is. `expected` is None where nobody knows; `state` is running, done or failed."""

    rows: int = 0
    expected: int | None = None
    state: str = "running"
    problem: str | None = None


class ProgressBoard:
    """Takes the mirror's news, keeps the state of each entity, passes the news on."""

    def __init__(self, listener: Listener | None = None) -> None:
        self._lock = threading.Lock()
        self._entities: dict[str, EntityProgress] = {}
        self._listener = listener

    def entity_started(self, path: str, total: int | None) -> None:
        """Note that an entity's rows begin to come."""
        with self._lock:
            self._entities[path] = EntityProgress(expected=total)
        if self._listener:
            self._listener.entity_started(path, total)

    def rows_arrived(self, path: str, n: int) -> None:
        """Count further rows."""
        with self._lock:
            self._entities.setdefault(path, EntityProgress()).rows += n
        if self._listener:
            self._listener.rows_arrived(path, n)

    def entity_finished(self, path: str, problem: str | None) -> None:
        """Note that an entity is through."""
        with self._lock:
            entity = self._entities.setdefault(path, EntityProgress())
            entity.state = "failed" if problem else "done"
            entity.problem = problem
        if self._listener:
            self._listener.entity_finished(path, problem)

    def document(self) -> dict[str, Any]:
        """The state of each entity by its path, JSON-able."""
        with self._lock:
            return {path: asdict(entity) for path, entity in self._entities.items()}
