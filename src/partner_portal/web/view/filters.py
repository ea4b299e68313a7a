"""The report's filters as they stand in the URL, and the links that change one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from partner_portal.lib.period import COMPARISONS, PRESETS
from partner_portal.reports.question import id_from
from partner_portal.web.view import formats

DEFAULT_PERIOD = "this_month"
DEFAULT_COMPARISON = "previous_period"

PERIOD_NAMES = {name: name.replace("_", " ").capitalize() for name in PRESETS}
COMPARISON_NAMES = {"previous_period": "Previous period", "previous_year": "Previous year", "none": "No comparison"}
GROUPS = (
    ("Days", ("today", "yesterday", "last_7_days", "last_30_days", "last_90_days")),
    ("Weeks and months", ("this_week", "last_week", "this_month", "last_month")),
    (
        "Quarters and years",
        ("this_quarter", "last_quarter", "this_year", "last_year", "year_to_date", "last_12_months"),
    ),
)


class FilterWrong(ValueError):
    """A filter in the URL cannot be understood. The message is one line with its remedy."""


@dataclass(frozen=True)
class Filters:
    """What is asked for. `start` and `end` belong to the period `custom` only."""

    period: str = DEFAULT_PERIOD
    start: date | None = None
    end: date | None = None
    compare: str = DEFAULT_COMPARISON
    owner_id: int | None = None

    def query(self) -> str:
        """The filters as a query string with its "?"; "" when all are the default. Defaults are left out."""
        wanted: list[tuple[str, str]] = []
        if self.period != DEFAULT_PERIOD:
            wanted.append(("period", self.period))
        if self.start and self.end:
            wanted += [("from", self.start.isoformat()), ("to", self.end.isoformat())]
        if self.compare != DEFAULT_COMPARISON:
            wanted.append(("compare", self.compare))
        if self.owner_id is not None:
            wanted.append(("owner", str(self.owner_id)))
        return f"?{urlencode(wanted)}" if wanted else ""


def read_filters(query: Mapping[str, str]) -> Filters:
    """The filters of a query string. Raises FilterWrong; whether the period exists is for the report to say."""
    start, end = _date(query, "from"), _date(query, "to")
    given = query.get("period") or ""
    period = given or ("custom" if start or end else DEFAULT_PERIOD)
    if period != "custom":
        start = end = None
    return Filters(period, start, end, query.get("compare") or DEFAULT_COMPARISON, _owner(query))


def _date(query: Mapping[str, str], name: str) -> date | None:
    text = query.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise FilterWrong(f"{text!r} is no date: write it as 2025-11-30.") from None


def _owner(query: Mapping[str, str]) -> int | None:
    text = query.get("owner", "").strip()
    if not text:
        return None
    owner = id_from(text)
    if owner is None:
        raise FilterWrong(f"There is no owner {text!r}: choose one from the list.")
    return owner


@dataclass(frozen=True)
class Choice:
    """One thing that can be chosen: its value, its name, where it leads, whether it is in force."""

    value: str
    name: str
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class RangePicker:
    """The range in force, printed, and everything it can be changed to."""

    name: str
    dates: str
    compared_with: str
    groups: Sequence[tuple[str, Sequence[Choice]]]
    comparisons: Sequence[Choice]
    owners: Sequence[Choice]
    filters: Filters
    start: str
    end: str


def range_picker(
    document: Mapping[str, Any], filters: Filters, owners: Sequence[tuple[int, str]], today: date
) -> RangePicker:
    """The picker over `document`, which answers `filters`; `owners` are those that can be chosen, as (id, name)."""
    period, comparison = document["period"], document["comparison"]
    return RangePicker(
        name=PERIOD_NAMES.get(period["name"], period["name"]),
        dates=_span(period, today),
        compared_with="" if comparison is None else _span(comparison, today),
        groups=tuple((title, tuple(_preset(name, filters) for name in names)) for title, names in GROUPS),
        comparisons=tuple(
            Choice(kind, COMPARISON_NAMES[kind], replace(filters, compare=kind).query(), kind == filters.compare)
            for kind in COMPARISONS
        ),
        owners=_owners(owners, filters, document.get("filters", {}).get("confined_to")),
        filters=filters,
        start=period["start"],
        end=period["end"],
    )


def _preset(name: str, filters: Filters) -> Choice:
    leads_to = replace(filters, period=name, start=None, end=None)
    return Choice(name, PERIOD_NAMES[name], leads_to.query(), name == filters.period)


def _owners(owners: Sequence[tuple[int, str]], filters: Filters, confined_to: int | None = None) -> tuple[Choice, ...]:
    if confined_to is not None:
        return (Choice("", "Your own numbers", replace(filters, owner_id=None).query(), is_chosen=True),)
    everyone = Choice("", "Everyone", replace(filters, owner_id=None).query(), filters.owner_id is None)
    return (
        everyone,
        *(
            Choice(str(owner), name, replace(filters, owner_id=owner).query(), owner == filters.owner_id)
            for owner, name in owners
        ),
    )


def _span(period: Mapping[str, Any], today: date) -> str:
    return formats.span(date.fromisoformat(period["start"]), date.fromisoformat(period["end"]), today)
