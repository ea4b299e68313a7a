"""How the pipeline of the range moved: the waterfall, the same as a table, the same in a sentence, and since when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from partner_portal.web.view import formats
from partner_portal.web.view.cards import DEALS_AND_DATES, reason_unknown
from partner_portal.web.view.charts import MONEY, WATERFALL, Chart, Series
from partner_portal.web.view.figures import Figure, Figures
from partner_portal.web.view.moments import Moment, near_moment

COMES, GOES, STANDS = 1, -1, 0
STEPS = (
    ("start", "Start", STANDS),
    ("created", "Created", COMES),
    ("moved_in", "Moved in", COMES),
    ("increases", "Increases", COMES),
    ("decreases", "Decreases", GOES),
    ("pushed_out", "Pushed out", GOES),
    ("won", "Won", GOES),
    ("lost", "Lost", GOES),
    ("removed", "Removed", GOES),
    ("end", "End", STANDS),
)
"""The steps as the document names them, as people do, and whether each adds to what is there or takes from it."""
SIGNS = {COMES: "+", GOES: formats.MINUS, STANDS: ""}
NOT_RECORDED = (
    "No change of a deal is recorded in this range. Autotask keeps no history: the portal notes changes from its first "
    "sync on."
)
NOT_BEGUN = "This range has not begun. Its pipeline is followed from its first day on."


@dataclass(frozen=True)
class Step:
    """One step of the table. `sign` stands before its amount, "" before a sum or nothing."""

    key: str
    label: str
    sign: str
    count: Figure
    amount: Figure

    @property
    def is_total(self) -> bool:
        """Whether the step is what is there, not what comes or goes."""
        return self.key in {"start", "end"}


@dataclass(frozen=True)
class Movement:
    """The movement between `begins` and `ends`. Where it is not known there are no steps, and `unknown` says why.

    `since` is when the history of deals begins, where that lies within the range: what was before is not known.
    """

    chart: Chart
    steps: Sequence[Step]
    forward: Figure
    backward: Figure
    summary: str
    unknown: str
    begins: Moment | None = None
    ends: Moment | None = None
    since: Moment | None = None


def movement(figures: Figures, now: datetime, zone: ZoneInfo) -> Movement:
    """The movement of `figures`' document as seen at `now` (aware), in local times of `zone`."""
    found = figures.value("pipeline.movement")
    steps = () if found is None else tuple(_step(figures, *step) for step in STEPS)
    stages = figures.count("pipeline.stage_changes.forward"), figures.count("pipeline.stage_changes.backward")
    chart = _chart(figures, steps)
    starts_at = formats.instant(figures.document["period"]["starts_at"])
    if found is None:
        has_begun = starts_at <= now
        reason = reason_unknown(figures, "pipeline.open.count", DEALS_AND_DATES["deals"])
        return Movement(chart, steps, *stages, "", reason or (NOT_RECORDED if has_begun else NOT_BEGUN))
    began_late = formats.instant(found["from"]) > starts_at
    begins, ends = (near_moment(found[name], now, zone) for name in ("from", "to"))
    return Movement(chart, steps, *stages, _summary(figures, steps), "", begins, ends, begins if began_late else None)


def _step(figures: Figures, key: str, label: str, direction: int) -> Step:
    place = f"pipeline.movement.{key}"
    amount = figures.money(f"{place}.amount")
    sign = SIGNS[direction] if Decimal(amount.raw) else ""
    return Step(key, label, sign, figures.count(f"{place}.count"), amount)


def _chart(figures: Figures, steps: Sequence[Step]) -> Chart:
    values = [float(Decimal(step.amount.raw)) * (-1 if step.sign == formats.MINUS else 1) for step in steps]
    return Chart(
        [step.label for step in steps],
        [Series("open", "Amount", values, links=[step.amount.href for step in steps])],
        titles=[f"{step.label}, {_times(step)}" for step in steps],
        kind=WATERFALL,
        unit=MONEY,
        currency=figures.currency,
        totals=[index for index, step in enumerate(steps) if step.is_total],
    )


def _times(step: Step) -> str:
    """How many deals a sum holds, or how often a step was taken: a deal may take it more than once."""
    return formats.counted(int(step.count.raw), "deal" if step.is_total else "time")


def _summary(figures: Figures, steps: Sequence[Step]) -> str:
    moved = [step for step in steps if not step.is_total and (step.count.raw != "0" or step.sign)]
    first, last = steps[0], steps[-1]
    if not moved:
        return f"Nothing has moved: {last.amount.text} in {formats.counted(int(last.count.raw), 'deal')}."
    came, went = (
        formats.money(str(sum(Decimal(step.amount.raw) for step in moved if step.sign == sign)), figures.currency)
        for sign in (SIGNS[COMES], SIGNS[GOES])
    )
    return f"From {first.amount.text} to {last.amount.text}: {came} came, {went} left."
