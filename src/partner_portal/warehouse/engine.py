"""What the two stores differ in: connections, transactions, and the way rows are taken in.

All SQL that passes through here is written once, with parameters as `$name`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from partner_portal.autotask.catalog import Entity, Record
from partner_portal.warehouse.tables import Table

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

    def append(self, pages: Sequence[Any], batch: int) -> None:
        """Take one batch of rows, in pages that `Engine.packed` made; all of them or, when it raises, none."""

    def ahead(self, organization_id: int, /) -> AbstractContextManager[Session | None]:
        """The transaction that `writing` will go on with and commit: what is done in it now needs no time then.

        For taking the staged rows to their place, where nobody sees them before that commit: they are dropped at the
        end. One step, undone on an error. None where no such transaction is to be had; then there was none before.
        """

    def writing(self, organization_id: int, /) -> AbstractContextManager[Session]:
        """A write transaction, as `Engine.writing`, that also sees the staged rows and what was done `ahead`."""

    def learn(self, session: Session, /) -> None:
        """Let the planner of `session`, of this staging's own `writing`, know what is staged, if it matters."""

    def close(self) -> None:
        """Drop the table. Closing twice is harmless."""


class Engine(Protocol):
    """A DuckDB file or a PostgreSQL database. Safe to use from several threads."""

    def migrate(self) -> None:
        """Make the tables those of the catalogue; raises `WarehouseError` when a newer portal wrote them."""

    def reading(self, organization_id: int, /) -> AbstractContextManager[Session]:
        """A read-only transaction in which every read sees the same state, of the organization's rows."""

    def reading_beside(self, organization_id: int, /) -> AbstractContextManager[Session | None]:
        """A second reading for somebody who holds one, to read through both at once; None where it would have to wait.

        It may see a later state than the first.
        """

    def writing(self, organization_id: int, /) -> AbstractContextManager[Session]:
        """A write transaction, committed at the end, undone on an error. Those of one organization queue up."""

    def packed(self, records: Sequence[Record], /) -> Any:
        """A page of rows as it waits to be staged, in whatever shape costs this store least."""

    def staging(self, entity: Entity[Any]) -> Staging:
        """A new, empty staging table for rows of `entity`."""

    def wrote(self, table: Table, rows: int) -> None:
        """Note that so many `rows` of `table` were committed."""

    def learn(self) -> None:
        """Let the planner of statements know what was committed since, if it matters. Nothing that is held waits."""

    def copy_to(self, target: Path, at_instant: Callable[[], None]) -> None:
        """Write all of one instant into the new file `target`, beside the store's own; call `at_instant` then."""

    def changes(self) -> int:
        """How many writes have come as far as their commit; 0 for a store that others write to as well."""

    def close(self) -> None:
        """Give every connection back."""
