"""How a figure moved against its comparison, in words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from partner_portal.web.view import formats
from partner_portal.web.view.figures import Figure

LARGEST_PERCENT = 999
"""Beyond this a change reads as a multiple ("12x"), because four-digit percentages say nothing."""


@dataclass(frozen=True)
class Change:
    """`direction` is up, down, flat or unknown; `previous` is the figure compared with; `reason` says why unknown."""

    text: str
    direction: str
    previous: Figure
    reason: str = ""


def change(now: Figure, previous: Figure, *, is_compared: bool) -> Change | None:
    """The relative change from `previous` to `now`; None without comparison, or when `now` is unknown."""
    if not (is_compared and now.is_known):
        return None
    if not previous.is_known:
        return Change(formats.UNKNOWN, "unknown", previous, "The range compared with is not known.")
    text, direction = _relative(Decimal(now.raw), Decimal(previous.raw))
    return Change(text, direction, previous)


def change_in_points(now: Figure, previous: Figure, *, is_compared: bool) -> Change | None:
    """The change between two rates, in percentage points; None without comparison, or when `now` is unknown."""
    if not (is_compared and now.is_known):
        return None
    if not previous.is_known:
        return Change(formats.UNKNOWN, "unknown", previous, "The range compared with has nothing to divide by.")
    points = (Decimal(now.raw) - Decimal(previous.raw)) * 100
    unit = "pt" if abs(points) == 1 else "pts"
    return Change(f"{_signed(points)} {unit}", _direction(points), previous)


def _relative(now: Decimal, previous: Decimal) -> tuple[str, str]:
    if now == previous:
        return "0%", "flat"
    if previous == 0:
        return "new", _direction(now)
    percent = (now - previous) / abs(previous) * 100
    if abs(percent) > LARGEST_PERCENT:
        return f"{formats.number(now / previous)}x", _direction(percent)
    return f"{_signed(percent)}%", _direction(percent)


def _direction(difference: Decimal) -> str:
    if difference == 0:
        return "flat"
    return "up" if difference > 0 else "down"


def _signed(difference: Decimal) -> str:
    """The difference with its sign, in whole numbers; below one in tenths, so that no change reads as nothing."""
    if difference == 0:
        return "0"
    sign = "+" if difference > 0 else formats.MINUS
    size = abs(difference)
    if size < Decimal("0.05"):
        return f"{sign}<0.1"
    return sign + formats.number(size, 1 if size < 1 else 0)
