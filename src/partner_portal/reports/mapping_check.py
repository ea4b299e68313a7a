"""Whether a mapping fits the tenant it is for: every id must be one that the tenant has."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from partner_portal.reports.labels import action_labels, stage_labels, status_labels, suggested_mapping
from partner_portal.reports.mapping import GUIDE_STAGES, Outcome, TenantMapping
from partner_portal.reports.mapping_document import MappingError
from partner_portal.reports.sources import GUIDE, Ground
from partner_portal.reports.statement import rows_of
from partner_portal.warehouse.store import OrganizationStore


def check_mapping(store: OrganizationStore, ground: Ground, mapping: TenantMapping, in_force: TenantMapping) -> None:
    """Raise `MappingError` for an id that the tenant has neither in labels nor in rows.

    What the mapping `in_force` names stays allowed: Autotask may have forgotten a type that old rows still bear. So
    does what we propose, which has the vendor's own ids whether the tenant's labels show them or not.
    """
    if ground.dialect == GUIDE:
        _refuse_won_statuses(mapping)
    held = _held(store, ground, mapping)
    if mapping.stages.is_by_id:
        _refuse_unranked(held["stages"])
    known = [held, _named(in_force), _named(suggested_mapping(store, ground))]
    for section, ids in _named(mapping).items():
        unknown = ids.difference(*(each[section] for each in known))
        if unknown:
            raise MappingError(f"{section}: this tenant has no id {min(unknown)}. Leave it out.")


def _named(mapping: TenantMapping) -> dict[str, frozenset[int]]:
    """The ids that a mapping names, by section of its document."""
    return {
        "action_types": frozenset(mapping.actions.meanings),
        "stages": frozenset(mapping.stages.ranks),
        "statuses": mapping.neutral_statuses.union(mapping.outcomes),
        "excluded_companies": mapping.excluded_companies,
        "excluded_resources": mapping.excluded_resources,
    }


def _held(store: OrganizationStore, ground: Ground, mapping: TenantMapping) -> dict[str, frozenset[int]]:
    """The ids that the tenant has, by section; of companies and resources only those that `mapping` asks for."""
    return {
        "action_types": _seen(store, "activities", "action_type").union(
            entry.action for entry in action_labels(ground)
        ),
        "stages": _seen(store, "opportunities", "stage").union(entry.stage for entry in stage_labels(ground)),
        "statuses": _seen(store, "opportunities", "status").union(entry.status for entry in status_labels(ground)),
        "excluded_companies": _known(store, "companies", mapping.excluded_companies),
        "excluded_resources": _known(store, "resources", mapping.excluded_resources),
    }


def _seen(store: OrganizationStore, table: str, column: str) -> frozenset[int]:
    found = store.rows(f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL")  # noqa: S608 - names of ours
    return frozenset(int(value) for (value,) in found)


def _known(store: OrganizationStore, table: str, ids: Collection[int]) -> frozenset[int]:
    found = rows_of(store, f"SELECT id FROM {table}", ids)  # noqa: S608 - names of ours
    return frozenset(int(value) for (value,) in found)


def _refuse_unranked(stages: Iterable[int]) -> None:
    beyond = sorted(set(stages) - GUIDE_STAGES)
    if beyond:
        raise MappingError(f"stages: id {beyond[0]} is no rank. Set stages_are_ranks to false and rank each stage.")


def _refuse_won_statuses(mapping: TenantMapping) -> None:
    won = sorted(status for status, outcome in mapping.outcomes.items() if outcome is Outcome.WON)
    if won:
        raise MappingError(f"statuses: id {won[0]} cannot be won, as this source wins by stage. Mark a stage as won.")
