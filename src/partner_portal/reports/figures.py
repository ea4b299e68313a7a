"""Everything that the warehouse is asked for one question, before it is put into words."""

from __future__ import annotations

from dataclasses import dataclass

from partner_portal.autotask.catalog import OPPORTUNITIES
from partner_portal.reports.activities import ActivityCounts, count_activities
from partner_portal.reports.appointments import AppointmentCounts, count_appointments
from partner_portal.reports.deals import DealCounts, Values, count_deals, count_stale_deals
from partner_portal.reports.inquiry import Inquiry, check_filters, history_begins
from partner_portal.reports.labels import mapping_in_force
from partner_portal.reports.mapping import TenantMapping
from partner_portal.reports.metric import Subject
from partner_portal.reports.movement import count_movement
from partner_portal.reports.question import Frame
from partner_portal.reports.sources import Ground, ground_of
from partner_portal.warehouse.store import OrganizationStore


@dataclass(frozen=True)
class Figures:
    """The counts of one question; a group of them is None when none of its sources was ever read.

    Appointments are None, too, when asked for by company or category: they name neither. The movement of the pipeline
    is None as long as nothing of the period is recorded, stale deals where nobody knows of activities.
    """

    ground: Ground
    inquiry: Inquiry
    activities: ActivityCounts | None
    appointments: AppointmentCounts | None
    deals: DealCounts | None
    stale: Values | None
    movement: Values | None

    @property
    def mapping(self) -> TenantMapping:
        """What the tenant's ids mean in these figures."""
        return self.inquiry.mapping


def figures_of(store: OrganizationStore, frame: Frame, mapping: TenantMapping | None) -> Figures:
    """Ask `store`, a snapshot, for everything counted. Raises `QuestionError` for an owner or company nobody knows."""
    ground = ground_of(store)
    check_filters(store, frame)
    inquiry = inquiry_of(store, ground, frame, mapping)
    knows_appointments = ground.knows_appointments and inquiry.tells(Subject.APPOINTMENTS)
    return Figures(
        ground,
        inquiry,
        count_activities(store, inquiry) if ground.knows_activities else None,
        count_appointments(store, inquiry) if knows_appointments else None,
        count_deals(store, inquiry) if ground.knows_opportunities else None,
        count_stale_deals(store, inquiry) if ground.knows_opportunities and ground.knows_activities else None,
        count_movement(store, inquiry),
    )


def inquiry_of(store: OrganizationStore, ground: Ground, frame: Frame, mapping: TenantMapping | None) -> Inquiry:
    """The question with the mapping in force."""
    deals_as_of = ground.source(OPPORTUNITIES.path).as_of
    in_force = mapping_in_force(store, ground, mapping)
    return Inquiry(frame, ground.dialect, in_force, history_begins(store), deals_as_of, store)
