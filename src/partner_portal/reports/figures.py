"""Everything that the warehouse is asked for one question, before it is put into words."""

from __future__ import annotations

from dataclasses import dataclass

from partner_portal.reports.activities import ActivityCounts, count_activities
from partner_portal.reports.appointments import AppointmentCounts, count_appointments
from partner_portal.reports.labels import proposed_mapping
from partner_portal.reports.mapping import TenantMapping
from partner_portal.reports.opportunities import DealCounts, count_deals
from partner_portal.reports.question import Frame, QuestionError
from partner_portal.reports.sources import Ground, ground_of
from partner_portal.reports.statement import run, statement
from partner_portal.warehouse.store import OrganizationStore

LARGEST_ID = 2**63 - 1
"""Ids are 64-bit integers; a larger one would not fit the stores' columns."""


@dataclass(frozen=True)
class Figures:
    """The counts of one question; a group of them is None when none of its sources was ever read."""

    ground: Ground
    mapping: TenantMapping
    activities: ActivityCounts | None
    appointments: AppointmentCounts | None
    deals: DealCounts | None


def figures_of(store: OrganizationStore, frame: Frame, mapping: TenantMapping | None) -> Figures:
    """Ask `store`, a snapshot, for everything counted. Raises `QuestionError` for an owner nobody knows."""
    ground = ground_of(store)
    _check_owner(store, frame)
    chosen = proposed_mapping(store, ground) if mapping is None else mapping
    dialect = ground.dialect
    return Figures(
        ground,
        chosen,
        count_activities(store, frame, dialect, chosen.actions) if ground.knows_activities else None,
        count_appointments(store, frame) if ground.knows_appointments else None,
        count_deals(store, frame, dialect, chosen.stages) if ground.knows_opportunities else None,
    )


def _check_owner(store: OrganizationStore, frame: Frame) -> None:
    owner = frame.question.owner_id
    if owner is None:
        return
    if not 0 <= owner <= LARGEST_ID or not run(store, statement("known_owner"), frame.parameters):
        raise QuestionError(f"No resource has the id {owner}: use an id from the report's owners, or leave it out.")
