"""Reading side by side: what one question asks of the warehouse, in two lanes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from queue import Empty, SimpleQueue
from typing import Any

from partner_portal.reports.inquiry import Inquiry

Reading = Callable[[Inquiry], Any]


def side_by_side(inquiry: Inquiry, readings: Sequence[Reading]) -> list[Any]:
    """What each of `readings` finds, in their order, out of the one state that the inquiry's snapshot sees.

    Each lane takes the next as soon as it is done with one, so the longest should come first. The first error
    of either lane is raised when both have ended.
    """
    found: list[Any] = [None] * len(readings)
    waiting: SimpleQueue[int] = SimpleQueue()
    for place in range(len(readings)):
        waiting.put(place)

    def drive(lane: Inquiry) -> None:
        for place in _taken(waiting):
            found[place] = readings[place](lane)

    with inquiry.store.twin() as twin:
        if twin is None:
            drive(inquiry)
            return found
        with ThreadPoolExecutor(1, "report") as other:
            beside = other.submit(drive, replace(inquiry, store=twin))
            drive(inquiry)
            beside.result()
    return found


def _taken(waiting: SimpleQueue[int]) -> Iterator[int]:
    while True:
        try:
            yield waiting.get_nowait()
        except Empty:
            return
