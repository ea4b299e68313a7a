"""Deals by month of their projected close, by stage, and by the reason they were won or lost for, as listed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from partner_portal.reports.deals import DealCounts
from partner_portal.reports.figures import Figures
from partner_portal.reports.labels import reason_labels, stage_labels
from partner_portal.reports.sources import Ground
from partner_portal.reports.wire import amount_text

NOT_RECORDED = "not recorded"
NO_STAGE = "no stage"


def projected_close(counts: DealCounts) -> list[dict[str, Any]]:
    """Open deals by the local month that they should close in, from today on; months without any are left out."""
    return [
        {
            "month": month,
            "count": values["projected_deals"],
            "amount": amount_text(values["projected_amount"]),
            "weighted_amount": amount_text(values["projected_weighted_amount"]),
        }
        for month, values in sorted(counts.by_month.items())
    ]


def open_by_stage(counts: DealCounts, figures: Figures) -> list[dict[str, Any]]:
    """Open deals by stage in the picklist's order; unknown stages follow by id, those in no stage come last."""
    entries = sorted(stage_labels(figures.ground), key=lambda entry: (entry.sort_order, entry.stage))
    labels = {entry.stage: entry.label for entry in entries}
    places = {stage: place for place, stage in enumerate(labels)}

    def place(stage: int | None) -> tuple[bool, int, int]:
        return stage is None, places.get(stage, len(places)) if stage is not None else 0, stage or 0

    return [
        {
            "stage": stage,
            "label": label_of(stage, labels, NO_STAGE),
            "rank": figures.mapping.stages.rank(stage),
            "count": values["open_deals"],
            "amount": amount_text(values["open_amount"]),
            "weighted_amount": amount_text(values["weighted_amount"]),
        }
        for stage, values in sorted(counts.by_stage.items(), key=lambda found: place(found[0]))
        if values["open_deals"]
    ]


def win_loss_reasons(counts: DealCounts, ground: Ground) -> list[dict[str, Any]]:
    """Deals won and lost in the period by reason: won ones first, then by number; those without a reason come last."""
    labels = {"won": reason_labels(ground, "winReason"), "lost": reason_labels(ground, "lossReason")}
    found = [
        {
            "outcome": outcome,
            "reason_id": reason,
            "reason": label_of(reason, labels[outcome], NOT_RECORDED),
            "count": values["closed_deals"],
            "amount": amount_text(values["closed_amount"]),
        }
        for (outcome, reason), values in counts.by_end.items()
        if outcome in labels and values["closed_deals"]
    ]
    return sorted(
        found,
        key=lambda entry: (
            entry["outcome"] != "won",
            entry["reason_id"] is None,
            -entry["count"],
            entry["reason_id"] or 0,
        ),
    )


def label_of(value: int | None, labels: Mapping[int, str], missing: str) -> str:
    """The name of an entry: the tenant's for its id, else the id itself; `missing` for the entry of records without."""
    return missing if value is None else labels.get(value, f"id {value}")
