"""The calendar's page: what can be chosen, and which days it makes of this week, quarter and year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.utils.dates import MONTHS, WEEKDAYS

from partner_portal.lib.period import resolve_period
from partner_portal.organizations.models import Organization
from partner_portal.usecases.change_calendar import CalendarWishes
from partner_portal.web.view import formats
from partner_portal.web.view.members import Option

REGIONS = frozenset(
    ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
)
"""What the names of the zones in use begin with; the others are older names of these."""
ELSEWHERE = "Other"
PERIODS = (
    ("this_week", "This week"),
    ("this_quarter", "This quarter"),
    ("this_year", "This fiscal year"),
    ("last_year", "Last fiscal year"),
)
SAMPLE_AMOUNT = "12345.60"


@dataclass(frozen=True)
class Example:
    """What the calendar means today: with the values in force, and with those that were chosen ("" where the same)."""

    name: str
    now: str
    then: str


@dataclass(frozen=True)
class CalendarView:
    """The form as it is filled in; `is_tried` says that `examples` show other values than those in force."""

    zones: Sequence[tuple[str, Sequence[Option]]]
    currency: str
    weekdays: Sequence[Option]
    months: Sequence[Option]
    facts: Sequence[tuple[str, str]]
    examples: Sequence[Example]
    is_tried: bool


def calendar_view(
    organization: Organization, wishes: CalendarWishes, now: datetime, *, is_usable: bool = True
) -> CalendarView:
    """The calendar of `organization` with the `wishes` filled in; examples as of `now` (aware).

    What is not `is_usable` is filled in, and no example made of it.
    """
    held = {name: getattr(organization, name) for name in vars(wishes)}
    chosen = held | wishes.given()
    is_tried = is_usable and chosen != held
    today = _examples(held, now)
    then = _examples(chosen, now) if is_tried else today
    return CalendarView(
        zones=_zones(chosen["time_zone"]),
        currency=chosen["currency"],
        weekdays=_options(WEEKDAYS, chosen["week_start"]),
        months=_options(MONTHS, chosen["fiscal_year_start"]),
        facts=(
            ("Time zone", held["time_zone"]),
            ("Currency", held["currency"]),
            ("The week begins on", str(WEEKDAYS[held["week_start"]])),
            ("The fiscal year begins in", str(MONTHS[held["fiscal_year_start"]])),
        ),
        examples=tuple(Example(name, text, then[name] if then[name] != text else "") for name, text in today.items()),
        is_tried=is_tried,
    )


def _examples(calendar: Mapping[str, Any], now: datetime) -> dict[str, str]:
    zone = ZoneInfo(calendar["time_zone"])
    today = now.astimezone(zone).date()
    starts = {"week_start": calendar["week_start"], "fiscal_year_start": calendar["fiscal_year_start"]}
    spans = {title: resolve_period(name, today, **starts) for name, title in PERIODS}
    return {
        "It is now": f"{formats.weekday(today, today)}, {formats.clock_time(now, zone)}",
        **{title: formats.span(period.start, period.end, today) for title, period in spans.items()},
        "An amount": formats.money(SAMPLE_AMOUNT, calendar["currency"], places=2),
    }


def _zones(chosen: str) -> tuple[tuple[str, tuple[Option, ...]], ...]:
    """The zones by region; `chosen` among them, whatever it is."""
    groups = _zone_names()
    if not any(chosen in names for _, names in groups):
        groups = (*groups[:-1], (ELSEWHERE, (*groups[-1][1], chosen)))
    return tuple(
        (region, tuple(Option(name, name.replace("_", " "), name == chosen) for name in names))
        for region, names in groups
    )


@cache
def _zone_names() -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = sorted(available_timezones())
    regions = [(region, tuple(name for name in found if name.split("/")[0] == region)) for region in sorted(REGIONS)]
    return (*((region, names) for region, names in regions if names), (ELSEWHERE, ("UTC",)))


def _options(names: Mapping[int, Any], chosen: int) -> tuple[Option, ...]:
    items: Iterable[tuple[int, Any]] = sorted(names.items())
    return tuple(Option(str(number), str(name), number == chosen) for number, name in items)
