"""Verifying one organization's mirror: our count of each entity beside Autotask's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from partner_portal.autotask.catalog import CATALOG
from partner_portal.mirror.summary import EntitySummary
from partner_portal.organizations.models import Organization
from partner_portal.reports.wire import instant_text
from partner_portal.usecases.parts import Parts
from partner_portal.usecases.progress import Listener
from partner_portal.usecases.sync_organization import sync_organization
from partner_portal.warehouse.store import Reconciliation, Source


@dataclass(frozen=True)
class VerifiedEntity:
    """One entity: what was compared in this verification, None where it could not be, and what that led to."""

    part: EntitySummary
    source: Source
    compared: Reconciliation | None

    @property
    def is_finding(self) -> bool:
        """Whether a difference remains, or rows wait for a person's word."""
        return self.source.unconfirmed > 0 or (self.compared is not None and not self.compared.agrees)

    @property
    def is_unverified(self) -> bool:
        """Whether the mirror holds rows of the entity that could not be compared."""
        return self.compared is None and self.source.as_of is not None

    def document(self) -> dict[str, Any]:
        """The entity as JSON can hold it."""
        compared = self.compared
        return {
            "at": instant_text(compared.at) if compared else None,
            "ours": compared.ours if compared else None,
            "theirs": compared.theirs if compared else None,
            "removed": self.part.removed,
            "added": self.part.added,
            "problem": self.part.problem,
        }

    def finding(self) -> dict[str, Any]:
        """The difference with the ids concerned, as far as they were located."""
        compared = self.compared
        since = compared.differs_since if compared else None
        return {
            "entity": self.part.entity,
            "since": instant_text(since) if since else None,
            "ours": compared.ours if compared else None,
            "theirs": compared.theirs if compared else None,
            "unconfirmed": self.source.unconfirmed,
            "gone": list(compared.gone) if compared else [],
            "missing": list(compared.missing) if compared else [],
            "problem": self.source.problem,
        }


@dataclass(frozen=True)
class Verification:
    """What a verification found, entity by entity."""

    organization: str
    at: datetime
    entities: tuple[VerifiedEntity, ...]

    @property
    def findings(self) -> tuple[VerifiedEntity, ...]:
        """The entities with a difference that could not be settled."""
        return tuple(entity for entity in self.entities if entity.is_finding)

    @property
    def unverified(self) -> tuple[VerifiedEntity, ...]:
        """The entities that are held and could not be compared."""
        return tuple(entity for entity in self.entities if entity.is_unverified)

    def document(self) -> dict[str, Any]:
        """The verification as JSON can hold it."""
        return {
            "organization": self.organization,
            "at": instant_text(self.at),
            "agrees": not self.findings and not self.unverified,
            "entities": {entity.part.entity: entity.document() for entity in self.entities},
            "findings": [entity.finding() for entity in self.findings],
        }


def verify_mirror(parts: Parts, organization: Organization, *, progress: Listener | None = None) -> Verification:
    """Bring the mirror of `organization` up to date, compare every entity's count, and settle what differs.

    Raises as `sync_organization` does.
    """
    summary = sync_organization(parts, organization, verify=True, progress=progress)
    with parts.warehouse.organization(organization.scope).snapshot() as view:
        sources, reconciliations = view.sources(), view.reconciliations()
    known = {part.entity: part for part in summary.entities}
    entities = []
    for path in (entity.path for entity in CATALOG):
        last = reconciliations.get(path)
        is_of_now = last is not None and last.at == summary.started_at
        entities.append(VerifiedEntity(known[path], sources.get(path, Source(path)), last if is_of_now else None))
    return Verification(organization.slug, summary.started_at, tuple(entities))
