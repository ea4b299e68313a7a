"""A tenant's types, stages and statuses as an administrator maps them: what each is called, means, and how often it is.

The listing rests on one state of the mirror; each entry shows what is proposed beside what is in force.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from partner_portal.reports.labels import (
    OWN_COMPANY,
    action_labels,
    mapping_in_force,
    stage_labels,
    status_labels,
    suggested_mapping,
)
from partner_portal.reports.mapping import ActionMeaning, Outcome, TenantMapping
from partner_portal.reports.mapping_counts import (
    DealCountsById,
    DealsSeen,
    count_by_action,
    count_by_company,
    count_by_resource,
    count_deals_by_id,
    recent_frame,
)
from partner_portal.reports.mapping_document import document_of
from partner_portal.reports.mapping_notes import mapping_notes
from partner_portal.reports.proposals import ActionLabel, StageLabel, in_order, is_doubtful
from partner_portal.reports.question import Frame, OrganizationFacts
from partner_portal.reports.sources import GUIDE, Ground, ground_of
from partner_portal.reports.statement import rows_of
from partner_portal.warehouse.store import OrganizationStore


@dataclass(frozen=True)
class _Sight:
    """What every part of one listing looks at."""

    store: OrganizationStore
    ground: Ground
    frame: Frame
    in_force: TenantMapping
    proposed: TenantMapping


def mapping_listing(
    store: OrganizationStore, facts: OrganizationFacts, now: datetime, confirmed: TenantMapping | None
) -> dict[str, Any]:
    """The mapping in force, the proposed one, and both entry by entry, JSON-able. Counts never read are None."""
    with store.snapshot() as view:
        ground = ground_of(view)
        sight = _Sight(
            view,
            ground,
            recent_frame(facts, now),
            mapping_in_force(ground, confirmed),
            suggested_mapping(view, ground),
        )
        return _document(sight)


def _document(sight: _Sight) -> dict[str, Any]:
    deals = count_deals_by_id(sight.store, sight.ground, sight.frame, sight.in_force)
    actions, stages, statuses = list(_actions(sight)), list(_stages(sight, deals)), list(_statuses(sight, deals))
    return {
        "version": sight.in_force.version,
        "is_confirmed": sight.in_force.is_confirmed,
        "dialect": None if sight.ground.tenant is None else sight.ground.tenant.dialect,
        "recent": {"start": sight.frame.period.start.isoformat(), "end": sight.frame.period.end.isoformat()},
        "action_types": actions,
        "stages": stages,
        "statuses": statuses,
        "companies": _companies(sight),
        "resources": _resources(sight),
        "emails_are_conversations": {
            "proposed": sight.proposed.emails_are_conversations,
            "in_force": sight.in_force.emails_are_conversations,
        },
        "unmapped": {
            "action_types": [entry["id"] for entry in actions if entry["is_unmapped"]],
            "stages": [entry["id"] for entry in stages if entry["is_unmapped"]],
            "statuses": [entry["id"] for entry in statuses if entry["is_unmapped"]],
        },
        "notes": list(mapping_notes(sight.ground, sight.in_force, sight.proposed)),
        "in_force": document_of(sight.in_force),
        "proposed": document_of(sight.proposed),
    }


def _actions(sight: _Sight) -> Iterator[dict[str, Any]]:
    counts = count_by_action(sight.store, sight.ground, sight.frame)
    labels = {entry.action: entry for entry in action_labels(sight.ground)}
    proposed, in_force = sight.proposed.actions.meanings, sight.in_force.actions.meanings
    for action in sorted({*labels, *proposed, *in_force, *(counts or ())}):
        entry = labels.get(action, ActionLabel(action, ""))
        yield {
            "id": action,
            "label": entry.label or None,
            "is_active": entry.is_active,
            "is_system": entry.is_system,
            "proposed": _meaning(proposed.get(action)),
            "in_force": _meaning(in_force.get(action)),
            "is_unmapped": sight.ground.dialect != GUIDE and action not in in_force,
            "recent": None if counts is None else counts.get(action, 0),
        }


def _meaning(meaning: ActionMeaning | None) -> dict[str, Any] | None:
    return None if meaning is None else {"kind": meaning.kind, "direction": meaning.direction}


def _stages(sight: _Sight, deals: DealCountsById | None) -> Iterator[dict[str, Any]]:
    labels = in_order(stage_labels(sight.ground))
    names = {entry.stage: entry.label for entry in labels}
    in_force = sight.in_force.stages
    seen = {*sight.proposed.stages.ranks, *in_force.ranks, *(() if deals is None else deals.by_stage)}
    for entry in (*labels, *(StageLabel(stage, "") for stage in sorted(seen - names.keys()))):
        before = in_force.inferred.get(entry.stage)
        yield {
            "id": entry.stage,
            "label": entry.label or None,
            "sort_order": entry.sort_order if entry.stage in names else None,
            "is_active": entry.is_active if entry.stage in names else None,
            "is_system": entry.is_system if entry.stage in names else None,
            "proposed": _rank(sight.proposed, entry.stage),
            "in_force": _rank(sight.in_force, entry.stage),
            "is_unmapped": not in_force.is_mapped(entry.stage),
            "ranks_as": None if before is None else {"id": before, "label": names.get(before)},
            **_deals(None if deals is None else deals.by_stage.get(entry.stage, DealsSeen())),
        }


def _rank(mapping: TenantMapping, stage: int) -> dict[str, Any]:
    return {"rank": mapping.stages.rank(stage), "won": stage in mapping.stages.won}


def _statuses(sight: _Sight, deals: DealCountsById | None) -> Iterator[dict[str, Any]]:
    labels = {entry.status: entry for entry in status_labels(sight.ground)}
    proposed, in_force = sight.proposed.outcomes, sight.in_force.outcomes
    seen = {*proposed, *in_force, *sight.in_force.neutral_statuses, *(() if deals is None else deals.by_status)}
    for status in sorted({*labels, *seen}):
        entry = labels.get(status)
        is_told = status in in_force or status in sight.in_force.neutral_statuses
        yield {
            "id": status,
            "label": None if entry is None else entry.label,
            "is_active": None if entry is None else entry.is_active,
            "is_system": None if entry is None else entry.is_system,
            "proposed": _outcome(sight, proposed.get(status)),
            "in_force": _outcome(sight, in_force.get(status)),
            "is_unmapped": sight.ground.dialect != GUIDE and not is_told,
            "is_doubtful": entry is not None and not sight.in_force.is_confirmed and is_doubtful(entry),
            **_deals(None if deals is None else deals.by_status.get(status, DealsSeen())),
        }


def _outcome(sight: _Sight, outcome: Outcome | None) -> str | None:
    """What a status means: in the guide's dialect one that nobody mapped is open unless its stage says won."""
    return Outcome.OPEN if outcome is None and sight.ground.dialect == GUIDE else outcome


def _deals(seen: DealsSeen | None) -> dict[str, int | None]:
    return {"created": None if seen is None else seen.created, "open": None if seen is None else seen.open}


def _companies(sight: _Sight) -> list[dict[str, Any]]:
    proposed, in_force = sight.proposed.excluded_companies, sight.in_force.excluded_companies
    listed = sorted(proposed | in_force)
    names = dict(rows_of(sight.store, "SELECT id, company_name FROM companies", listed))
    counts = count_by_company(sight.store, sight.ground, sight.frame, listed)
    return [
        _excluded(company, names.get(company), proposed, in_force, counts) | {"is_own": company == OWN_COMPANY}
        for company in listed
    ]


def _resources(sight: _Sight) -> list[dict[str, Any]]:
    proposed, in_force = sight.proposed.excluded_resources, sight.in_force.excluded_resources
    listed = sorted(proposed | in_force)
    counts = count_by_resource(sight.store, sight.ground, sight.frame, listed)
    return [_excluded(resource, sight.ground.people.get(resource), proposed, in_force, counts) for resource in listed]


def _excluded(
    record_id: int,
    name: str | None,
    proposed: Iterable[int],
    in_force: Iterable[int],
    counts: Mapping[int, int] | None,
) -> dict[str, Any]:
    return {
        "id": record_id,
        "name": name,
        "proposed": record_id in proposed,
        "in_force": record_id in in_force,
        "recent": None if counts is None else counts.get(record_id, 0),
    }
