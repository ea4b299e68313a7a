"""The figures of activities and appointments, declared: what they mean, read and leave out, and their records."""

from __future__ import annotations

from partner_portal.reports.metric import Metric, Selection, Subject, Unit


def _everywhere(figure: str, *totals: str) -> tuple[str, ...]:
    return (*totals, f"by_day[].{figure}", f"by_owner[].{figure}")


def _happened(where: str) -> Selection:
    """Activities that happened in the period; a note that echoes a to-do is counted with the to-do."""
    return Selection(Subject.ACTIVITIES, where, "happened_at")


def _done(where: str) -> Selection:
    return _happened(f"NOT is_echo AND {where}")


_ACTIVITY = (
    "CompanyNotes.actionType",
    "CompanyNotes.assignedResourceID",
    "CompanyNotes.startDateTime",
    "CompanyNotes.completedDateTime",
    "CompanyNotes.createDateTime",
    "CompanyToDos.actionType",
    "CompanyToDos.assignedToResourceID",
    "CompanyToDos.startDateTime",
    "CompanyToDos.completedDate",
    "CompanyToDos.createDateTime",
    "Tasks.actionType",
    "Tasks.assignedResourceID",
    "Tasks.createDateTime",
)
_DIRECTION = (*_ACTIVITY, "ActionTypes.name", "Tasks.direction", "Tasks.description")
_NOT_DONE = (
    "To-dos that are not completed, notes that only echo a completed to-do, and rows without any date. "
    "In the guide's dialect tasks without createDateTime."
)

ACTIVITY_METRICS: tuple[Metric, ...] = (
    Metric(
        "activities",
        "Activities",
        Unit.COUNT,
        "Everything done with a customer in the period, of whatever kind: notes and completed to-dos; in the guide's "
        "dialect tasks.",
        _ACTIVITY,
        _NOT_DONE,
        ("activities.total", "activities.previous", "ratios.activities_per_won.of"),
        _happened("NOT is_echo"),
    ),
    Metric(
        "unmapped_activities",
        "Activities of no known type",
        Unit.COUNT,
        "Activities whose action type nobody has mapped, or that have none; they count as other.",
        _ACTIVITY,
        "In the guide's dialect action types besides 3, 4, 6 and 7 are of no sales interest, and counted here.",
        ("activities.unmapped",),
        _done("NOT is_mapped"),
    ),
    Metric(
        "merged_duplicates",
        "Merged duplicates",
        Unit.COUNT,
        "Notes that echo a completed to-do, counted once, with the to-do: the same id, or the same company, contact, "
        "action type, owner and start.",
        (*_ACTIVITY, "CompanyNotes.companyID", "CompanyNotes.contactID"),
        "Notes that differ from every completed to-do in any of these.",
        ("activities.merged",),
        _happened("is_echo"),
    ),
    Metric(
        "undated_activities",
        "Activities without a date",
        Unit.COUNT,
        "Activities that no period can hold, for want of any instant; whatever the period.",
        _ACTIVITY,
        "Notes that only echo a completed to-do.",
        ("activities.undated",),
        Selection(Subject.ACTIVITIES, "NOT is_echo AND happened_at IS NULL", None),
    ),
    Metric(
        "calls",
        "Calls",
        Unit.COUNT,
        "Activities of kind call that happened in the period: outbound + inbound + unspecified. An activity happened "
        "at its start, else its completion, else its creation; in the guide's dialect at its creation.",
        _ACTIVITY,
        _NOT_DONE,
        _everywhere(
            "calls",
            "calls.total",
            "calls.previous",
            "ratios.calls_per_appointment.of",
            "ratios.calls_per_won.of",
        ),
        _done("kind = 'call'"),
    ),
    Metric(
        "outbound_calls",
        "Outbound calls",
        Unit.COUNT,
        "Calls whose action type is mapped to outbound. In the guide's dialect direction 1, or without a direction a "
        "description that says outbound and not inbound.",
        _DIRECTION,
        _NOT_DONE,
        _everywhere("outbound", "calls.outbound"),
        _done("direction = 'outbound'"),
    ),
    Metric(
        "inbound_calls",
        "Inbound calls",
        Unit.COUNT,
        "Calls whose action type is mapped to inbound. In the guide's dialect direction 2, or without a direction a "
        "description that says inbound and not outbound.",
        _DIRECTION,
        _NOT_DONE,
        _everywhere("inbound", "calls.inbound"),
        _done("direction = 'inbound'"),
    ),
    Metric(
        "unspecified_calls",
        "Calls without direction",
        Unit.COUNT,
        "Calls of which neither the action type nor the row tells the direction, or that tell both.",
        _DIRECTION,
        _NOT_DONE,
        _everywhere("unspecified", "calls.unspecified"),
        _done("direction = 'unspecified'"),
    ),
    Metric(
        "emails",
        "Emails",
        Unit.COUNT,
        "Activities of kind email that happened in the period.",
        _ACTIVITY,
        _NOT_DONE,
        _everywhere("emails", "emails.total", "emails.previous"),
        _done("kind = 'email'"),
    ),
    Metric(
        "meetings",
        "Meetings",
        Unit.COUNT,
        "Activities of kind meeting that happened in the period.",
        _ACTIVITY,
        f"{_NOT_DONE} Appointments, which are counted by themselves.",
        _everywhere("meetings", "meetings.total", "meetings.previous"),
        _done("kind = 'meeting'"),
    ),
    Metric(
        "conversations",
        "Conversations",
        Unit.COUNT,
        "Calls + meetings, and emails where the organization counts them as conversations.",
        _ACTIVITY,
        _NOT_DONE,
        _everywhere("conversations", "conversations.total", "conversations.previous"),
        _done("is_conversation"),
    ),
    Metric(
        "appointments",
        "Appointments",
        Unit.COUNT,
        "Appointments that start in the period, those still to come included.",
        ("Appointments.startDateTime", "Appointments.resourceID"),
        "Appointments that began before the period and last into it.",
        _everywhere(
            "appointments",
            "appointments.total",
            "appointments.previous",
            "ratios.calls_per_appointment.per",
            "ratios.appointments_per_won.of",
        ),
        Selection(Subject.APPOINTMENTS, "TRUE", "starts_at"),
    ),
    Metric(
        "upcoming_appointments",
        "Upcoming appointments",
        Unit.COUNT,
        "Appointments that start today or later, whatever the period; the soonest ten are listed.",
        ("Appointments.startDateTime", "Appointments.resourceID"),
        "Appointments that started before today 00:00 in the organization's time zone.",
        ("appointments.upcoming_total",),
        Selection(Subject.APPOINTMENTS, "starts_at >= $today_starts_at", None),
    ),
)
