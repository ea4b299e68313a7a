"""What a store answered for a metric, in the type of its measure and as documents write it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from partner_portal.reports.metric import Measure, Metric, Unit
from partner_portal.reports.wire import NOTHING, amount_text

BY_PERCENT = "amount_by_percent"
"""The column that holds amount x probability: the stores divide decimals differently, so it is divided here."""


def value_of(metric: Metric, value: Any) -> int | Decimal | float | None:
    """A count as int, a sum as Decimal (of nothing: 0), a mean or median as float or None."""
    if metric.measure is Measure.COUNT:
        return int(value)
    if metric.measure is Measure.SUM:
        total = NOTHING if value is None else Decimal(value)
        return total / 100 if metric.column == BY_PERCENT else total
    return None if value is None else float(value)


def written(metric: Metric, value: Decimal | float | None) -> int | float | str | None:
    """The value in a document: money as decimal text."""
    return amount_text(Decimal(value)) if metric.unit is Unit.MONEY and value is not None else _number(value)


def _number(value: Decimal | float | None) -> int | float | None:
    return float(value) if isinstance(value, Decimal) else value
