"""The Activity page: what was done with customers, by kind, day, direction and person, and how it was counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from partner_portal.reports.ratio_metrics import RATIOS
from partner_portal.reports.sources import GUIDE
from partner_portal.web.view import formats
from partner_portal.web.view.attention import Attention, troubled_sources
from partner_portal.web.view.cards import (
    Card,
    Days,
    activity_sources,
    calls_card,
    change_of,
    conversations_card,
    days_begun,
    reason_unknown,
    spark_of,
)
from partner_portal.web.view.charts import ROWS, Chart, Series
from partner_portal.web.view.figures import Figure, Figures
from partner_portal.web.view.filters import Filters
from partner_portal.web.view.happenings import Activity, recent_activity, why_unlisted
from partner_portal.web.view.people import owner_name, owner_slug
from partner_portal.web.view.ratios import Ratio, ratio
from partner_portal.web.view.trend import BY_DIRECTION, BY_KIND, DIRECTIONS, Trend, trend

MOST_BARS = 12
"""So many people are drawn; the table has all of them."""
OWNER_COLUMNS = (("calls", "Calls"), *DIRECTIONS, ("emails", "E-mails"), ("meetings", "Meetings"))
PLAIN_REMARKS = (
    (
        "merged",
        "info",
        "Merged duplicates",
        "Notes that only echo a completed to-do: both count once, with the to-do.",
        "Nothing is to be done.",
    ),
    (
        "undated",
        "warning",
        "Without a date",
        "No range can hold them, so they are counted nowhere.",
        "Give them a start in Autotask.",
    ),
)
"""What is told of the document's counts beside the unmapped: key, tone, title, text and remedy."""
UNMAPPED_NOTES = ("Unmapped action type ", "Activities without an action type")
"""How the notes of the document begin that name what is unmapped."""


@dataclass(frozen=True)
class Remark:
    """Something to know about how activities were counted. `tone` is passed, info or warning, `details` name the
    records, `remedy` says what to do; with `is_mapping` that is done in the mapping.
    """

    key: str
    tone: str
    title: str
    figure: Figure
    text: str
    details: Sequence[str] = ()
    remedy: str = ""
    is_mapping: bool = False


@dataclass(frozen=True)
class OwnerRow:
    """One owner with a figure for each column; `href` leads to this owner's page, from the page of all owners on."""

    name: str
    href: str
    figures: Sequence[Figure]


@dataclass(frozen=True)
class Owners:
    """Calls by owner, as lying bars, in a sentence and as a table."""

    chart: Chart
    summary: str
    columns: Sequence[str]
    rows: Sequence[OwnerRow]


@dataclass(frozen=True)
class ActivityPage:
    """The page, part by part. `unknown` says why nothing is known of activities, "" when it is; `unlisted` why none is
    listed although there may be some.
    """

    cards: Sequence[Card]
    troubles: Sequence[Attention]
    kinds: Trend
    directions: Trend
    owners: Owners
    ratios: Sequence[Ratio]
    remarks: Sequence[Remark]
    recent: Sequence[Activity]
    total: Figure
    unknown: str
    unlisted: str


def activity_page(
    figures: Figures,
    filters: Filters,
    now: datetime,
    *,
    week_start: int = 0,
    earlier: Sequence[Mapping[str, Any]] = (),
) -> ActivityPage:
    """The page over `figures`' document, which answers `filters`, as seen at `now` (aware).

    `earlier` are the days compared with, `week_start` is 0 (Monday) to 6 (Sunday).
    """
    document = figures.document
    zone = ZoneInfo(document["organization"]["time_zone"])
    today = now.astimezone(zone).date()
    unknown = reason_unknown(figures, "activities.total", activity_sources(document))
    return ActivityPage(
        cards=_cards(figures, days_begun(document, today)),
        troubles=troubled_sources(document, activity_sources(document)),
        kinds=trend(figures, today, BY_KIND, week_start=week_start, earlier=earlier),
        directions=trend(figures, today, BY_DIRECTION, week_start=week_start, earlier=earlier),
        owners=_owners(figures, filters, unknown),
        ratios=tuple(ratio(figures, slug) for slug in RATIOS),
        remarks=(_unmapped(figures), *(_plain(figures, *remark) for remark in PLAIN_REMARKS)),
        recent=recent_activity(document, zone, today),
        total=figures.count("activities.total"),
        unknown=unknown,
        unlisted=why_unlisted(document),
    )


def _cards(figures: Figures, days: Days) -> tuple[Card, ...]:
    return (
        _card(figures, days, "activities", "All activities", words="Of every kind"),
        calls_card(figures, days),
        conversations_card(figures, days),
        _card(figures, days, "emails", "E-mails"),
        _card(figures, days, "meetings", "Meetings"),
    )


def _card(figures: Figures, days: Days, key: str, title: str, *, words: str = "") -> Card:
    path = f"{key}.total"
    return Card(
        key,
        title,
        figures.count(path),
        words=words,
        change=change_of(figures, key),
        spark=spark_of(days, key, title),
        reason=reason_unknown(figures, path, activity_sources(figures.document)),
    )


def _owners(figures: Figures, filters: Filters, unknown: str) -> Owners:
    """Whoever has any of the columns, in the document's order: most calls first."""
    entries = [
        (index, row)
        for index, row in enumerate(figures.document["by_owner"])
        if any(row[key] for key, _ in OWNER_COLUMNS)
    ]
    callers = [(index, row) for index, row in entries if row["calls"]]
    drawn, query = callers[:MOST_BARS], replace(filters, owner=None).query()
    series = tuple(
        Series(
            key,
            name,
            [row[key] for _, row in drawn],
            links=[figures.links.of_path(f"by_owner.{index}.{key}") for index, _ in drawn],
        )
        for key, name in DIRECTIONS
    )
    return Owners(
        Chart([owner_name(row["owner"]) for _, row in drawn], series, kind=ROWS),
        unknown or _owners_summary([row for _, row in callers]),
        tuple(name for _, name in OWNER_COLUMNS),
        tuple(_owner_row(figures, query, index, row) for index, row in entries),
    )


def _owner_row(figures: Figures, query: str, index: int, row: Mapping[str, Any]) -> OwnerRow:
    return OwnerRow(
        owner_name(row["owner"]),
        f"{owner_slug(row['owner'])}/{query}",
        tuple(figures.count(f"by_owner.{index}.{key}") for key, _ in OWNER_COLUMNS),
    )


def _owners_summary(callers: Sequence[Mapping[str, Any]]) -> str:
    """The chart in words; `callers` come with most calls first."""
    if not callers:
        return "Nobody made or took a call in this range."
    most = callers[0]["calls"]
    first = [owner_name(row["owner"]) for row in callers if row["calls"] == most]
    names = first[0] if len(first) == 1 else f"{first[0]} and {formats.counted(len(first) - 1, 'other')}"
    each = "" if len(first) == 1 else " each"
    rest = len(callers) - MOST_BARS
    below = f" The table has {formats.counted(rest, 'other')}." if rest > 0 else ""
    return f"Most calls: {names}, {formats.count(most)}{each}.{below}"


def _unmapped(figures: Figures) -> Remark:
    figure = figures.count("activities.unmapped")
    is_guide = figures.document["data"]["dialect"] == GUIDE
    notes = tuple(note for note in figures.document["notes"] if note.startswith(UNMAPPED_NOTES))
    is_found = _is_some(figure)
    return Remark(
        "unmapped",
        _tone(figure, "info" if is_guide else "warning"),
        "Of no known type",
        figure,
        "They count as activities, but not as calls, e-mails or meetings.",
        details=notes,
        remedy="" if is_guide or not is_found else "Say in the mapping what their action types mean.",
        is_mapping=not is_guide and is_found,
    )


def _plain(figures: Figures, key: str, tone: str, title: str, text: str, remedy: str) -> Remark:
    """A remark whose `tone` and `remedy` hold where there is any of it."""
    figure = figures.count(f"activities.{key}")
    return Remark(key, _tone(figure, tone), title, figure, text, remedy=remedy if _is_some(figure) else "")


def _is_some(figure: Figure) -> bool:
    return figure.raw not in {"", "0"}


def _tone(figure: Figure, of_some: str) -> str:
    if not figure.is_known:
        return "info"
    return of_some if _is_some(figure) else "passed"
