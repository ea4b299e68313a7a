"""The five steps of the funnel, as bars that narrow from prospects to closed won."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from partner_portal.web.view.figures import Figure, Figures


@dataclass(frozen=True)
class Step:
    """One step. `width` is its share of the prospects in percent, for the bar; figures print themselves."""

    key: str
    label: str
    count: Figure
    amount: Figure
    share: Figure
    conversion: Figure
    width: float
    is_first: bool


@dataclass(frozen=True)
class Funnel:
    """The steps and what comes out of them: `won` of `of` prospects."""

    steps: Sequence[Step]
    won: Figure
    of: Figure
    rate: Figure

    @property
    def is_known(self) -> bool:
        """Whether opportunities have been read at all."""
        return bool(self.steps) and self.steps[0].count.is_known

    @property
    def is_empty(self) -> bool:
        """Known, and without a single prospect."""
        return self.is_known and self.steps[0].count.raw == "0"


def funnel(figures: Figures) -> Funnel:
    """The funnel of `figures`' document."""
    return Funnel(
        tuple(_step(figures, index) for index in range(len(figures.document["funnel"]))),
        figures.count("conversion_rate.won"),
        figures.count("conversion_rate.of"),
        figures.rate("conversion_rate.rate"),
    )


def _step(figures: Figures, index: int) -> Step:
    place = f"funnel.{index}"
    return Step(
        key=figures.value(f"{place}.key"),
        label=figures.value(f"{place}.label"),
        count=figures.count(f"{place}.count"),
        amount=figures.money(f"{place}.amount"),
        share=figures.rate(f"{place}.share"),
        conversion=figures.rate(f"{place}.conversion"),
        width=round(float(figures.value(f"{place}.share") or 0) * 100, 2),
        is_first=index == 0,
    )
