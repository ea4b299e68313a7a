"""How much activity goes into an appointment or a won deal, as the document shows it."""

from __future__ import annotations

from typing import Any

from partner_portal.reports.figures import Figures
from partner_portal.reports.ratio_metrics import RATIOS
from partner_portal.reports.wire import rate


def ratios_document(figures: Figures) -> dict[str, dict[str, Any]]:
    """Each ratio with both of its counts; one that is not known is null, and so is a ratio to nothing."""
    counts: dict[str, int] = {}
    if figures.activities is not None:
        counts |= figures.activities.now
    if figures.appointments is not None:
        counts["appointments"] = figures.appointments.now
    if figures.deals is not None:
        counts["won"] = figures.deals.now["won"]
    return {name: _ratio(counts.get(of), counts.get(per)) for name, (of, per) in RATIOS.items()}


def _ratio(of: int | None, per: int | None) -> dict[str, Any]:
    return {"of": of, "per": per, "value": None if of is None or per is None else rate(of, per)}
