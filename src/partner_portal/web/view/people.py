"""The table of owners: who did what in the period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from partner_portal.reports.heading import NOBODY
from partner_portal.web.view.figures import Figure, Figures
from partner_portal.web.view.filters import Filters

COLUMNS = (
    ("calls", "Calls"),
    ("outbound", "Out"),
    ("inbound", "In"),
    ("emails", "E-mails"),
    ("meetings", "Meetings"),
    ("appointments", "Appts"),
    ("won", "Won"),
)
NOBODY_NAME = "No owner"


@dataclass(frozen=True)
class OwnerRow:
    """One owner. `href` leads to this owner's page, from the page of all owners on; `width` is calls in percent of the
    most.
    """

    name: str
    href: str
    figures: Sequence[Figure]
    won_amount: Figure
    width: float


@dataclass(frozen=True)
class OwnerTable:
    """The rows in the document's order."""

    columns: Sequence[str]
    rows: Sequence[OwnerRow]


def owner_table(figures: Figures, filters: Filters) -> OwnerTable:
    """The owners of `figures`' document, which answers `filters`."""
    rows = figures.document["by_owner"]
    most = max((row["calls"] or 0 for row in rows), default=0) or 1
    own = replace(filters, owner=None).query()
    return OwnerTable(
        tuple(title for _, title in COLUMNS),
        tuple(
            OwnerRow(
                name=owner_name(row["owner"]),
                href=f"{owner_slug(row['owner'])}/{own}",
                figures=tuple(figures.count(f"by_owner.{index}.{key}") for key, _ in COLUMNS),
                won_amount=figures.money(f"by_owner.{index}.won_amount"),
                width=round(100 * (row["calls"] or 0) / most, 1),
            )
            for index, row in enumerate(rows)
        ),
    )


def owner_name(owner: Mapping[str, Any] | None) -> str:
    """How an owner is called; by the id where nobody knows the name."""
    if owner is None:
        return NOBODY_NAME
    return str(owner["name"] or f"Resource {owner['id']}")


def owner_slug(owner: Mapping[str, Any] | None) -> str:
    """An owner in addresses and filters: the id, or `nobody`."""
    return NOBODY if owner is None else str(owner["id"])
