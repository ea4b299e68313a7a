"""Everything that the warehouse is asked for one question, before it is put into words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from partner_portal.reports.activities import ActivityCounts, count_activities, recent_activity
from partner_portal.reports.appointments import AppointmentCounts, count_appointments, upcoming_appointments
from partner_portal.reports.deals import DealCounts, Values, count_deals, count_stale_deals
from partner_portal.reports.inquiry import Inquiry, check_filters
from partner_portal.reports.labels import mapping_in_force
from partner_portal.reports.lanes import Reading, side_by_side
from partner_portal.reports.mapping import TenantMapping
from partner_portal.reports.metric import Subject
from partner_portal.reports.movement import count_movement
from partner_portal.reports.question import Frame
from partner_portal.reports.sources import Ground, ground_of
from partner_portal.warehouse.store import OrganizationStore


@dataclass(frozen=True)
class Figures:
    """The counts of one question, and what it lists; a group of counts is None when none of its sources was ever read.

    Appointments are None, too, when asked for by company or category: they name neither. The movement of the pipeline
    is None as long as nothing of the period is recorded, stale deals where nobody knows of activities.
    """

    inquiry: Inquiry
    activities: ActivityCounts | None
    recent: list[dict[str, Any]]
    appointments: AppointmentCounts | None
    upcoming: list[dict[str, Any]]
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
    (activities, recent), deals, movement, stale, appointments, upcoming = side_by_side(
        inquiry,
        (
            _activities,
            _if_known(Subject.DEALS, count_deals),
            _if_known(Subject.CHANGES, count_movement),
            _if_known(Subject.STALE_DEALS, count_stale_deals),
            _if_known(Subject.APPOINTMENTS, count_appointments),
            _if_known(Subject.APPOINTMENTS, upcoming_appointments),
        ),
    )
    return Figures(inquiry, activities, recent, appointments, upcoming or [], deals, stale, movement)


def _if_known(subject: Subject, reading: Reading) -> Reading:
    """The reading, for an inquiry that knows of `subject`; of another it finds None."""
    return lambda inquiry: reading(inquiry) if inquiry.knows(subject) else None


def _activities(inquiry: Inquiry) -> tuple[ActivityCounts | None, list[dict[str, Any]]]:
    """The counts of activities, and the latest of them."""
    if not inquiry.knows(Subject.ACTIVITIES):
        return None, []
    counts = count_activities(inquiry)
    return counts, recent_activity(inquiry, counts)


def inquiry_of(
    store: OrganizationStore, frame: Frame, mapping: TenantMapping | None, ground: Ground | None = None
) -> Inquiry:
    """The question to `store`, a snapshot, with the mapping in force; `ground` is its state where that is known.

    Raises `QuestionError` for a filter on what nothing mirrored knows.
    """
    state = ground or ground_of(store)
    check_filters(store, frame)
    return Inquiry(frame, store, state, mapping_in_force(state, mapping))
