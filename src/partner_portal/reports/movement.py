"""How the pipeline of a period moved: what was in it, what came, grew, shrank and left, and what is in it at the end.

The period's pipeline are the open deals projected to close within the period. It is followed from change to change
as they were recorded, so that start + created + moved in + increases - decreases - pushed out - won - lost - removed
is the end, to the cent.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from partner_portal.reports.catalogue import CATALOGUE
from partner_portal.reports.deals import Values
from partner_portal.reports.inquiry import Inquiry
from partner_portal.reports.metric import Subject
from partner_portal.reports.relations import relation_of
from partner_portal.reports.statement import statement
from partner_portal.reports.values import value_of
from partner_portal.reports.wire import amount_text, instant_text

MOVES = (
    *("start", "created", "moved_in", "increases", "decreases"),
    *("pushed_out", "won", "lost", "removed", "end"),
)
"""The parts of the movement, in the order in which they add up."""

_METRICS = tuple(metric for metric in CATALOGUE if metric.selection.subject is Subject.CHANGES)


class _Group(NamedTuple):
    """Recorded states that are alike in all that any figure asks, as `movement.sql` selects them."""

    outcome: str | None
    stage: int | None
    stage_before: int | None
    is_step: bool
    is_start: bool
    is_end: bool
    is_entry: bool
    is_exit: bool
    is_new: bool
    has_gain: bool
    has_loss: bool
    states: int
    amount: Decimal
    gain: Decimal | None
    loss: Decimal | None


def count_movement(inquiry: Inquiry) -> Values:
    """Follow the period's pipeline through the recorded changes."""
    sums: dict[str, Any] = dict.fromkeys((metric.slug for metric in _METRICS), 0)
    sql = statement("movement", changes=relation_of(Subject.CHANGES, inquiry, names=()))
    rank = inquiry.mapping.stages.rank
    for found in inquiry.answer(sql):
        group = _Group(*found)
        row = group._asdict() | {
            "rank": rank(group.stage),
            "rank_before": rank(group.stage_before),
            "gain": 1 if group.has_gain else None,
            "loss": 1 if group.has_loss else None,
        }
        for metric in _METRICS:
            if metric.selection.holds(row):
                sums[metric.slug] += (getattr(group, metric.column) or 0) if metric.column else group.states
    return {metric.slug: value_of(metric, sums[metric.slug]) for metric in _METRICS}


def movement_document(values: Values | None, inquiry: Inquiry) -> dict[str, Any] | None:
    """The movement between two instants, `from` and `to`; `since` is when the history of deals begins."""
    recorded = inquiry.recorded
    if values is None or recorded is None:
        return None
    begins, ends = recorded
    return {"since": instant_text(inquiry.since), "from": instant_text(begins), "to": instant_text(ends)} | {
        move: {
            "count": values[f"movement_{move}_deals"],
            "amount": amount_text(values[f"movement_{move}_amount"]),
        }
        for move in MOVES
    }


def stage_changes_document(values: Values | None) -> dict[str, int | None]:
    """How often deals of the period's pipeline moved to a stage of another rank."""
    if values is None:
        return {"forward": None, "backward": None}
    return {"forward": values["stages_forward"], "backward": values["stages_backward"]}
