"""Money as text: decimal, two places, no thousands separator, no currency sign."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal

CENT = Decimal("0.01")
_WIDE = Context(prec=60)


def money(amount: Decimal) -> str:
    """`amount` with exactly two decimals, halves rounded to the even cent: `1234.5` is "1234.50"."""
    rounded = amount.quantize(CENT, rounding=ROUND_HALF_EVEN, context=_WIDE)
    return format(rounded, "f") if rounded else "0.00"
