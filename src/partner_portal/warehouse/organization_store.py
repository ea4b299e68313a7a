"""One organization's part of a warehouse, whichever store is beneath it."""

# ruff: noqa: S608  (identifiers come from the catalogue, values are parameters)

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from cachetools import LRUCache

from partner_portal.autotask.catalog import Entity
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.warehouse import activities, bookkeeping, reconciliation
from partner_portal.warehouse.activities import Dialect
from partner_portal.warehouse.engine import Engine, Session
from partner_portal.warehouse.load import MirrorLoad
from partner_portal.warehouse.scoped_select import SCOPE_PARAMETER, scoped_select
from partner_portal.warehouse.store import (
    Kept,
    OrganizationStore,
    Reconciliation,
    Source,
    State,
    Tenant,
    WarehouseError,
)
from partner_portal.warehouse.tables import ENTITY_TABLES, ORGANIZATION

KEPT = 2_000
"""How many readings of organizations' states are kept: about five of each, and as many for each filter in use."""


class MirrorStore:
    """Reads and writes one organization's rows; made by `MirrorWarehouse.organization`."""

    def __init__(
        self, engine: Engine, scope: OrganizationScope, keeping: Keeping, *, session: Session | None = None
    ) -> None:
        self._engine = engine
        self._organization_id = scope.organization_id
        self._scope = scope
        self._keeping = keeping
        self._session = session

    def _reading(self) -> AbstractContextManager[Session]:
        return self._engine.reading(self._organization_id) if self._session is None else nullcontext(self._session)

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Run one SELECT over bare table names and return its rows, this organization's only."""
        select = scoped_select(sql)
        given = dict(parameters or {})
        if SCOPE_PARAMETER in given:
            raise WarehouseError(f"A report may not pass ${SCOPE_PARAMETER}; the store confines it by itself.")
        given[SCOPE_PARAMETER] = self._organization_id
        missing = sorted(select.parameters - given.keys())
        if missing:
            raise WarehouseError(f"The report's SQL names ${missing[0]}, which was not passed. Pass a value for it.")
        with self._reading() as session:
            if select.asks_for_activities:
                select = scoped_select(sql, self._deriving(session))
            return session.fetch(select.sql, {name: given[name] for name in select.parameters})

    def _deriving(self, session: Session) -> Dialect | None:
        """The dialect to derive activities by as `session` sees the store; None when their table is up to date."""
        if session is self._session:
            return self._deriving_in_snapshot
        return activities.deriving_dialect(session, self._organization_id)

    @cached_property
    def _deriving_in_snapshot(self) -> Dialect | None:
        """As it is throughout a snapshot: asked once, not by each of a report's statements."""
        with self._reading() as session:
            return activities.deriving_dialect(session, self._organization_id)

    def sources(self) -> dict[str, Source]:
        """What is known of each mirrored entity, by its wire path."""
        with self._reading() as session:
            return bookkeeping.read_sources(session, self._organization_id)

    def tenant(self) -> Tenant | None:
        """The tenant's facts; None before the first sync."""
        with self._reading() as session:
            return bookkeeping.read_tenant(session, self._organization_id)

    def save_tenant(self, tenant: Tenant) -> None:
        """Keep the tenant's facts, replacing earlier ones."""
        with self._engine.writing(self._organization_id) as session:
            bookkeeping.keep_tenant(session, self._organization_id, tenant)

    def load(self, entity: Entity[Any]) -> MirrorLoad:
        """Begin taking in rows of `entity`."""
        return MirrorLoad(self._engine, self._organization_id, entity)

    def reconciliations(self) -> dict[str, Reconciliation]:
        """The last comparison of each entity with Autotask, by its wire path."""
        with self._reading() as session:
            return reconciliation.read_reconciliations(session, self._organization_id)

    def keep_reconciliation(self, kept: Reconciliation, /) -> None:
        """Keep it in place of the entity's earlier one."""
        with self._engine.writing(self._organization_id) as session:
            reconciliation.write_reconciliation(session, self._organization_id, kept)

    def forget(self, entity: Entity[Any], problem: str) -> None:
        """Record that `entity` cannot be read, and why; its earlier rows stay in place."""
        with self._engine.writing(self._organization_id) as session:
            bookkeeping.mark_incomplete(session, self._organization_id, entity.path, problem)

    def settle_activities(self) -> None:
        """Bring the table of activities up to date."""
        activities.settle(self._engine, self._organization_id)

    def clear(self) -> None:
        """Remove everything held of the organization; its data version moves on and is never reused."""
        with self._engine.writing(self._organization_id) as session:
            bookkeeping.remove_all(session, self._organization_id)

    def confirm(self, entities: Sequence[Entity[Any]], *, as_of: datetime, watermark: datetime) -> None:
        """Note that nothing of `entities`, complete before, has changed up to `as_of`."""
        paths = [entity.path for entity in entities]
        with self._engine.writing(self._organization_id) as session:
            bookkeeping.confirm_sources(session, self._organization_id, paths, as_of, watermark)

    def max_ids(self) -> dict[str, int | None]:
        """The highest id held of every entity of the catalogue, by its wire path."""
        each = [
            f"SELECT '{path}', max(id) FROM {table.address} WHERE {ORGANIZATION} = $organization"
            for path, table in ENTITY_TABLES.items()
        ]
        with self._reading() as session:
            found = session.fetch(" UNION ALL ".join(each), {"organization": self._organization_id})
        return {str(path): None if highest is None else int(highest) for path, highest in found}

    def max_id(self, entity: Entity[Any]) -> int | None:
        """The highest id held of `entity`."""
        table = ENTITY_TABLES[entity.path].address
        with self._reading() as session:
            found = session.fetch(
                f"SELECT max(id) FROM {table} WHERE {ORGANIZATION} = $organization",
                {"organization": self._organization_id},
            )
        return None if found[0][0] is None else int(found[0][0])

    def state(self) -> list[State]:
        """What is known of the data as a whole."""
        return self._read_state() if self._session is None else self._state_of_snapshot

    @cached_property
    def _state_of_snapshot(self) -> list[State]:
        return self._read_state()

    def _read_state(self) -> list[State]:
        with self._reading() as session:
            return bookkeeping.read_state(session, self._organization_id)

    def data_version(self) -> int:
        """A number that grows whenever this organization's mirrored data changes; 0 before any."""
        with self._reading() as session:
            return bookkeeping.read_version(session, self._organization_id)

    @contextmanager
    def snapshot(self) -> Iterator[OrganizationStore]:
        """A view in which every read sees the same state. It belongs to one thread."""
        if self._session is not None:
            yield self
            return
        with self._engine.reading(self._organization_id) as session:
            yield MirrorStore(self._engine, self._scope, self._keeping, session=session)

    @contextmanager
    def twin(self) -> Iterator[OrganizationStore | None]:
        """A second view of this snapshot's state; None where there is none to be had."""
        if self._session is None:
            yield None
            return
        with self._engine.reading_beside(self._organization_id) as session:
            if session is None:
                yield None
                return
            twin = MirrorStore(self._engine, self._scope, self._keeping, session=session)
            yield twin if twin.state() == self.state() else None

    def kept(self, name: str, make: Callable[[], Kept]) -> Kept:
        """What `make` reads, kept for as long as the state is the same."""
        if self._session is None:
            return make()
        return self._keeping.get((self._organization_id, name), self.state(), make)


class Keeping:
    """What was read of organizations' states, the last one of each. Safe to use from several threads."""

    def __init__(self) -> None:
        self._kept: LRUCache[tuple[int, str], tuple[list[State], Any]] = LRUCache(KEPT)
        self._guard = threading.Lock()

    def get(self, name: tuple[int, str], state: list[State], make: Callable[[], Kept]) -> Kept:
        """What was made under `name` in this `state`, else made now; two who ask at once may both make it."""
        with self._guard:
            held = self._kept.get(name)
        if held is not None and held[0] == state:
            found: Kept = held[1]
            return found
        made = make()
        with self._guard:
            self._kept[name] = state, made
        return made


class MirrorWarehouse:
    """Many organizations' mirrored records in one store. Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._keeping = Keeping()

    def organization(self, scope: OrganizationScope) -> MirrorStore:
        """The one door to an organization's rows."""
        return MirrorStore(self._engine, scope, self._keeping)

    def copy_to(self, target: Path, at_instant: Callable[[], None]) -> None:
        """Write all of one instant into the new file `target`, on the file system of the store's own.

        `at_instant` is called then, while no writer can commit: other stores' copies are begun there.
        """
        self._engine.copy_to(target, at_instant)

    def changes(self) -> int:
        """How many writes this process has begun to commit; 0 for a store that others write to as well."""
        return self._engine.changes()

    def close(self) -> None:
        """Give the store back; a file can then be opened by another process."""
        self._engine.close()
