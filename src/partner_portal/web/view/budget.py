"""The tenant's call budget, and what syncs sent of it by the hour: as figures, chart, table and sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from partner_portal.web.view import formats
from partner_portal.web.view.attention import entity_name
from partner_portal.web.view.charts import Chart, Series
from partner_portal.web.view.moments import Moment, near_moment

KEYS = ("first", "second", "third")
"""The colours of the entities that most was sent for; the rest is one series."""
REST, THROTTLED = "rest", "throttled"
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class BudgetView:
    """Calls of all integrations; `percent` is of the limit, at most 100."""

    used: str
    limit: str
    minutes: int
    share: str
    percent: int
    tone: str
    words: str
    read_at: Moment


@dataclass(frozen=True)
class HourRow:
    """One hour of the table: a cell for each column."""

    moment: Moment
    is_now: bool
    cells: Sequence[str]


@dataclass(frozen=True)
class RequestsView:
    """What syncs sent: the chart, the same as a table (hours with any, the latest first), the same in a sentence."""

    chart: Chart
    columns: Sequence[str]
    rows: Sequence[HourRow]
    summary: str


def budget_view(budget: Mapping[str, Any] | None, now: datetime, zone: ZoneInfo) -> BudgetView | None:
    """`budget` of `data-health/1`; None where Autotask never told."""
    if budget is None:
        return None
    share = budget["used"] / budget["limit"]
    tone, words = "good", f"Syncs go slowly from {formats.rate(budget['slow_share'])} on"
    if share >= budget["stop_share"]:
        tone, words = "danger", f"Syncs wait from {formats.rate(budget['stop_share'])} on"
    elif share >= budget["slow_share"]:
        tone, words = "warning", f"Syncs go slowly, and wait from {formats.rate(budget['stop_share'])} on"
    return BudgetView(
        used=formats.count(budget["used"]),
        limit=formats.count(budget["limit"]),
        minutes=budget["minutes"],
        share=formats.rate(share),
        percent=min(100, round(share * 100)),
        tone=tone,
        words=words,
        read_at=near_moment(budget["read_at"], now, zone),
    )


def requests_view(requests: Mapping[str, Any] | None, now: datetime, zone: ZoneInfo) -> RequestsView | None:
    """`requests` of `data-health/1` at `now` (aware), hours in `zone`; None where the visitor may not know."""
    if requests is None:
        return None
    hours, most = _hours(requests), _most_asked(requests["hours"])
    moments = [near_moment(hour["hour"], now, zone) for hour in hours]
    chart = Chart(
        [_label(hour["hour"], zone) for hour in hours],
        _series(hours, most),
        titles=[_span(moment, hour["hour"], zone) for moment, hour in zip(moments, hours, strict=True)],
        today=len(hours) - 1,
    )
    rows = [
        HourRow(moment, hour is hours[-1], _cells(hour, most))
        for moment, hour in zip(moments, hours, strict=True)
        if hour["requests"]
    ]
    columns = (*(entity_name(path) for path in most), "Everything else", "All", "Throttled")
    return RequestsView(chart, columns, tuple(reversed(rows)), _summary(hours))


def _series(hours: Sequence[Mapping[str, Any]], most: Sequence[str]) -> list[Series]:
    """What was served for each of the entities that `most` was sent for, for all others, and what was throttled."""
    named = zip(KEYS, most, strict=False)
    series = [Series(key, entity_name(path), [_served(hour, [path]) for hour in hours]) for key, path in named]
    rest = [hour["requests"] - hour["throttled"] - _served(hour, most) for hour in hours]
    throttled = [hour["throttled"] for hour in hours]
    further = (Series(REST, "Everything else", rest), Series(THROTTLED, "Throttled (429)", throttled))
    return [*series, *(one for one in further if any(one.values))]


def _most_asked(hours: Sequence[Mapping[str, Any]]) -> list[str]:
    """The entities that most requests were sent for, the first ahead."""
    total: Counter[str] = Counter()
    for hour in hours:
        for entity in hour["entities"]:
            total[entity["entity"]] += entity["requests"]
    return [path for path, _ in sorted(total.items(), key=lambda item: (-item[1], item[0]))[: len(KEYS)]]


def _hours(requests: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Every hour from the first to the last; those that the document leaves out are empty."""
    at, until = formats.instant(requests["since"]), formats.instant(requests["until"])
    sent = {hour["hour"]: hour for hour in requests["hours"]}
    names = [formats.iso(at + step * HOUR) for step in range(int((until - at) / HOUR))]
    return [sent.get(name, {"hour": name, "requests": 0, "throttled": 0, "entities": ()}) for name in names]


def _sent(hour: Mapping[str, Any], paths: Sequence[str]) -> int:
    return sum(entity["requests"] for entity in hour["entities"] if entity["entity"] in paths)


def _served(hour: Mapping[str, Any], paths: Sequence[str]) -> int:
    """Requests that were not throttled."""
    throttled: int = sum(entity["throttled"] for entity in hour["entities"] if entity["entity"] in paths)
    return _sent(hour, paths) - throttled


def _cells(hour: Mapping[str, Any], most: Sequence[str]) -> tuple[str, ...]:
    rest = hour["requests"] - _sent(hour, most)
    counts = (*(_sent(hour, [path]) for path in most), rest, hour["requests"], hour["throttled"])
    return tuple(formats.count(count) for count in counts)


def _label(hour: str, zone: ZoneInfo) -> str:
    """The hour with its weekday, as there are two days of them: "Thu 10:00"."""
    at = formats.instant(hour)
    return f"{formats.weekday_name(at.astimezone(zone), is_short=True)} {formats.clock_time(at, zone)}"


def _span(moment: Moment, hour: str, zone: ZoneInfo) -> str:
    return f"{moment.text} {formats.NARROW_DASH} {formats.clock_time(formats.instant(hour) + HOUR, zone)}"


def _summary(hours: Sequence[Mapping[str, Any]]) -> str:
    """The chart in words."""
    total, throttled = sum(hour["requests"] for hour in hours), sum(hour["throttled"] for hour in hours)
    if not total:
        return f"No request was sent in the last {len(hours)} hours."
    busiest = max(hour["requests"] for hour in hours)
    slowed = f"{formats.count(throttled)} throttled by Autotask (429)" if throttled else "none throttled by Autotask"
    return (
        f"{formats.count(total)} requests in the last {len(hours)} hours, {formats.count(busiest)} in the busiest one, "
        f"{slowed}."
    )
