"""Everything that the warehouse is asked for one question, before it is put into words."""

from __future__ import annotations

from dataclasses import dataclass

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

    inquiry: Inquiry
    activities: ActivityCounts | None
    appointments: AppointmentCounts | None
    deals: DealCounts | None
    stale: Values | None
    movement: Values | None

    @property
    def ground(self) -> Ground:
        """The state of the mirror that these figures stand on."""
        return self.inquiry.ground

    @property
    def mapping(self) -> TenantMapping:
        """What the tenant's ids mean in these figures."""
        return self.inquiry.mapping


def figures_of(store: OrganizationStore, frame: Frame, mapping: TenantMapping | None) -> Figures:
    """Ask `store`, a snapshot, for everything counted. Raises `QuestionError` for an owner or company nobody knows."""
    inquiry = inquiry_of(store, frame, mapping)
    return Figures(
        inquiry,
        count_activities(inquiry) if inquiry.knows(Subject.ACTIVITIES) else None,
        count_appointments(inquiry) if inquiry.knows(Subject.APPOINTMENTS) else None,
        count_deals(inquiry) if inquiry.knows(Subject.DEALS) else None,
        count_stale_deals(inquiry) if inquiry.knows(Subject.STALE_DEALS) else None,
        count_movement(inquiry) if inquiry.knows(Subject.CHANGES) else None,
    )


def inquiry_of(
    store: OrganizationStore, frame: Frame, mapping: TenantMapping | None, ground: Ground | None = None
) -> Inquiry:
    """The question to `store`, a snapshot, with the mapping in force; `ground` is its state where that is known.

    Raises `QuestionError` for a filter on what nothing mirrored knows.
    """
    state = ground or ground_of(store)
    check_filters(store, frame)
    return Inquiry(frame, store, state, mapping_in_force(store, state, mapping), history_begins(store))
