"""Open deals by stage: the lying bars, the same as a table, and the same in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from partner_portal.web.view import formats
from partner_portal.web.view.charts import MONEY, ROWS, Chart, Series
from partner_portal.web.view.figures import Figures
from partner_portal.web.view.pipeline_rows import AmountRow, Entry, amount_row, in_words, largest, worth

MANY_STAGES = 8
"""More bars than these need a taller chart."""


@dataclass(frozen=True)
class Stages:
    """The stages that have an open deal, in the picklist's order; none where nothing is open, or known."""

    chart: Chart
    rows: Sequence[AmountRow]
    summary: str

    @property
    def is_tall(self) -> bool:
        """Whether there are so many stages that their bars need more height."""
        return len(self.rows) > MANY_STAGES


def open_stages(figures: Figures) -> Stages:
    """The open deals of `figures`' document by stage."""
    stages: Sequence[Entry] = figures.value("pipeline.open_by_stage") or []
    chart = Chart(
        [stage["label"] for stage in stages],
        [
            Series(
                "open",
                "Amount",
                [worth(stage) for stage in stages],
                links=[figures.links.of_path(f"{_place(index)}.amount") for index in range(len(stages))],
            )
        ],
        titles=[f"{stage['label']}, {formats.counted(stage['count'], 'deal')}" for stage in stages],
        kind=ROWS,
        unit=MONEY,
        currency=figures.currency,
    )
    rows = tuple(amount_row(figures, stage["label"], _place(index)) for index, stage in enumerate(stages))
    return Stages(chart, rows, _summary(stages, figures.currency))


def _place(index: int) -> str:
    return f"pipeline.open_by_stage.{index}"


def _summary(stages: Sequence[Entry], currency: str) -> str:
    if not stages:
        return "No deal is open."
    most = largest(stages)
    return f"Most is in {most['label']}: {in_words(most, currency)}." if most else "No open deal has an amount."
