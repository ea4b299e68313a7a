"""Calls, e-mails and meetings: counted by day, owner and action type, and the latest of them listed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from partner_portal.lib.zone import first_instant
from partner_portal.reports.catalogue import metric_named, metrics_of
from partner_portal.reports.inquiry import Inquiry
from partner_portal.reports.listing import Listing, order_of
from partner_portal.reports.mapping import TenantMapping
from partner_portal.reports.metric import Subject
from partner_portal.reports.question import naive
from partner_portal.reports.relations import meaning_of
from partner_portal.reports.span import day_of, in_span, is_earlier, is_now
from partner_portal.reports.statement import statement

RECENT = 20
"""How many activities the report lists."""

HAPPENED_AT = "happened_at"

SHOWN = ("id", "source", "kind", "direction", "happened_at", "owner", "company", "contact", "subject", "url")
"""What the report shows of an activity."""

Counts = dict[str, int]
"""Figures by the slug of their metric."""


@dataclass
class ActivityCounts:
    """What the pass over the activities found: figures by slug, of the period and of the one compared with.

    `by_action` counts the period's activities by action type id, `undated` the rows of any time that no period holds.
    """

    now: Counts
    earlier: Counts
    by_owner: dict[int | None, Counts] = field(default_factory=dict)
    by_action: dict[int | None, int] = field(default_factory=dict)
    by_day: dict[date, Counts] = field(default_factory=dict)
    undated: int = 0


def count_activities(inquiry: Inquiry) -> ActivityCounts:
    """Count the activities of both periods, in one pass: by raw ids, of which their meaning is asked afterwards."""
    frame, confined = inquiry.frame, inquiry.confined(Subject.ACTIVITIES)
    sql = statement(
        "activity_counts",
        is_now=is_now(HAPPENED_AT),
        is_earlier=is_earlier(HAPPENED_AT, frame),
        in_span=in_span(HAPPENED_AT, frame),
        day=day_of(HAPPENED_AT, frame),
        confined=confined,
    )
    counting = _Counting(inquiry.mapping)
    counts = ActivityCounts(counting.nothing(), counting.nothing())
    by_day: dict[date | None, Counts] = defaultdict(counting.nothing)
    by_owner: dict[int | None, Counts] = defaultdict(counting.nothing)
    for is_daily, day, owner, in_period, in_comparison, action, told, is_echo, counted in inquiry.answer(sql):
        slugs = counting.slugs_of(action, told, is_echo=is_echo)
        if is_daily:
            _add(by_day[day], slugs, counted)
            continue
        if in_period:
            _add(counts.now, slugs, counted)
            _add(by_owner[owner], slugs, counted)
            if not is_echo:
                counts.by_action[action] = counts.by_action.get(action, 0) + counted
        if in_comparison:
            _add(counts.earlier, slugs, counted)
    counts.by_owner = dict(by_owner)
    for day, found in by_day.items():
        # those of the comparison period have no day
        if day is not None:
            whole = counts.by_day.setdefault(frame.day_within(day), counting.nothing())
            for slug, counted in found.items():
                whole[slug] += counted
    undated = statement("undated_activities", confined=confined)
    counts.undated = inquiry.kept(undated, lambda: int(inquiry.answer(undated)[0][0]))
    return counts


def _add(counts: Counts, slugs: Iterable[str], counted: int) -> None:
    for slug in slugs:
        counts[slug] += counted


class _Counting:
    """Which metrics a group of activities counts for, by what their action type means."""

    def __init__(self, mapping: TenantMapping) -> None:
        self._mapping = mapping
        self._metrics = metrics_of(Subject.ACTIVITIES, HAPPENED_AT)
        self._known: dict[tuple[int | None, str | None, bool], tuple[str, ...]] = {}
        self._nothing = dict.fromkeys((metric.slug for metric in self._metrics), 0)

    def nothing(self) -> Counts:
        """No activities, for every metric."""
        return self._nothing.copy()

    def slugs_of(self, action: int | None, told: str | None, *, is_echo: bool) -> tuple[str, ...]:
        """The metrics that count activities of this action type and told direction."""
        key = action, told, is_echo
        if key not in self._known:
            row = meaning_of(self._mapping, action, told) | {"is_echo": is_echo}
            self._known[key] = tuple(metric.slug for metric in self._metrics if metric.selection.holds(row))
        return self._known[key]


def recent_activity(inquiry: Inquiry, counts: ActivityCounts) -> list[dict[str, Any]]:
    """The latest activities of the period as the document lists them, newest first; `counts` are the period's."""
    metric, frame = metric_named("activities"), inquiry.frame
    first = _first_of_last_days(counts.by_day, metric.slug, RECENT)
    if first is None:
        return []
    # a day less, for those that clocks put back counted to the next
    since = naive(first_instant(first - timedelta(days=1), frame.zone))
    recently = f"{HAPPENED_AT} >= TIMESTAMP '{since:%Y-%m-%d %H:%M:%S}'"
    condition = f"{is_now(HAPPENED_AT)} AND {recently} AND ({metric.selection.where})"
    listing = Listing(inquiry, Subject.ACTIVITIES, condition)
    rows = listing.rows(order_of(Subject.ACTIVITIES), limit=RECENT)
    return [{key: row[key] for key in SHOWN} for row in rows]


def _first_of_last_days(by_day: Mapping[date, Counts], slug: str, wanted: int) -> date | None:
    """The first of the last days that hold `wanted` records between them, or all there are; None without any."""
    held = 0
    first: date | None = None
    for day in sorted(by_day, reverse=True):
        if counted := by_day[day][slug]:
            held, first = held + counted, day
        if held >= wanted:
            break
    return first
