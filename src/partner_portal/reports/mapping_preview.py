"""What another mapping would make of a report's numbers: both side by side, out of one state of the mirror."""

from __future__ import annotations

from typing import Any

from partner_portal.reports.document import sales_report
from partner_portal.reports.mapping import TenantMapping
from partner_portal.reports.question import Question
from partner_portal.warehouse.store import OrganizationStore

_FIGURES = (
    ("calls.total", "Calls"),
    ("calls.outbound", "Calls out"),
    ("calls.inbound", "Calls in"),
    ("calls.unspecified", "Calls without a direction"),
    ("emails.total", "E-mails"),
    ("meetings.total", "Meetings"),
    ("conversations.total", "Conversations"),
    ("appointments.total", "Appointments"),
    ("pipeline.open.count", "Open deals"),
    ("pipeline.open.amount", "Open amount"),
    ("pipeline.won.count", "Won deals"),
    ("pipeline.won.amount", "Won amount"),
    ("pipeline.lost.count", "Lost deals"),
    ("pipeline.lost.amount", "Lost amount"),
)
"""Figures by their place in the report document, with their titles; the funnel's steps come after the appointments."""
_FUNNEL_AFTER = "appointments.total"


def mapping_preview(
    store: OrganizationStore, question: Question, in_force: TenantMapping | None, proposed: TenantMapping
) -> dict[str, Any]:
    """Each figure under the mapping `in_force` (None: the proposed one of the labels) and under `proposed`.

    Counts are integers, amounts decimal texts, None what is unknown. Raises `QuestionError`.
    """
    with store.snapshot() as view:
        now = sales_report(view, question, in_force)
        then = sales_report(view, question, proposed)
    before, after = _figures(now), _figures(then)
    return {
        "period": now["period"],
        "data_version": now["data"]["version"],
        "figures": [
            {
                "figure": figure,
                "title": title,
                "in_force": before[figure][1],
                "proposed": after[figure][1],
                "differs": before[figure][1] != after[figure][1],
            }
            for figure, (title, _) in before.items()
        ],
        "notes": then["notes"],
    }


def _figures(document: dict[str, Any]) -> dict[str, tuple[str, int | str | None]]:
    found: dict[str, tuple[str, int | str | None]] = {}
    for place, title in _FIGURES:
        value: Any = document
        for name in place.split("."):
            value = value[name]
        found[place] = title, value
        if place == _FUNNEL_AFTER:
            found |= {
                f"funnel.{step['key']}": (f"Funnel: {step['label']}", step["count"]) for step in document["funnel"]
            }
    return found
