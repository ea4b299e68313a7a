"""Sparklines: the shape of a series as the points of a small SVG drawing, made on the server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 120
HEIGHT = 28
INSET = 2


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
    """Draw `values`, oldest first. None for fewer than two: a single point has no shape."""
    if len(values) < 2:
        return None
    highest = max(*values, 1)
    step = (WIDTH - 2 * INSET) / (len(values) - 1)
    points = [(INSET + index * step, _height(value, highest)) for index, value in enumerate(values)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    area = f"{INSET},{HEIGHT} {line} {WIDTH - INSET},{HEIGHT}"
    label = f"{title} per day: lowest {min(values)}, highest {max(values)}, latest {values[-1]}"
    return Sparkline(line, area, f"{points[-1][0]:.1f}", f"{points[-1][1]:.1f}", label)


def _height(value: int, highest: int) -> float:
    return HEIGHT - INSET - (HEIGHT - 2 * INSET) * value / highest
