"""Measuring side by side: the contenders take turns, and the median of each counts."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median


def side_by_side(contenders: dict[str, Callable[[], object]], rounds: int = 5) -> dict[str, float]:
    """The median seconds of each contender over `rounds` turns, after one that is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(rounds + 1):
        for name, contender in contenders.items():
            started = time.perf_counter()
            contender()
            if turn:
                seconds[name].append(time.perf_counter() - started)
    return {name: median(taken) for name, taken in seconds.items()}


def print_ratios(medians: dict[str, float], *, against: str, rows: int | None = None) -> None:
    """One line per contender: milliseconds, rows per second, ratio to `against`."""
    for name, seconds in medians.items():
        rate = f"{rows / seconds:>12,.0f} rows/s" if rows else ""
        print(f"  {name:<34}{seconds * 1000:>10.1f} ms{rate}{seconds / medians[against]:>9.2f} x {against}")
