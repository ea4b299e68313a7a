"""The funnel of the deals created in the period, as the document shows it."""

from __future__ import annotations

from typing import Any

from partner_portal.reports.deals import DealCounts, Values
from partner_portal.reports.wire import amount_text, rate, won_of

FUNNEL = (
    ("prospects", "Prospects"),
    ("contacted", "Contacted"),
    ("qualified", "Qualified"),
    ("proposal", "Proposal"),
    ("closed_won", "Closed won"),
)
"""The steps of the funnel: key and label. What is in a step, its metric says."""


def funnel_document(counts: DealCounts | None, *, compared: bool) -> list[dict[str, Any]]:
    """The five steps; every figure is null when opportunities were never read, `previous` without comparison."""
    steps: list[dict[str, Any]] = []
    prospects = before = None
    for key, label in FUNNEL:
        step = _step(key, None if counts is None else counts.now)
        count = step["count"]
        prospects = count if prospects is None else prospects
        steps.append(
            {"key": key, "label": label}
            | step
            | {"share": _rate(count, prospects), "conversion": _rate(count, before)}
            | {"previous": _step(key, counts.earlier) if counts is not None and compared else None}
        )
        before = count
    return steps


def _step(key: str, values: Values | None) -> dict[str, Any]:
    if values is None:
        return {"count": None, "amount": None}
    return {"count": values[f"funnel_{key}"], "amount": amount_text(values[f"funnel_{key}_amount"])}


def _rate(part: int | None, whole: int | None) -> float | None:
    return None if part is None or whole is None else rate(part, whole)


def conversion_document(counts: DealCounts | None) -> dict[str, Any]:
    """Closed won of prospects, with both counts."""
    if counts is None:
        return {"won": None, "of": None, "rate": None}
    return won_of(counts.now["funnel_closed_won"], counts.now["funnel_prospects"])
