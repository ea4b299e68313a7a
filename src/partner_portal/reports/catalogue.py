"""Every figure of the sales report, declared: what it means, what it reads, what it leaves out.

Pure data. The definitions that people read are made from it, and a test ties each figure of the document to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What a figure counts in."""

    COUNT = "count"
    MONEY = "money"
    RATE = "rate"
    DAYS = "days"


@dataclass(frozen=True)
class Metric:
    """One figure. `formula` is in words, `reads` are `Entity.field` as named on the wire.

    `figures` are the places of the document that show it, as paths: `by_day[].calls` is in each entry of a list.
    """

    slug: str
    title: str
    unit: Unit
    formula: str
    reads: tuple[str, ...]
    exclusions: str
    figures: tuple[str, ...]


def _everywhere(figure: str, *totals: str) -> tuple[str, ...]:
    return (*totals, f"by_day[].{figure}", f"by_owner[].{figure}")


def _step(key: str, rank: int) -> Metric:
    return Metric(
        f"funnel_{key}",
        key.capitalize(),
        Unit.COUNT,
        f"Opportunities created in the period whose stage ranks {rank} or higher. A stage's rank is its id where all "
        "of the tenant's stage ids lie in 0-5, else what the mapping of stages says.",
        ("Opportunities.createDate", "Opportunities.stage", "Opportunities.ownerResourceID"),
        "Opportunities created outside of the period, wherever they stand now.",
        (f"funnel.{key}.count",),
    )


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
_CREATED = ("Opportunities.createDate", "Opportunities.stage", "Opportunities.status", "Opportunities.amount")
_ENDED = ("Opportunities.status", "Opportunities.stage", "Opportunities.closedDate", "Opportunities.lostDate")
_PROBABLE = ("Opportunities.status", "Opportunities.stage", "Opportunities.amount", "Opportunities.probability")

CATALOGUE: tuple[Metric, ...] = (
    Metric(
        "calls",
        "Calls",
        Unit.COUNT,
        "Activities of kind call that happened in the period: outbound + inbound + unspecified. An activity happened "
        "at its start, else its completion, else its creation; in the guide's dialect at its creation.",
        _ACTIVITY,
        _NOT_DONE,
        _everywhere("calls", "calls.total", "calls.previous"),
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
    ),
    Metric(
        "unspecified_calls",
        "Calls without direction",
        Unit.COUNT,
        "Calls of which neither the action type nor the row tells the direction, or that tell both.",
        _DIRECTION,
        _NOT_DONE,
        _everywhere("unspecified", "calls.unspecified"),
    ),
    Metric(
        "emails",
        "Emails",
        Unit.COUNT,
        "Activities of kind email that happened in the period.",
        _ACTIVITY,
        _NOT_DONE,
        _everywhere("emails", "emails.total", "emails.previous"),
    ),
    Metric(
        "meetings",
        "Meetings",
        Unit.COUNT,
        "Activities of kind meeting that happened in the period.",
        _ACTIVITY,
        f"{_NOT_DONE} Appointments, which are counted by themselves.",
        _everywhere("meetings", "meetings.total", "meetings.previous"),
    ),
    Metric(
        "conversations",
        "Conversations",
        Unit.COUNT,
        "Calls + meetings, and emails where the organization counts them as conversations.",
        _ACTIVITY,
        _NOT_DONE,
        _everywhere("conversations", "conversations.total", "conversations.previous"),
    ),
    Metric(
        "appointments",
        "Appointments",
        Unit.COUNT,
        "Appointments that start in the period, those still to come included.",
        ("Appointments.startDateTime", "Appointments.resourceID"),
        "Appointments that began before the period and last into it.",
        _everywhere("appointments", "appointments.total", "appointments.previous"),
    ),
    Metric(
        "funnel_prospects",
        "Prospects",
        Unit.COUNT,
        "Opportunities created in the period.",
        ("Opportunities.createDate", "Opportunities.ownerResourceID"),
        "Opportunities without createDate.",
        ("funnel.prospects.count", "conversion_rate.of"),
    ),
    _step("contacted", 1),
    _step("qualified", 2),
    _step("proposal", 3),
    Metric(
        "funnel_closed_won",
        "Closed won",
        Unit.COUNT,
        "Opportunities created in the period that are won now: status 3 (Closed) or 4 (Implemented); in the guide's "
        "dialect stage rank 5.",
        _CREATED,
        "Deals won in the period but created before it; the pipeline counts those.",
        ("funnel.closed_won.count", "conversion_rate.won"),
    ),
    Metric(
        "funnel_amount",
        "Amount of a funnel step",
        Unit.MONEY,
        "Sum of the amounts of the step's opportunities.",
        _CREATED,
        "Opportunities without amount add nothing.",
        ("funnel[].amount",),
    ),
    Metric(
        "funnel_share",
        "Share of prospects",
        Unit.RATE,
        "A step's count / prospects; not known for 0 of 0.",
        _CREATED,
        "Nothing beyond what the step leaves out.",
        ("funnel[].share",),
    ),
    Metric(
        "funnel_conversion",
        "Conversion from the step before",
        Unit.RATE,
        "A step's count / the count of the step before it; not known for the first step and for 0 of 0.",
        _CREATED,
        "Nothing beyond what the steps leave out.",
        ("funnel[].conversion",),
    ),
    Metric(
        "conversion_rate",
        "Conversion rate",
        Unit.RATE,
        "Closed won / prospects, both of opportunities created in the period; not known for 0 of 0.",
        _CREATED,
        "Opportunities created outside of the period.",
        ("conversion_rate.rate",),
    ),
    Metric(
        "open_deals",
        "Open deals",
        Unit.COUNT,
        "Opportunities that are open now, whenever created: status 1 (Active); in the guide's dialect those neither "
        "won nor lost.",
        ("Opportunities.status", "Opportunities.stage"),
        "Statuses besides 1 to 4, which are neither open nor ended.",
        ("pipeline.open.count",),
    ),
    Metric(
        "open_amount",
        "Open pipeline",
        Unit.MONEY,
        "Sum of the amounts of open deals.",
        ("Opportunities.status", "Opportunities.stage", "Opportunities.amount"),
        "Open deals without amount add nothing.",
        ("pipeline.open.amount",),
    ),
    Metric(
        "weighted_amount",
        "Weighted pipeline",
        Unit.MONEY,
        "Sum of amount x probability / 100 over open deals that have a probability.",
        _PROBABLE,
        "Open deals without probability, which are counted apart.",
        ("pipeline.open.weighted_amount",),
    ),
    Metric(
        "open_without_probability",
        "Open deals without probability",
        Unit.COUNT,
        "Open deals that have no probability.",
        _PROBABLE,
        "Deals with a probability of 0.",
        ("pipeline.open.without_probability",),
    ),
    Metric(
        "won",
        "Won deals",
        Unit.COUNT,
        "Deals won with a closedDate in the period: status 3 or 4; in the guide's dialect stage rank 5.",
        _ENDED,
        "Won deals without closedDate.",
        (
            "pipeline.won.count",
            "pipeline.won.previous.count",
            "pipeline.close_rate.won",
            "pipeline.close_rate.previous.won",
            "by_owner[].won",
        ),
    ),
    Metric(
        "won_amount",
        "Won",
        Unit.MONEY,
        "Sum of the amounts of deals won in the period.",
        (*_ENDED, "Opportunities.amount", "Opportunities.ownerResourceID"),
        "Won deals without closedDate; deals without amount add nothing.",
        ("pipeline.won.amount", "pipeline.won.previous.amount", "by_owner[].won_amount"),
    ),
    Metric(
        "lost",
        "Lost deals",
        Unit.COUNT,
        "Deals with status 2 (Lost) and a lostDate, else a closedDate, in the period.",
        _ENDED,
        "Lost deals without either date; in the guide's dialect those in stage 5.",
        ("pipeline.lost.count", "pipeline.lost.previous.count"),
    ),
    Metric(
        "lost_amount",
        "Lost",
        Unit.MONEY,
        "Sum of the amounts of deals lost in the period.",
        (*_ENDED, "Opportunities.amount"),
        "Lost deals without either date; deals without amount add nothing.",
        ("pipeline.lost.amount", "pipeline.lost.previous.amount"),
    ),
    Metric(
        "closed_deals",
        "Decided deals",
        Unit.COUNT,
        "Deals won + deals lost in the period.",
        _ENDED,
        "Deals without a date of their end.",
        ("pipeline.close_rate.of", "pipeline.close_rate.previous.of"),
    ),
    Metric(
        "close_rate",
        "Close rate",
        Unit.RATE,
        "Won / (won + lost) in the period; not known for 0 of 0.",
        _ENDED,
        "Deals without a date of their end.",
        ("pipeline.close_rate.rate", "pipeline.close_rate.previous.rate"),
    ),
    Metric(
        "sales_cycle_mean",
        "Sales cycle, mean",
        Unit.DAYS,
        "Mean number of days from createDate to closedDate of the deals won in the period, by local dates.",
        (*_ENDED, "Opportunities.createDate"),
        "Won deals without createDate or closedDate.",
        ("pipeline.sales_cycle_days.mean",),
    ),
    Metric(
        "sales_cycle_median",
        "Sales cycle, median",
        Unit.DAYS,
        "Median number of days from createDate to closedDate of the deals won in the period, by local dates; "
        "the mean of the two middle ones for an even number of deals.",
        (*_ENDED, "Opportunities.createDate"),
        "Won deals without createDate or closedDate.",
        ("pipeline.sales_cycle_days.median",),
    ),
)
"""The metrics in the order in which the report shows them."""
