"""What a report stands on: which entities it reads, how fresh and complete they are, and what they mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

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
from partner_portal.reports.wire import instant_text
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


@dataclass(frozen=True)
class Ground:
    """The state of the mirror that one document stands on."""

    version: int
    tenant: Tenant | None
    sources: Mapping[str, Source]
    reconciliations: Mapping[str, Reconciliation]

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
    """Read the state of the mirror from `store`, which should be a snapshot."""
    return Ground(store.data_version(), store.tenant(), store.sources(), store.reconciliations())
