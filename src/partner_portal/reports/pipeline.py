"""How the pipeline stands, as the document shows it. Figures are null when opportunities were never read."""

from __future__ import annotations

from typing import Any

from partner_portal.reports.deals import DealCounts, Values
from partner_portal.reports.figures import Figures
from partner_portal.reports.movement import movement_document, stage_changes_document
from partner_portal.reports.pipeline_lists import open_by_stage, projected_close, win_loss_reasons
from partner_portal.reports.wire import amount_text, won_of


def pipeline_document(figures: Figures, *, compared: bool) -> dict[str, Any]:
    """Open, won and lost deals, their rates, when open ones should close, which rest, and how the pipeline moved."""
    counts = figures.deals
    return (
        _stands(None if counts is None else counts.now)
        | _ended(counts, compared=compared)
        | {
            "projected_close": None if counts is None else projected_close(counts),
            "open_by_stage": None if counts is None else open_by_stage(counts, figures),
            "win_loss_reasons": None if counts is None else win_loss_reasons(counts, figures.ground),
            "stale": count_and_amount("stale_deals", "stale_amount", figures.stale)
            | {"after_days": None if figures.stale is None else figures.mapping.stale_after_days},
            "movement": movement_document(figures.movement, figures.inquiry),
            "stage_changes": stage_changes_document(figures.movement),
        }
    )


def count_and_amount(count: str, amount: str, values: Values | None) -> dict[str, Any]:
    """`{"count", "amount"}` out of the figures of these two metrics."""
    if values is None:
        return {"count": None, "amount": None}
    return {"count": values[count], "amount": amount_text(values[amount])}


def _stands(now: Values | None) -> dict[str, Any]:
    """What is open now."""
    return {
        "open": count_and_amount("open_deals", "open_amount", now)
        | {
            "weighted_amount": _money(now, "weighted_amount"),
            "without_probability": None if now is None else now["open_without_probability"],
        }
        | _revenue("open", now),
        "overdue": count_and_amount("overdue_deals", "overdue_amount", now),
        "unprojected": count_and_amount("unprojected_deals", "unprojected_amount", now),
    }


def _ended(counts: DealCounts | None, *, compared: bool) -> dict[str, Any]:
    """What ended in the period, and what became of the deals created in it."""
    now = None if counts is None else counts.now
    earlier = counts.earlier if counts is not None and compared else None
    known = now or {}
    return {
        "won": count_and_amount("won", "won_amount", now)
        | {"undated": known.get("undated_won_deals")}
        | _revenue("won", now)
        | {"previous": None if earlier is None else count_and_amount("won", "won_amount", earlier)},
        "lost": count_and_amount("lost", "lost_amount", now)
        | {"previous": None if earlier is None else count_and_amount("lost", "lost_amount", earlier)},
        "close_rate": _rate("won", "closed_deals", now)
        | {"previous": None if earlier is None else _rate("won", "closed_deals", earlier)},
        "cohort_win_rate": _rate("funnel_closed_won", "cohort_decided", now) | {"open": known.get("cohort_open")},
        "sales_cycle_days": {"mean": known.get("sales_cycle_mean"), "median": known.get("sales_cycle_median")},
    }


def _revenue(slug: str, values: Values | None) -> dict[str, str | None]:
    return {f"{kind}_revenue": _money(values, f"{slug}_{kind}_revenue") for kind in ("onetime", "monthly")}


def _money(values: Values | None, slug: str) -> str | None:
    return None if values is None else amount_text(values[slug])


def _rate(part: str, whole: str, values: Values | None) -> dict[str, Any]:
    return {"won": None, "of": None, "rate": None} if values is None else won_of(values[part], values[whole])
