"""What the bar over a report offers: the range in force, those beside it, and everything it can be narrowed to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from partner_portal.lib.period import COMPARISONS, PRESETS, Period, PeriodError, neighbour, resolve_period
from partner_portal.reports.heading import NOBODY
from partner_portal.reports.question import OrganizationFacts
from partner_portal.web.view import formats
from partner_portal.web.view.filters import CUSTOM, Filters
from partner_portal.web.view.people import NOBODY_NAME

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
KEYS = {
    "today": "d",
    "yesterday": "e",
    "this_week": "w",
    "this_month": "m",
    "last_month": "l",
    "this_quarter": "q",
    "this_year": "y",
    "last_7_days": "7",
    "last_30_days": "3",
    "last_90_days": "9",
}
"""The single keys that choose a period."""
CALENDAR = (
    *("today", "yesterday", "this_week", "last_week", "this_month", "last_month"),
    *("this_quarter", "last_quarter", "this_year", "last_year"),
)
"""Presets that a range reached by its neighbour is called by, where it is one of them."""


@dataclass(frozen=True)
class Choice:
    """One thing that can be chosen: its value, its name, where it leads, whether it is in force, the key for it."""

    value: str
    name: str
    href: str
    is_chosen: bool
    key: str = ""


@dataclass(frozen=True)
class Offers:
    """Whom and what an organization's report can be narrowed to, as (id, name); teams by name. `company` is the name of
    the company in force, "" where none is.
    """

    owners: Sequence[tuple[int, str]] = ()
    teams: Sequence[str] = ()
    categories: Sequence[tuple[int, str]] = ()
    company: str = ""


@dataclass(frozen=True)
class RangePicker:
    """The range in force, printed, and everything it can be changed to.

    `earlier` and `later` are the ranges beside it, None where the calendar ends. `hidden` are the filters that a form
    has to carry along, by the field that it changes itself.
    """

    name: str
    dates: str
    compared_with: str
    groups: Sequence[tuple[str, Sequence[Choice]]]
    earlier: Choice | None
    later: Choice | None
    comparisons: Sequence[Choice]
    owners: Sequence[Choice]
    teams: Sequence[Choice]
    categories: Sequence[Choice]
    chosen: Sequence[Choice]
    filters: Filters
    start: str
    end: str
    hidden: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def range_picker(
    document: Mapping[str, Any], filters: Filters, offers: Offers, today: date, facts: OrganizationFacts
) -> RangePicker:
    """The picker over `document`, which answers `filters`; `facts` are the organization's, for its calendar."""
    period, comparison = document["period"], document["comparison"]
    confined_to = document.get("filters", {}).get("confined_to")
    return RangePicker(
        name=PERIOD_NAMES.get(period["name"], period["name"]),
        dates=_span(period, today),
        compared_with="" if comparison is None else _span(comparison, today),
        groups=tuple((title, tuple(_preset(name, filters) for name in names)) for title, names in GROUPS),
        earlier=_beside(period, filters, today, facts, is_later=False),
        later=_beside(period, filters, today, facts, is_later=True),
        comparisons=tuple(
            Choice(kind, COMPARISON_NAMES[kind], replace(filters, compare=kind).query(), kind == filters.compare)
            for kind in COMPARISONS
        ),
        owners=_owners(offers.owners, filters, confined_to),
        teams=_teams(offers.teams, filters),
        categories=_categories(offers.categories, filters),
        chosen=_chosen(filters, offers),
        filters=filters,
        start=period["start"],
        end=period["end"],
        hidden={"range": _without(filters, "period", "from", "to"), "bar": _without(filters, "compare", "owner")}
        | {"more": _without(filters, "team", "category"), "company": _without(filters, "company")},
    )


def carrying(picker: RangePicker, fields: Mapping[str, str]) -> RangePicker:
    """The same picker, whose every way out keeps what else the URL says: `fields` are no filters."""
    if not fields:
        return picker

    def kept(choice: Choice) -> Choice:
        return _keeping(choice, fields)

    return replace(
        picker,
        groups=tuple((title, tuple(map(kept, choices))) for title, choices in picker.groups),
        earlier=picker.earlier and kept(picker.earlier),
        later=picker.later and kept(picker.later),
        chosen=tuple(map(kept, picker.chosen)),
        hidden={form: {**hidden, **fields} for form, hidden in picker.hidden.items()},
    )


def company_choices(
    companies: Sequence[tuple[int, str]], filters: Filters, fields: Mapping[str, str]
) -> tuple[Choice, ...]:
    """Companies, as (id, name), that the report can be narrowed to, each keeping `fields`, which are no filters."""
    found = (
        Choice(str(company), name, replace(filters, company_id=company).query(), company == filters.company_id)
        for company, name in companies
    )
    return tuple(_keeping(choice, fields) for choice in found)


def _keeping(choice: Choice, fields: Mapping[str, str]) -> Choice:
    if not fields:
        return choice
    return replace(choice, href=f"{choice.href}{'&' if choice.href else '?'}{urlencode(fields)}")


def _preset(name: str, filters: Filters) -> Choice:
    leads_to = replace(filters, period=name, start=None, end=None)
    return Choice(name, PERIOD_NAMES[name], leads_to.query(), name == filters.period, KEYS.get(name, ""))


def _beside(
    period: Mapping[str, Any], filters: Filters, today: date, facts: OrganizationFacts, *, is_later: bool
) -> Choice | None:
    """The range before or after the one in force, by its preset where it is one."""
    here = Period(period["name"], date.fromisoformat(period["start"]), date.fromisoformat(period["end"]))
    try:
        found = neighbour(here, is_later=is_later)
    except PeriodError:
        return None
    presets = (
        resolve_period(name, today, week_start=facts.week_start, fiscal_year_start=facts.fiscal_year_start)
        for name in CALENDAR
    )
    same = next((preset for preset in presets if (preset.start, preset.end) == (found.start, found.end)), found)
    dates = formats.span(found.start, found.end, today)
    name = dates if same.name == CUSTOM else f"{PERIOD_NAMES[same.name]}, {dates}"
    return Choice(same.name, name, filters.of_period(same).query(), is_chosen=False)


def _owners(owners: Sequence[tuple[int, str]], filters: Filters, confined_to: int | None = None) -> tuple[Choice, ...]:
    everyone = replace(filters, owner=None).query()
    if confined_to is not None:
        return (Choice("", "Your own numbers", everyone, is_chosen=True),)
    return (
        Choice("", "Everyone", everyone, filters.owner is None),
        *(_owner(str(owner), name, filters, owner) for owner, name in owners),
        _owner(NOBODY, NOBODY_NAME, filters, NOBODY),
    )


def _owner(value: str, name: str, filters: Filters, owner: int | str) -> Choice:
    return Choice(value, name, replace(filters, owner=owner).query(), owner == filters.owner)


def _teams(teams: Sequence[str], filters: Filters) -> tuple[Choice, ...]:
    if not teams:
        return ()
    all_of_them = Choice("", "All teams", replace(filters, team="").query(), filters.team == "")
    named = (
        Choice(team, team, replace(filters, team=team).query(), team.casefold() == filters.team.casefold())
        for team in teams
    )
    return (all_of_them, *named)


def _categories(categories: Sequence[tuple[int, str]], filters: Filters) -> tuple[Choice, ...]:
    if not categories:
        return ()
    all_of_them = Choice("", "All categories", replace(filters, category_id=None).query(), filters.category_id is None)
    named = (
        Choice(str(category), name, replace(filters, category_id=category).query(), category == filters.category_id)
        for category, name in categories
    )
    return (all_of_them, *named)


def _chosen(filters: Filters, offers: Offers) -> tuple[Choice, ...]:
    """What the report is narrowed to, each with the way back to the whole; the owner is seen in the bar already."""
    categories = dict(offers.categories)
    found = []
    if filters.team:
        found.append(Choice("team", f"Team {filters.team}", replace(filters, team="").query(), is_chosen=True))
    if filters.company_id is not None:
        name = offers.company or f"Company {filters.company_id}"
        found.append(Choice("company", name, replace(filters, company_id=None).query(), is_chosen=True))
    if filters.category_id is not None:
        name = categories.get(filters.category_id, f"Category {filters.category_id}")
        found.append(Choice("category", name, replace(filters, category_id=None).query(), is_chosen=True))
    return tuple(found)


def _without(filters: Filters, *names: str) -> dict[str, str]:
    return {name: value for name, value in filters.fields().items() if name not in names}


def _span(period: Mapping[str, Any], today: date) -> str:
    return formats.span(date.fromisoformat(period["start"]), date.fromisoformat(period["end"]), today)
