"""The warehouse's interface: what the mirror writes through and the reports read through.

Two stores implement it, `duckdb_store` (one file, one process) and `postgres_store`. Both speak the SQL that
DuckDB and PostgreSQL share. Instants are stored as UTC in columns of type TIMESTAMP without zone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

from partner_portal.autotask.catalog import Entity, Record
from partner_portal.organizations.scope import OrganizationScope

Kept = TypeVar("Kept")


class WarehouseError(Exception):
    """The warehouse cannot do what was asked. The message is one line and names the remedy."""


class WarehouseLocked(WarehouseError):
    """Another process owns the warehouse file."""


class TooManyGone(WarehouseError):
    """A load would remove more rows than it may; nothing of it was done and it can be committed otherwise."""

    def __init__(self, gone: int, held: int) -> None:
        super().__init__(gone, held)
        self.gone = gone
        self.held = held

    def __str__(self) -> str:
        return f"{self.gone} of {self.held} rows would be removed at once. Confirm it, or keep them."


@dataclass(frozen=True)
class Source:
    """What the warehouse knows of one mirrored entity.

    `as_of` is the start of the last run that read everything it asked for (UTC, aware), None before the first;
    `watermark` is the instant the next delta starts from; `rows` is the count held; `complete` says that every
    page of the last run came; `problem` is the reason when it did not, or when the entity may not be read.
    `full_at` is the start of the last run that read the whole entity; `unconfirmed` counts rows that Autotask no
    longer shows, so many at once that they stay until a person accepts it.
    """

    entity: str
    as_of: datetime | None = None
    watermark: datetime | None = None
    rows: int = 0
    complete: bool = False
    problem: str | None = None
    full_at: datetime | None = None
    unconfirmed: int = 0


@dataclass(frozen=True)
class Reconciliation:
    """Our count of an entity beside Autotask's, of ids that both should hold, at an instant (UTC, aware).

    Where they differ, `differs_since` is when that was first seen, `gone` are ids that only we hold and `missing`
    those that only Autotask holds, as far as they were located.
    """

    entity: str
    at: datetime
    ours: int
    theirs: int
    differs_since: datetime | None = None
    gone: tuple[int, ...] = ()
    missing: tuple[int, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether the counts are the same."""
        return self.ours == self.theirs

    @property
    def is_finding(self) -> bool:
        """Whether the difference outlived a refresh."""
        return self.differs_since is not None and self.differs_since < self.at


class State(NamedTuple):
    """A part of the state of an organization's data: an entity's freshness, or its comparison with Autotask's count.

    Of no entity ("") it is the data version, in `number`, which else is our count; `at` is as the store keeps it.
    """

    entity: str
    at: datetime | None
    number: int | None
    theirs: int | None


@dataclass(frozen=True)
class PicklistValue:
    """One value of a picklist field in this tenant; `entity` and `field` are wire names."""

    entity: str
    field: str
    value: int
    label: str
    sort_order: int = 0
    is_active: bool = True
    is_system: bool = False


@dataclass(frozen=True)
class EntityFacts:
    """What a tenant's metadata says of one entity.

    `fields` are the wire names of those catalogue fields that the tenant has, None where that could not be read;
    `refusal` is why this API user may not read the entity, None where nothing says so.
    """

    fields: tuple[str, ...] | None = None
    refusal: str | None = None


@dataclass(frozen=True)
class Tenant:
    """What reports and the mirror must know of the Autotask database behind an organization's rows.

    `entities` has the facts of each entity by wire path; `read_at` is when they were read (UTC, aware), so that
    the mirror need not ask for them in every run.
    """

    dialect: str
    web_url: str | None = None
    picklists: Sequence[PicklistValue] = field(default_factory=tuple)
    entities: Mapping[str, EntityFacts] = field(default_factory=dict)
    read_at: datetime | None = None


class Load(Protocol):
    """One entity's rows on their way in. Nothing is visible to readers before `commit`.

    Ends with `commit` or `abandon`; one that is dropped without either leaves everything as it was.
    """

    def append(self, records: Sequence[Record]) -> None:
        """Take one batch. Later rows win over earlier ones with the same id.

        Rows may wait for others, so that what is wrong with them may show only in `write` or `commit`. Quick but for
        every 20,000th row, or as long as `write` is called before.
        """

    def write(self) -> None:
        """Bring the rows that wait into the store, which may take a while; `commit` does it too."""

    def commit(
        self, source: Source, *, replace: bool, most_removed: int | None = None, remove: Sequence[int] = ()
    ) -> int:
        """Make the rows and `source` visible in one transaction; return the rows now held.

        With `replace` rows not appended in this load are removed (a full read); without it they stay (a delta),
        but for those whose ids are in `remove`. Where more than `most_removed` rows would go, nothing is done and
        `TooManyGone` is raised; the load is then still open.
        `source.rows` is set to the count by the store. The data version moves when anything changed.
        """

    def abandon(self, problem: str) -> None:
        """Drop the rows and mark the entity incomplete with its reason; earlier data stays in place."""


class OrganizationStore(Protocol):
    """One organization's part of the warehouse."""

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Run one SELECT and return its rows.

        Tables are the catalogue's (`Entity.table`) plus `picklists`, `sources` (whose count is `held_rows`),
        `opportunity_changes` and `activities` (`warehouse.tables` describes both), with the attributes of the records
        and value classes as columns; each name means this organization's rows only, and no column names the
        organization. Parameters are named, written `$name`; those that the SQL does not name are ignored. Instants go
        in and come out as naive UTC datetimes. What the stores give back differs in type for sums and averages of
        integers and in order for text: cast the one, write `COLLATE "C"` for the other.
        Raises `WarehouseError` for anything but one SELECT, and for names that lead past the organization.
        """

    def sources(self) -> dict[str, Source]:
        """What is known of each mirrored entity, by its wire path."""

    def tenant(self) -> Tenant | None:
        """The tenant's dialect, web address and picklists; None before the first sync."""

    def save_tenant(self, tenant: Tenant) -> None:
        """Keep the tenant's facts, replacing earlier ones. The data version moves if a report could tell."""

    def load(self, entity: Entity[Any]) -> Load:
        """Begin taking in rows of `entity`. An earlier load that never ended has left nothing behind."""

    def reconciliations(self) -> dict[str, Reconciliation]:
        """The last comparison of each entity with Autotask, by its wire path."""

    def keep_reconciliation(self, kept: Reconciliation, /) -> None:
        """Keep it in place of the entity's earlier one. The data version moves when agreement comes or goes."""

    def forget(self, entity: Entity[Any], problem: str) -> None:
        """Mark `entity` incomplete because it cannot be read, and why; its earlier rows stay in place."""

    def settle_activities(self) -> None:
        """Bring the table behind `activities` up to date, so that reports over them are quick again.

        To be called after a run that changed records. It changes no answer and no data version, costs one look when
        nothing was touched, and little when little was. A run that died before it leaves the work to the next one.
        """

    def clear(self) -> None:
        """Remove everything held of the organization, as when it is connected to another Autotask database."""

    def confirm(self, entities: Sequence[Entity[Any]], *, as_of: datetime, watermark: datetime) -> None:
        """Note that a delta of each of `entities`, complete before, brought nothing: what is held is as new as `as_of`.

        The data version stays. One transaction for all, as there are many refreshes in which nothing has changed.
        """

    def max_ids(self) -> dict[str, int | None]:
        """The highest id held of every entity of the catalogue, by its wire path."""

    def max_id(self, entity: Entity[Any]) -> int | None:
        """The highest id held of `entity`."""

    def state(self) -> list[State]:
        """Data version, freshness and comparisons: differs whenever any report of this organization may. One look."""

    def data_version(self) -> int:
        """A number that grows whenever this organization's mirrored data changes; 0 before any.

        Rows, the tenant, and whether an entity is complete count as data; how fresh it is does not.
        """

    def snapshot(self) -> AbstractContextManager[OrganizationStore]:
        """A view in which every read sees the same state, whatever is written meanwhile. For one thread."""

    def twin(self) -> AbstractContextManager[OrganizationStore | None]:
        """Of a snapshot: a second view of the same state, for another thread to read at the same time.

        None where the store gains nothing by it, or where something was written in between.
        """

    def kept(self, name: str, make: Callable[[], Kept]) -> Kept:
        """What `make` reads out of a snapshot, made once and kept under `name` for as long as the state is the same.

        It is handed to many and must not be changed. Outside of a snapshot it is made anew.
        """


class Warehouse(Protocol):
    """A place where many organizations' mirrored records live. Safe to use from several threads."""

    def organization(self, scope: OrganizationScope) -> OrganizationStore:
        """The one door to an organization's rows."""

    def copy_to(self, target: Path, at_instant: Callable[[], None]) -> None:
        """Write all of one instant into the new file `target`, on the file system of the store's own.

        `at_instant` is called then, while no writer can commit: other stores' copies are begun there.
        Raises `WarehouseError`, also where the store is no file.
        """

    def changes(self) -> int:
        """How many writes this process has begun to commit, for a store that belongs to it alone.

        Of one that others write to as well, the number says nothing and stays 0.
        """

    def close(self) -> None:
        """Give the store back; a file can then be opened by another process."""
