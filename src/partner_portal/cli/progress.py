"""Progress bars of a sync on a terminal."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


class TerminalProgress:
    """One bar per entity on standard error; implements `mirror.sync.Progress`."""

    def __init__(self) -> None:
        self._bars = Progress(
            TextColumn("{task.description:<14}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def entity_started(self, path: str, total: int | None) -> None:
        """Begin a bar; without a total it only counts."""
        self._tasks[path] = self._bars.add_task(path, total=total)

    def rows_arrived(self, path: str, count: int) -> None:
        """Move an entity's bar by `count` rows."""
        self._bars.advance(self._tasks[path], count)

    def entity_finished(self, path: str, problem: str | None) -> None:
        """Fill the bar, or mark the entity as failed."""
        task = self._tasks[path]
        done = self._bars.tasks[task].completed
        self._bars.update(task, total=done or 1, completed=done or 1, description=f"{path} !" if problem else path)
