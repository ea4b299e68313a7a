"""Sparklines: the shape of a series as the points of a small SVG drawing, made on the server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

WIDTH = 120
HEIGHT = 28
INSET = 2
WEEK = 7
MOST_DAYS = 92


@dataclass(frozen=True)
class Sparkline:
    """A line and the area under it, in a box of `width` x `height`; `label` says the same in words."""

    line: str
    area: str
    last_x: str
    last_y: str
    label: str
    width: int = WIDTH
    height: int = HEIGHT


def sparkline(values: Sequence[int], title: str) -> Sparkline | None:
    """Draw `values` per day, oldest first; of more than MOST_DAYS their sums by seven days, the first of fewer.

    None for fewer than two: a single point has no shape.
    """
    if len(values) < 2:
        return None
    unit = "day"
    if len(values) > MOST_DAYS:
        first = len(values) % WEEK
        cuts = [*([0] if first else []), *range(first, len(values), WEEK), len(values)]
        values, unit = [sum(values[cut:end]) for cut, end in pairwise(cuts)], "week"
    highest = max(*values, 1)
    step = (WIDTH - 2 * INSET) / (len(values) - 1)
    points = [(INSET + index * step, _height(value, highest)) for index, value in enumerate(values)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    area = f"{INSET},{HEIGHT} {line} {WIDTH - INSET},{HEIGHT}"
    label = f"{title} per {unit}: lowest {min(values)}, highest {max(values)}, latest {values[-1]}"
    return Sparkline(line, area, f"{points[-1][0]:.1f}", f"{points[-1][1]:.1f}", label)


def _height(value: int, highest: int) -> float:
    return HEIGHT - INSET - (HEIGHT - 2 * INSET) * value / highest
