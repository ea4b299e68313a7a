"""What a report stands on: which entities it reads, how fresh and complete they are, and what they mean."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from partner_portal.autotask.catalog import (
    ACTION_TYPES,
    APPOINTMENTS,
    CATALOG,
    COMPANIES,
    COMPANY_NOTES,
    COMPANY_TO_DOS,
    CONTACTS,
    OPPORTUNITIES,
    RESOURCES,
    TASKS,
)
from partner_portal.reports.dates import DealSpans, deal_spans, history_begins
from partner_portal.reports.wire import full_name, instant_text
from partner_portal.warehouse.store import OrganizationStore, Reconciliation, Source, Tenant

LIVE, GUIDE = "live", "guide"

ACTIVITY_ENTITIES = {GUIDE: (TASKS.path,), LIVE: (COMPANY_NOTES.path, COMPANY_TO_DOS.path)}
"""Where activities come from, by dialect."""

_ALWAYS_READ = (APPOINTMENTS.path, OPPORTUNITIES.path, COMPANIES.path, CONTACTS.path, RESOURCES.path)
READ = {
    GUIDE: (*ACTIVITY_ENTITIES[GUIDE], *_ALWAYS_READ),
    LIVE: (*ACTIVITY_ENTITIES[LIVE], ACTION_TYPES.path, *_ALWAYS_READ),
}
"""The entities that a report reads, by dialect."""


_NAMES_ONLY = (ACTION_TYPES.path, RESOURCES.path)
"""Read on a slower clock, since they only name what others count: how old the figures are isn't theirs to say."""


class ActionType(NamedTuple):
    """An action type as the tenant keeps it."""

    id: int
    name: str | None
    is_system: bool | None
    is_active: bool | None


@dataclass(frozen=True)
class Ground:
    """The state of the mirror that one document stands on, and what every question to it asks alike.

    `action_types` are the rows of that entity, `stages` those that deals stand in, `people` the names of all resources;
    `since` is when the history of deals begins (aware), None before any.
    """

    version: int
    tenant: Tenant | None
    sources: Mapping[str, Source]
    reconciliations: Mapping[str, Reconciliation]
    action_types: Sequence[ActionType]
    stages: Collection[int]
    people: Mapping[int, str | None]
    spans: DealSpans
    since: datetime | None

    @property
    def dialect(self) -> str:
        """The tenant's dialect; `live` as long as no tenant is known, when nothing is counted anyway."""
        return GUIDE if self.tenant is not None and self.tenant.dialect == GUIDE else LIVE

    def source(self, path: str) -> Source:
        """What is known of an entity; of one never synced, that it is neither read nor complete."""
        return self.sources.get(path, Source(path))

    def is_known(self, paths: Iterable[str]) -> bool:
        """Whether any of the entities was ever read: figures from none at all are unknown, not zero."""
        return self.tenant is not None and any(self.source(path).as_of is not None for path in paths)

    @property
    def knows_activities(self) -> bool:
        """Whether calls, e-mails and meetings can be counted."""
        return self.is_known(ACTIVITY_ENTITIES[self.dialect])

    @property
    def knows_appointments(self) -> bool:
        """Whether appointments can be counted."""
        return self.is_known((APPOINTMENTS.path,))

    @property
    def knows_opportunities(self) -> bool:
        """Whether deals can be counted."""
        return self.is_known((OPPORTUNITIES.path,))

    def document(self) -> dict[str, Any]:
        """The document's `data`: version, age and completeness, with one entry per mirrored entity."""
        read = [self.source(path) for path in READ[self.dialect]]
        ages = [source.as_of for source in read if source.as_of is not None and source.entity not in _NAMES_ONLY]
        return {
            "version": self.version,
            "as_of": instant_text(min(ages, default=None)),
            "dialect": None if self.tenant is None else self.tenant.dialect,
            "complete": all(source.complete for source in read),
            "sources": [_source(self.source(entity.path), self.reconciliations.get(entity.path)) for entity in CATALOG],
        }


def _source(source: Source, last: Reconciliation | None) -> dict[str, Any]:
    return {
        "entity": source.entity,
        "as_of": instant_text(source.as_of),
        "rows": source.rows if source.as_of is not None else None,
        "complete": source.complete,
        "problem": source.problem,
        "reconciled": None if last is None else {"at": instant_text(last.at), "ours": last.ours, "theirs": last.theirs},
    }


def ground_of(store: OrganizationStore) -> Ground:
    """The state of the mirror that `store` sees, which should be a snapshot: read once for each state."""
    return store.kept("ground", lambda: _read(store))


def _read(store: OrganizationStore) -> Ground:
    types = store.rows("SELECT id, name, is_system_action_type, is_active FROM action_types")
    stages = store.rows("SELECT DISTINCT stage FROM opportunities WHERE stage IS NOT NULL")
    people = store.rows("SELECT id, first_name, last_name FROM resources")
    return Ground(
        store.data_version(),
        store.tenant(),
        store.sources(),
        store.reconciliations(),
        tuple(ActionType(*row) for row in types),
        frozenset(stage for (stage,) in stages),
        {resource: full_name(first, last) for resource, first, last in people},
        deal_spans(store),
        history_begins(store),
    )
