"""Deals, counted: all of them, and by owner, stage, month of the projected close and reason of the end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from statistics import median
from typing import Any, NamedTuple

from partner_portal.reports.catalogue import CATALOGUE
from partner_portal.reports.inquiry import Inquiry
from partner_portal.reports.localtime import date_only
from partner_portal.reports.mapping import Outcome
from partner_portal.reports.metric import Measure, Metric, Subject
from partner_portal.reports.question import Frame
from partner_portal.reports.relations import outcome_sql, relation_of
from partner_portal.reports.span import is_dated_earlier, is_dated_now
from partner_portal.reports.statement import statement
from partner_portal.reports.values import value_of
from partner_portal.reports.wire import NOTHING

Values = Mapping[str, Any]
"""Figures by the slug of their metric: counts are int, sums Decimal, means and medians float or None."""


@dataclass
class DealCounts:
    """What the passes over the deals found, of the period and of the one compared with.

    `by_month` is by the local month that open deals should close in (`2026-11`), `by_end` by outcome and reason id.
    """

    now: Values
    earlier: Values
    by_owner: dict[int | None, Values] = field(default_factory=dict)
    by_stage: dict[int | None, Values] = field(default_factory=dict)
    by_month: dict[str, Values] = field(default_factory=dict)
    by_end: dict[tuple[str, int | None], Values] = field(default_factory=dict)

    @property
    def created_stages(self) -> dict[int | None, int]:
        """How many of the deals created in the period stand in each stage."""
        return {stage: values["funnel_prospects"] for stage, values in self.by_stage.items()}


_DEALS = tuple(metric for metric in CATALOGUE if metric.selection.subject is Subject.DEALS and not metric.is_derived)
_CYCLES = tuple(metric for metric in _DEALS if metric.measure in (Measure.MEAN, Measure.MEDIAN))
_PROJECTED = tuple(metric for metric in _DEALS if "projected_on" in metric.selection.where)
_ADDED = tuple(metric for metric in _DEALS if metric not in (*_CYCLES, *_PROJECTED))
_COMPARED = tuple(metric for metric in _ADDED if any(".previous" in figure for figure in metric.figures))
_GROUPED = tuple(metric for metric in _ADDED if any("[]" in figure for figure in metric.figures))
_BY_MONTH = tuple(metric for metric in _PROJECTED if any("[]" in figure for figure in metric.figures))
_COMPARED_SLUGS, _GROUPED_SLUGS, _BY_MONTH_SLUGS = (
    frozenset(metric.slug for metric in metrics) for metrics in (_COMPARED, _GROUPED, _BY_MONTH)
)
_STALE = tuple(metric for metric in CATALOGUE if metric.selection.subject is Subject.STALE_DEALS)


class _Group(NamedTuple):
    """Deals that are alike in all that any figure asks, as `deal_groups.sql` selects them; sums of nothing are 0.

    Sums come as text: DuckDB takes longer to hand over one Decimal than Python to read ten.
    """

    owner: int | None
    stage: int | None
    outcome: str | None
    reason: int | None
    has_probability: bool
    is_dated: bool
    is_created: bool
    is_created_earlier: bool
    is_ended: bool
    is_ended_earlier: bool
    deals: int
    amount: Decimal
    amount_by_percent: Decimal
    onetime_revenue: Decimal
    monthly_revenue: Decimal

    @property
    def facts(self) -> tuple[Any, ...]:
        """What decides which figures the group belongs to, besides its stage's rank."""
        return (self.outcome, *self[4:10])


class _Projected(NamedTuple):
    """Open deals that should close at the same instant, as `open_deals.sql` selects them."""

    at: datetime | None
    has_probability: bool
    deals: int
    amount: Decimal
    amount_by_percent: Decimal


SUMS, PROJECTED_SUMS = _Group._fields.index("amount"), _Projected._fields.index("amount")
"""Where the sums of a group begin."""

Sums = dict[str, Any]
Adding = tuple[tuple[str, int], ...]
"""Which figures a group is added to, by their slugs, each with the place of the group's value."""


def _nothing(metrics: Iterable[Metric]) -> Sums:
    return {metric.slug: 0 if metric.measure is Measure.COUNT else NOTHING for metric in metrics}


def _adding(metrics: Iterable[Metric], group: type[_Group | _Projected]) -> Adding:
    return tuple((metric.slug, group._fields.index(metric.column or "deals")) for metric in metrics)


def _add(sums: Sums, adding: Adding, group: Sequence[Any]) -> None:
    for slug, place in adding:
        sums[slug] += group[place]


def _done(metrics: Iterable[Metric], sums: Sums) -> dict[str, Any]:
    return {metric.slug: value_of(metric, sums[metric.slug]) for metric in metrics}


@lru_cache(maxsize=4_096)
def _adding_of(rank: int, *facts: Any) -> tuple[Adding, Adding, Adding]:
    """The figures that a group of these `facts` belongs to, those of them that are grouped, and those compared with.

    There are no more kinds of groups than are kept, whatever the deals.
    """
    outcome, has_probability, is_dated, is_created, is_created_earlier, is_ended, is_ended_earlier = facts
    row = {
        "outcome": outcome,
        "rank": rank,
        "probability": True if has_probability else None,
        "ended_on": True if is_dated else None,
    }
    held = [metric for metric in _ADDED if metric.selection.holds(row)]
    is_now = {None: True, "created_on": is_created, "ended_on": is_ended}
    is_earlier = {None: False, "created_on": is_created_earlier, "ended_on": is_ended_earlier}
    now = [metric for metric in held if is_now[metric.selection.dated]]
    earlier = [metric for metric in held if is_earlier[metric.selection.dated] and metric.slug in _COMPARED_SLUGS]
    return (
        _adding(now, _Group),
        _adding((metric for metric in now if metric.slug in _GROUPED_SLUGS), _Group),
        _adding(earlier, _Group),
    )


def count_deals(inquiry: Inquiry) -> DealCounts:
    """Count the deals for funnel, pipeline and owners: grouped once, then each group for every figure it belongs to."""
    frame, spans = inquiry.frame, inquiry.spans
    ended = is_dated_now("end_date", spans.ended)
    shared = {"outcome": outcome_sql(inquiry.dialect, inquiry.mapping), "confined": inquiry.confined(Subject.DEALS)}
    sql = statement(
        "deal_groups",
        is_created=is_dated_now("create_date", spans.created),
        is_ended=ended,
        is_created_earlier=is_dated_earlier("create_date", spans.created, frame),
        is_ended_earlier=is_dated_earlier("end_date", spans.ended, frame),
        **shared,
    )
    rank, now, earlier = inquiry.mapping.stages.rank, _nothing(_ADDED), _nothing(_COMPARED)
    by_owner: dict[int | None, Sums] = defaultdict(lambda: _nothing(_GROUPED))
    by_stage: dict[int | None, Sums] = defaultdict(lambda: _nothing(_GROUPED))
    by_end: dict[tuple[str, int | None], Sums] = defaultdict(lambda: _nothing(_GROUPED))
    for found in inquiry.answer(sql):
        group = _Group(*found[:SUMS], *map(Decimal, found[SUMS:]))
        adding, adding_grouped, adding_earlier = _adding_of(rank(group.stage), *group.facts)
        _add(now, adding, group)
        _add(earlier, adding_earlier, group)
        _add(by_owner[group.owner], adding_grouped, group)
        _add(by_stage[group.stage], adding_grouped, group)
        if group.is_ended and group.outcome is not None:
            _add(by_end[group.outcome, group.reason], adding_grouped, group)
    counts = DealCounts(
        _done(_ADDED, now),
        _done(_COMPARED, earlier),
        {owner: _done(_GROUPED, sums) for owner, sums in by_owner.items()},
        {stage: _done(_GROUPED, sums) for stage, sums in by_stage.items()},
        by_end={end: _done(_GROUPED, sums) for end, sums in by_end.items()},
    )
    open_deals = statement("open_deals", **shared)
    projected, counts.by_month = inquiry.kept(open_deals, lambda: _projected(inquiry.answer(open_deals), frame))
    cycles = inquiry.answer(statement("sales_cycles", is_ended=ended, **shared))
    counts.now = {**counts.now, **projected, **_cycle_figures(_cycle_days(cycles, frame))}
    return counts


def _projected(rows: Iterable[tuple[Any, ...]], frame: Frame) -> tuple[Values, dict[str, Values]]:
    """What open deals should close when: figures of all, and by the local month from this one on."""
    sums, known = _nothing(_PROJECTED), {}
    by_month: dict[tuple[int, int], Sums] = defaultdict(lambda: _nothing(_BY_MONTH))
    for found in rows:
        group = _Projected(*found[:PROJECTED_SUMS], *map(Decimal, found[PROJECTED_SUMS:]))
        on = None if group.at is None else date_only(group.at, frame.zone)
        key = on is None, on is not None and on >= frame.today, group.has_probability
        if key not in known:
            known[key] = _adding_projected(group, on, frame.today)
        adding, adding_by_month = known[key]
        _add(sums, adding, group)
        if on is not None and adding_by_month:
            _add(by_month[on.year, on.month], adding_by_month, group)
    months: dict[str, Values] = {
        f"{year:04}-{month:02}": _done(_BY_MONTH, found) for (year, month), found in by_month.items()
    }
    return _done(_PROJECTED, sums), months


def _adding_projected(group: _Projected, on: date | None, today: date) -> tuple[Adding, Adding]:
    """The figures that the group belongs to, and those of them that are shown by month."""
    row = {
        "outcome": Outcome.OPEN.value,
        "probability": True if group.has_probability else None,
        "projected_on": on,
        "$today": today,
    }
    held = [metric for metric in _PROJECTED if metric.selection.holds(row)]
    return _adding(held, _Projected), _adding((metric for metric in held if metric.slug in _BY_MONTH_SLUGS), _Projected)


def _cycle_days(rows: Iterable[tuple[Any, ...]], frame: Frame) -> list[int]:
    """Days from creation to end of the deals won in the period, by local dates."""
    return [(date_only(ended, frame.zone) - date_only(created, frame.zone)).days for created, ended in rows]


def _cycle_figures(days: Sequence[int]) -> Values:
    figures = {Measure.MEAN: sum(days) / len(days), Measure.MEDIAN: float(median(days))} if days else {}
    return {metric.slug: figures.get(metric.measure) for metric in _CYCLES}


def count_stale_deals(inquiry: Inquiry) -> Values:
    """Count the open deals that nothing happens with."""
    sql = statement("stale_totals", stale_deals=relation_of(Subject.STALE_DEALS, inquiry, names=("id", "amount")))

    def read() -> Values:
        count, amount = inquiry.answer(sql)[0]
        found = {Measure.COUNT: count, Measure.SUM: amount}
        return {metric.slug: value_of(metric, found[metric.measure]) for metric in _STALE}

    return inquiry.kept(sql, read)
