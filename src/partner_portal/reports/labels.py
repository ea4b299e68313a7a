"""The tenant's own names for action types, stages and statuses, and the mappings that rest on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from partner_portal.reports.mapping import GUIDE_ACTIONS, GUIDE_OUTCOMES, GUIDE_STAGES, TenantMapping
from partner_portal.reports.proposals import (
    ActionLabel,
    StageLabel,
    StatusLabel,
    is_doubtful,
    propose_actions,
    propose_outcomes,
    propose_stages,
    with_new_stages,
)
from partner_portal.reports.sources import ACTIVITY_ENTITIES, GUIDE, Ground
from partner_portal.warehouse.store import OrganizationStore, PicklistValue

OWN_COMPANY = 0
"""The id of the tenant's own company (API.md 6.1): what is done with it is rarely sales."""


def mapping_in_force(ground: Ground, confirmed: TenantMapping | None) -> TenantMapping:
    """The mapping to count with: the `confirmed` one, named and completed by today's labels, else the proposed one.

    A stage that is missing in a confirmed mapping ranks as the nearest before it; an action type or status that is
    missing stays unmapped. Completing twice changes nothing.
    """
    if confirmed is None:
        return proposed_mapping(ground)
    names = {entry.action: entry.label for entry in action_labels(ground)}
    return replace(
        confirmed,
        actions=replace(confirmed.actions, labels=names),
        stages=with_new_stages(confirmed.stages, stage_labels(ground)),
    )


def proposed_mapping(ground: Ground) -> TenantMapping:
    """The mapping in force as long as no administrator has confirmed one.

    It leaves out nobody's rows and takes no status but the vendor's own for won or lost, so that no number silently
    loses rows by a guess of ours; see `suggested_mapping`.
    """
    labels = stage_labels(ground)
    in_doubt = {entry.stage for entry in labels} <= GUIDE_STAGES
    stages = propose_stages(labels, sorted(ground.stages) if in_doubt else ())
    if ground.dialect == GUIDE:
        return TenantMapping(GUIDE_ACTIONS, stages, outcomes=GUIDE_OUTCOMES)
    return TenantMapping(propose_actions(action_labels(ground)), stages)


def suggested_mapping(store: OrganizationStore, ground: Ground) -> TenantMapping:
    """What an administrator is asked to confirm.

    Besides the proposed mapping it leaves out the tenant's own company and reads the labels of the tenant's own
    statuses: both would change numbers, so neither is in force before it is confirmed.
    """
    proposed = proposed_mapping(ground)
    own = store.rows("SELECT id FROM companies WHERE id = $own", {"own": OWN_COMPANY})
    outcomes = proposed.outcomes if ground.dialect == GUIDE else propose_outcomes(status_labels(ground))
    return replace(proposed, outcomes=outcomes, excluded_companies=frozenset(company for (company,) in own))


def action_labels(ground: Ground) -> list[ActionLabel]:
    """Action types by id: as the entity ActionTypes names them, else as a picklist of the activities does."""
    labels: dict[int, ActionLabel] = {}
    for entity in reversed(ACTIVITY_ENTITIES[ground.dialect]):
        for entry in _picklist(ground, entity, "actionType"):
            labels[entry.value] = ActionLabel(entry.value, entry.label, is_active=entry.is_active)
    for action, name, is_system, is_active in ground.action_types:
        if name is not None:
            labels[action] = ActionLabel(action, name, is_system, is_active)
    return list(labels.values())


def stage_labels(ground: Ground) -> list[StageLabel]:
    """The stages of the tenant's picklist, inactive ones too: old deals still stand in them."""
    return [
        StageLabel(entry.value, entry.label, entry.sort_order, entry.is_active, entry.is_system)
        for entry in _picklist(ground, "Opportunities", "stage")
    ]


def status_labels(ground: Ground) -> list[StatusLabel]:
    """The statuses of the tenant's picklist, inactive ones too."""
    return [
        StatusLabel(entry.value, entry.label, entry.is_active, entry.is_system)
        for entry in _picklist(ground, "Opportunities", "status")
    ]


def reason_labels(ground: Ground, field: str) -> dict[int, str]:
    """The tenant's names of the reasons in `field` (`winReason` or `lossReason`), inactive ones too."""
    return {entry.value: entry.label for entry in _picklist(ground, "Opportunities", field)}


def category_labels(ground: Ground) -> dict[int, str]:
    """The tenant's names of opportunity categories, inactive ones too."""
    return {entry.value: entry.label for entry in _picklist(ground, "Opportunities", "opportunityCategoryID")}


def doubtful_statuses(ground: Ground) -> list[str]:
    """Statuses whose label does not say what the vendor's id means, as `id "label"`."""
    return [f'{entry.status} "{entry.label}"' for entry in status_labels(ground) if is_doubtful(entry)]


def _picklist(ground: Ground, entity: str, field: str) -> Iterable[PicklistValue]:
    picklists: Sequence[PicklistValue] = () if ground.tenant is None else ground.tenant.picklists
    wanted = entity.casefold(), field.casefold()
    return (entry for entry in picklists if (entry.entity.casefold(), entry.field.casefold()) == wanted)
