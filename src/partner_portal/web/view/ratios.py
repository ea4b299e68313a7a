"""How much activity goes into an appointment or a won deal, as the pages print it."""

from __future__ import annotations

from dataclasses import dataclass

from partner_portal.reports.catalogue import metric_named
from partner_portal.reports.ratio_metrics import RATIOS
from partner_portal.web.view.cards import DEALS_AND_DATES, activity_sources, reason_unknown
from partner_portal.web.view.figures import Figure, Figures

NAMES = {"won": "won deals"}
"""What the parts of a ratio are called where that is not their slug."""


@dataclass(frozen=True)
class Ratio:
    """So many of one thing for each of another, with both counts and what they are called; `reason` says why one of
    them is not known, "" when both are.
    """

    title: str
    figure: Figure
    of: Figure
    of_name: str
    per: Figure
    per_name: str
    reason: str


def ratio(figures: Figures, slug: str) -> Ratio:
    """The ratio `slug` of `figures`' document."""
    of, per = RATIOS[slug]
    return Ratio(
        metric_named(slug).title,
        figures.ratio(f"ratios.{slug}.value"),
        figures.count(f"ratios.{slug}.of"),
        NAMES.get(of, of),
        figures.count(f"ratios.{slug}.per"),
        NAMES.get(per, per),
        _why_unknown(figures, of) or _why_unknown(figures, per),
    )


def _why_unknown(figures: Figures, part: str) -> str:
    if part == "won":
        return reason_unknown(figures, "pipeline.won.count", DEALS_AND_DATES["deals"])
    sources = DEALS_AND_DATES["appointments"] if part == "appointments" else activity_sources(figures.document)
    return reason_unknown(figures, f"{part}.total", sources)
