"""Open deals in groups, by stage or by month: the rows of a table, and the largest group in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from partner_portal.web.view import formats
from partner_portal.web.view.figures import Figure, Figures

Entry = Mapping[str, Any]
"""A group as the document has it, with its `count` and its `amount`."""


@dataclass(frozen=True)
class AmountRow:
    """One group of open deals; `weighted` is None where the document doesn't weigh it."""

    label: str
    count: Figure
    amount: Figure
    weighted: Figure | None = None


def amount_row(figures: Figures, label: str, place: str, *, is_weighted: bool = True) -> AmountRow:
    """The group at `place` of the document as a row called `label`."""
    return AmountRow(
        label,
        figures.count(f"{place}.count"),
        figures.money(f"{place}.amount"),
        figures.money(f"{place}.weighted_amount") if is_weighted else None,
    )


def worth(entry: Entry, key: str = "amount") -> float:
    """The amount of a group as a chart draws it."""
    return float(Decimal(entry[key]))


def largest(entries: Sequence[Entry]) -> Entry | None:
    """The group with the largest amount; None where there is none with any."""
    found = max(entries, key=worth, default=None)
    return found if found is not None and worth(found) else None


def in_words(entry: Entry, currency: str) -> str:
    """What a group is worth: "$600,000, 38 deals"."""
    return f"{formats.money(entry['amount'], currency)}, {formats.counted(entry['count'], 'deal')}"
