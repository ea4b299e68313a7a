"""What the two stores differ in: connections, transactions, and the way rows are taken in.

All SQL that passes through here is written once, with parameters as `$name`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from partner_portal.autotask.catalog import Entity

Parameters = Mapping[str, Any]

BATCH = "batch"
"""The column of a staging table that tells later batches from earlier ones."""


DEFECT = "This is a defect of the portal: report it with this line."
"""The remedy where a database refuses a statement that the portal itself wrote."""


class Session(Protocol):
    """A transaction under way. Errors of the driver leave it as `WarehouseError`."""

    def fetch(self, sql: str, parameters: Parameters | None = None) -> list[tuple[Any, ...]]:
        """Run a SELECT and return its rows."""

    def change(self, sql: str, parameters: Parameters | None = None) -> int:
        """Run any other statement and return how many rows it touched."""


class Staging(Protocol):
    """A private table without key where one load's rows wait. It vanishes with its process. One thread at a time."""

    @property
    def name(self) -> str:
        """The table's bare name, seen by this staging's own transactions only."""

    def append(self, lines: bytes, batch: int) -> None:
        """Take one batch of rows, made by `json_lines`; all of them or, when it raises, none."""

    def writing(self, organization_id: int, /) -> AbstractContextManager[Session]:
        """A write transaction, as `Engine.writing`, that also sees the staged rows."""

    def close(self) -> None:
        """Drop the table. Closing twice is harmless."""


class Engine(Protocol):
    """A DuckDB file or a PostgreSQL database. Safe to use from several threads."""

    @property
    def reads_beside(self) -> bool:
        """Whether reading through two sessions at once is quicker, and a second session always to be had."""

    def reading(self) -> AbstractContextManager[Session]:
        """A read-only transaction in which every read sees the same state."""

    def writing(self, organization_id: int, /) -> AbstractContextManager[Session]:
        """A write transaction, committed at the end, undone on an error. Those of one organization queue up."""

    def staging(self, entity: Entity[Any]) -> Staging:
        """A new, empty staging table for rows of `entity`."""

    def copy_to(self, target: Path, at_instant: Callable[[], None]) -> None:
        """Write all of one instant into the new file `target`, beside the store's own; call `at_instant` then."""

    def close(self) -> None:
        """Give every connection back."""
