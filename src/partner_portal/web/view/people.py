"""The table of owners: who did what in the period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

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
NOBODY = "No owner"


@dataclass(frozen=True)
class OwnerRow:
    """One owner. `href` leads to this owner's report ("" for nobody); `width` is calls in percent of the most."""

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
    return OwnerTable(
        tuple(title for _, title in COLUMNS),
        tuple(
            OwnerRow(
                name=owner_name(row["owner"]),
                href=replace(filters, owner_id=row["owner"]["id"]).query() if row["owner"] else "",
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
        return NOBODY
    return str(owner["name"] or f"Resource {owner['id']}")
