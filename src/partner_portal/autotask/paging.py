"""Walking an entity page by page, by id.

Autotask answers in ascending id (API.md section 3), so "id greater than the last one seen" finds the next page
without following links: it can be taken up again anywhere, and rows inserted or deleted meanwhile shift nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from partner_portal.autotask.catalog import Record
from partner_portal.autotask.decoding import Page
from partner_portal.autotask.errors import MalformedAnswer
from partner_portal.autotask.filters import Condition, Filter, Op

R = TypeVar("R", bound=Record)

REPEATS_BORNE = 3
"""How many pages in a row may hold nothing new before the source is taken to be stuck."""


class Walk(Generic[R]):
    """Where one walk stands. Sends nothing: it says what to ask next and what of an answer is new."""

    def __init__(self, entity_path: str, page_size: int) -> None:
        self.is_done = False
        self._entity_path = entity_path
        self._page_size = page_size
        self._last: int | None = None
        self._repeats = 0

    def position(self) -> Filter:
        """The condition that the next page starts from. Company 0 is a real row, so the first asks from 0."""
        if self._last is None:
            return Condition("id", Op.GTE, 0)
        return Condition("id", Op.GT, self._last)

    def take(self, page: Page[R]) -> list[R]:
        """The rows of `page` that were not seen before; the walk moves behind them.

        The walk is over when no row came, or when no link follows a page that is not full. Raises
        `MalformedAnswer` for rows out of order, and for a source that answers with the same rows over and over.
        """
        new = self._unseen(page.rows)
        if new:
            self._last = new[-1].id
            self._repeats = 0
        elif page.rows:
            self._repeats += 1
            if self._repeats > REPEATS_BORNE:
                raise MalformedAnswer(self._entity_path, "the same rows come again and again")
        full = min(self._page_size, page.page_size or self._page_size)
        self.is_done = not page.rows or (page.next_url is None and len(page.rows) < full)
        return new

    def _unseen(self, rows: Sequence[R]) -> list[R]:
        new: list[R] = []
        previous: int | None = None
        last = self._last
        for row in rows:
            if previous is not None and row.id < previous:
                raise MalformedAnswer(self._entity_path, "the rows are not in ascending order of id")
            previous = row.id
            if last is None or row.id > last:
                new.append(row)
                last = row.id
        return new
