"""Deals: the funnel of those created in the period, and how the pipeline stands."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from partner_portal.reports.localtime import date_only_sql
from partner_portal.reports.mapping import StageMapping
from partner_portal.reports.question import Frame
from partner_portal.reports.span import is_owner
from partner_portal.reports.statement import is_one_of, run, statement
from partner_portal.reports.wire import NOTHING, amount_text, rate, won_of
from partner_portal.warehouse.store import OrganizationStore

FUNNEL = (
    ("prospects", "Prospects", 0),
    ("contacted", "Contacted", 1),
    ("qualified", "Qualified", 2),
    ("proposal", "Proposal", 3),
)
"""The steps that stage ranks decide: key, label, lowest rank. Closed won comes after them, by outcome."""
CLOSED_WON = ("closed_won", "Closed won")


@dataclass
class Deals:
    """How many deals, and their amounts together; a deal without amount adds nothing."""

    count: int = 0
    amount: Decimal = NOTHING

    def add(self, count: int, amount: Decimal | None) -> None:
        """Count more deals."""
        self.count += count
        self.amount += amount or NOTHING

    def document(self) -> dict[str, Any]:
        """The two figures as the document writes them."""
        return {"count": self.count, "amount": amount_text(self.amount)}


@dataclass
class DealCounts:
    """What the passes over the opportunities found. `undated_won` are won deals that no period can hold."""

    steps: dict[str, Deals] = field(default_factory=lambda: {key: Deals() for key, *_ in (*FUNNEL, CLOSED_WON)})
    open: Deals = field(default_factory=Deals)
    weighted: Decimal = NOTHING
    without_probability: int = 0
    ended: dict[str, Deals] = field(default_factory=lambda: defaultdict(Deals))
    ended_earlier: dict[str, Deals] = field(default_factory=lambda: defaultdict(Deals))
    undated_won: int = 0
    won_by_owner: dict[int | None, Deals] = field(default_factory=lambda: defaultdict(Deals))
    stages: dict[int | None, int] = field(default_factory=lambda: defaultdict(int))
    cycle_mean: float | None = None
    cycle_median: float | None = None


def outcome_sql(dialect: str, stages: StageMapping) -> str:
    """SQL for what became of an opportunity: 'won', 'lost', 'open', or NULL where its status says none of these.

    The live dialect has statuses 1 Active, 2 Lost, 3 Closed, 4 Implemented; the guide's wins by stage.
    """
    if dialect == "guide":
        won = is_one_of("stage", stages.won)
        return f"CASE WHEN {won} THEN 'won' WHEN status = 2 THEN 'lost' ELSE 'open' END"
    return "CASE WHEN status IN (3, 4) THEN 'won' WHEN status = 2 THEN 'lost' WHEN status = 1 THEN 'open' END"


def opportunities_sql(dialect: str, frame: Frame, stages: StageMapping, *also: datetime) -> str:
    """SQL for the opportunities with outcome and local dates, exact in both periods and from one of `also` to another.

    Far from these an offset may be off by an hour, which can't move a date into a period.
    """
    instants = (*frame.instants, *(frame.earlier_instants or ()), *also)
    span = min(instants), max(instants)
    return statement(
        "opportunities",
        created_on=date_only_sql("create_date", frame.zone, *span),
        ended_on=date_only_sql("end_date", frame.zone, *span),
        outcome=outcome_sql(dialect, stages),
        opportunity_owner=is_owner("owner_resource_id", frame),
    )


class _Row(NamedTuple):
    """The figures of one group of opportunities, as `opportunity_counts.sql` selects them."""

    created: int
    created_amount: Decimal | None
    deals: int
    amount: Decimal | None
    amount_by_percent: Decimal | None
    without_probability: int
    ended: int
    ended_amount: Decimal | None
    ended_earlier: int
    ended_amount_earlier: Decimal | None
    undated: int
    first_created: datetime | None
    last_created: datetime | None


def count_deals(store: OrganizationStore, frame: Frame, dialect: str, stages: StageMapping) -> DealCounts:
    """Count the opportunities for funnel, pipeline and owners."""
    between = "ended_on BETWEEN $earlier_start AND $earlier_end"
    sql = statement(
        "opportunity_counts",
        opportunities=opportunities_sql(dialect, frame, stages),
        is_ended_earlier=between if frame.comparison else "FALSE",
    )
    counts = DealCounts()
    won_created: list[datetime] = []
    for without_owner, owner, outcome, stage, *figures in run(store, sql, frame.parameters):
        row = _Row(*figures)
        if without_owner:
            _add_stage(counts, outcome, stage, stages.rank(stage), row)
        elif outcome == "won":
            counts.won_by_owner[owner].add(row.ended, row.ended_amount)
            won_created += [at.replace(tzinfo=UTC) for at in (row.first_created, row.last_created) if at is not None]
    if won_created:
        _add_cycle(counts, store, frame, opportunities_sql(dialect, frame, stages, *won_created))
    return counts


def _add_stage(counts: DealCounts, outcome: str | None, stage: int | None, rank: int, row: _Row) -> None:
    for key, _label, lowest in FUNNEL:
        if rank >= lowest:
            counts.steps[key].add(row.created, row.created_amount)
    counts.stages[stage] += row.created
    if outcome == "open":
        counts.open.add(row.deals, row.amount)
        counts.weighted += (row.amount_by_percent or NOTHING) / 100
        counts.without_probability += row.without_probability
    elif outcome is not None:
        counts.ended[outcome].add(row.ended, row.ended_amount)
        counts.ended_earlier[outcome].add(row.ended_earlier, row.ended_amount_earlier)
    if outcome == "won":
        counts.steps[CLOSED_WON[0]].add(row.created, row.created_amount)
        counts.undated_won += row.undated


def _add_cycle(counts: DealCounts, store: OrganizationStore, frame: Frame, opportunities: str) -> None:
    sql = statement("sales_cycle", opportunities=opportunities)
    dated, days, median = run(store, sql, frame.parameters)[0]
    if dated:
        counts.cycle_mean, counts.cycle_median = float(days / dated), float(median)


def funnel_document(counts: DealCounts | None) -> list[dict[str, Any]]:
    """The five steps; every figure is null when opportunities were never read."""
    steps: list[dict[str, Any]] = []
    prospects = previous = None
    for key, label in (*((key, label) for key, label, _ in FUNNEL), CLOSED_WON):
        deals = None if counts is None else counts.steps[key]
        count = None if deals is None else deals.count
        prospects = count if prospects is None else prospects
        steps.append(
            {
                "key": key,
                "label": label,
                "count": count,
                "amount": None if deals is None else amount_text(deals.amount),
                "share": _rate(count, prospects),
                "conversion": _rate(count, previous),
            }
        )
        previous = count
    return steps


def _rate(part: int | None, whole: int | None) -> float | None:
    return None if part is None or whole is None else rate(part, whole)


def conversion_document(counts: DealCounts | None) -> dict[str, Any]:
    """Closed won of prospects, with both counts."""
    if counts is None:
        return {"won": None, "of": None, "rate": None}
    return won_of(counts.steps[CLOSED_WON[0]].count, counts.steps["prospects"].count)


def pipeline_document(counts: DealCounts | None, *, compared: bool) -> dict[str, Any]:
    """Open, won and lost deals, close rate and sales cycle; figures are null when opportunities were never read."""
    if counts is None:
        unknown = {"count": None, "amount": None, "previous": None}
        return {
            "open": {"count": None, "amount": None, "weighted_amount": None, "without_probability": None},
            "won": dict(unknown),
            "lost": dict(unknown),
            "close_rate": {"won": None, "of": None, "rate": None, "previous": None},
            "sales_cycle_days": {"mean": None, "median": None},
        }
    now, earlier = counts.ended, counts.ended_earlier
    return {
        "open": counts.open.document()
        | {"weighted_amount": amount_text(counts.weighted), "without_probability": counts.without_probability},
        "won": now["won"].document() | {"previous": earlier["won"].document() if compared else None},
        "lost": now["lost"].document() | {"previous": earlier["lost"].document() if compared else None},
        "close_rate": _close_rate(now) | {"previous": _close_rate(earlier) if compared else None},
        "sales_cycle_days": {"mean": counts.cycle_mean, "median": counts.cycle_median},
    }


def _close_rate(ended: dict[str, Deals]) -> dict[str, Any]:
    return won_of(ended["won"].count, ended["won"].count + ended["lost"].count)
