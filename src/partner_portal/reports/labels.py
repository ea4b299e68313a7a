"""The tenant's own names for action types and stages, and the mapping proposed from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from partner_portal.reports.mapping import (
    GUIDE_ACTIONS,
    GUIDE_STAGES,
    ActionLabel,
    StageLabel,
    TenantMapping,
    propose_actions,
    propose_stages,
)
from partner_portal.reports.sources import GUIDE, Ground
from partner_portal.warehouse.store import OrganizationStore, PicklistValue

_STATUS_WORDS = {1: ("active", "open"), 2: ("lost",), 3: ("closed", "won"), 4: ("implemented", "won")}
"""What the labels of the vendor's opportunity statuses say; another word casts doubt on the id."""


def proposed_mapping(store: OrganizationStore, ground: Ground) -> TenantMapping:
    """The mapping in force as long as no administrator has confirmed one."""
    labels = stage_labels(ground)
    in_doubt = {entry.stage for entry in labels} <= GUIDE_STAGES
    stages = propose_stages(labels, _stages_in_rows(store) if in_doubt else ())
    if ground.dialect == GUIDE:
        return TenantMapping(GUIDE_ACTIONS, stages)
    return TenantMapping(propose_actions(action_labels(store, ground)), stages)


def action_labels(store: OrganizationStore, ground: Ground) -> list[ActionLabel]:
    """Action types by id: as the entity ActionTypes names them, else as a picklist of notes or to-dos does."""
    labels: dict[int, ActionLabel] = {}
    for entity in ("CompanyToDos", "CompanyNotes"):
        for entry in _picklist(ground, entity, "actionType"):
            labels[entry.value] = ActionLabel(entry.value, entry.label)
    for action, name, is_system in store.rows("SELECT id, name, is_system_action_type FROM action_types"):
        if name is not None:
            labels[action] = ActionLabel(action, name, is_system)
    return list(labels.values())


def stage_labels(ground: Ground) -> list[StageLabel]:
    """The stages of the tenant's picklist, inactive ones too: old deals still stand in them."""
    return [
        StageLabel(entry.value, entry.label, entry.sort_order) for entry in _picklist(ground, "Opportunities", "stage")
    ]


def doubtful_statuses(ground: Ground) -> list[str]:
    """Statuses whose label does not say what the vendor's id means, as `id "label"`."""
    return [
        f'{entry.value} "{entry.label}"'
        for entry in _picklist(ground, "Opportunities", "status")
        if entry.value in _STATUS_WORDS
        and not any(word in entry.label.casefold() for word in _STATUS_WORDS[entry.value])
    ]


def _stages_in_rows(store: OrganizationStore) -> list[int]:
    return [stage for (stage,) in store.rows("SELECT DISTINCT stage FROM opportunities WHERE stage IS NOT NULL")]


def _picklist(ground: Ground, entity: str, field: str) -> Iterable[PicklistValue]:
    picklists: Sequence[PicklistValue] = () if ground.tenant is None else ground.tenant.picklists
    wanted = entity.casefold(), field.casefold()
    return (entry for entry in picklists if (entry.entity.casefold(), entry.field.casefold()) == wanted)
