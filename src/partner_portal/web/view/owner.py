"""One person's page: who is beside, the rank among colleagues, and how the own open deals stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from partner_portal.reports.heading import NOBODY
from partner_portal.web.view.figures import Figure, Figures
from partner_portal.web.view.people import owner_name, owner_slug


@dataclass(frozen=True)
class Neighbour:
    """Somebody beside in the order of names; `slug` names the own page."""

    name: str
    slug: str


@dataclass(frozen=True)
class OpenLine:
    """Some of the open deals: how many, and their amount, None where the document has none."""

    name: str
    count: Figure | None
    amount: Figure | None


@dataclass(frozen=True)
class OwnerPage:
    """`rank` is "3rd of 12 by calls", "" where it is not to be told; `name` is the heading."""

    name: str
    rank: str
    earlier: Neighbour | None
    later: Neighbour | None
    open_deals: Sequence[OpenLine]
    cycle: Figure


def owner_page(figures: Figures, everybody: Mapping[str, Any], owner: int | str, known: str | None) -> OwnerPage:
    """The page of `owner`, a resource's id or `nobody`; `figures` are the own ones, `known` is the name in Autotask.

    `everybody` is the document of the same range that is not narrowed to one owner.
    """
    slug = str(owner)
    listed = (row["owner"] for row in everybody["by_owner"] if owner_slug(row["owner"]) == slug)
    name = owner_name(next(listed, None if owner == NOBODY else {"id": owner, "name": known}))
    earlier, later = _beside(everybody["by_owner"], slug, name)
    return OwnerPage(
        name=name,
        rank=_rank(everybody, slug),
        earlier=earlier,
        later=later,
        open_deals=_open_deals(figures),
        cycle=figures.days("pipeline.sales_cycle_days.median"),
    )


def _beside(rows: Sequence[Mapping[str, Any]], slug: str, name: str) -> tuple[Neighbour | None, Neighbour | None]:
    """Who comes before and after in the order of names, among those with a figure; what nobody owns is the last."""
    others = [Neighbour(owner_name(row["owner"]), owner_slug(row["owner"])) for row in rows]
    here = _place(Neighbour(name, slug))
    before = [other for other in others if _place(other) < here]
    after = [other for other in others if _place(other) > here]
    return max(before, key=_place, default=None), min(after, key=_place, default=None)


def _place(person: Neighbour) -> tuple[bool, str, str]:
    return person.slug == NOBODY, person.name.casefold(), person.slug


def _rank(everybody: Mapping[str, Any], slug: str) -> str:
    """The rank by calls, for who sees everybody; without calls there is none to tell."""
    if everybody["filters"]["confined_to"] is not None:
        return ""
    people = [row for row in everybody["by_owner"] if row["owner"] is not None]
    own = next((row["calls"] for row in people if owner_slug(row["owner"]) == slug), None)
    if not own or len(people) == 1:
        return ""
    ahead = sum(row["calls"] > own for row in people if row["calls"] is not None)
    return f"{ordinal(ahead + 1)} of {len(people)} by calls"


def ordinal(number: int) -> str:
    """1 is "1st", 12 is "12th", 23 is "23rd"."""
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _open_deals(figures: Figures) -> tuple[OpenLine, ...]:
    return (
        _line(figures, "Open", "open"),
        OpenLine("Weighted by probability", None, figures.money("pipeline.open.weighted_amount")),
        _line(figures, "Past their projected close", "overdue"),
        _line(figures, "Without a projected close", "unprojected"),
        _line(figures, "Stale", "stale"),
    )


def _line(figures: Figures, name: str, part: str) -> OpenLine:
    return OpenLine(name, figures.count(f"pipeline.{part}.count"), figures.money(f"pipeline.{part}.amount"))
