"""Why deals were won, and why they were lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from partner_portal.web.view import formats
from partner_portal.web.view.figures import Figure, Figures

WON = "won"


@dataclass(frozen=True)
class Reason:
    """One reason. `width` is its bar in percent of the most frequent one's."""

    label: str
    count: Figure
    amount: Figure
    width: float
    is_recorded: bool


@dataclass(frozen=True)
class Reasons:
    """The reasons of the deals of one outcome, the most frequent first, those without one last."""

    outcome: str
    rows: Sequence[Reason]
    summary: str


def reasons(figures: Figures, outcome: str) -> Reasons:
    """The reasons of the deals that were won, or lost, in the range of `figures`' document."""
    entries: Sequence[Mapping[str, Any]] = figures.value("pipeline.win_loss_reasons") or []
    found = [(index, entry) for index, entry in enumerate(entries) if entry["outcome"] == outcome]
    most = max((entry["count"] for _, entry in found), default=0)
    rows = tuple(
        Reason(
            entry["reason"].capitalize() if entry["reason_id"] is None else entry["reason"],
            figures.count(f"pipeline.win_loss_reasons.{index}.count"),
            figures.money(f"pipeline.win_loss_reasons.{index}.amount"),
            round(entry["count"] / most * 100, 2),
            entry["reason_id"] is not None,
        )
        for index, entry in found
    )
    return Reasons(outcome, rows, _summary(outcome, [entry for _, entry in found]))


def _summary(outcome: str, entries: Sequence[Mapping[str, Any]]) -> str:
    if not entries:
        return f"No deal was {outcome} in this range."
    recorded = [entry for entry in entries if entry["reason_id"] is not None]
    total = sum(entry["count"] for entry in entries)
    if not recorded:
        return f"No reason is recorded of {formats.counted(total, 'deal')}."
    first = max(recorded, key=lambda entry: entry["count"])
    return f"Most often {first['reason']}: {formats.count(first['count'])} of {formats.counted(total, 'deal')}."
