"""Walking an entity page by page, by id.

Autotask answers in ascending id (API.md section 3), so "id greater than the last one seen" finds the next page
without following links: it can be taken up again anywhere, and rows inserted or deleted meanwhile shift nothing.
"""

from __future__ import annotations

from operator import gt, lt
from typing import Generic, TypeVar

from partner_portal.autotask.catalog import Record
from partner_portal.autotask.decoding import Page
from partner_portal.autotask.errors import MalformedAnswer
from partner_portal.autotask.filters import Condition, Op

R = TypeVar("R", bound=Record)

REPEATS_BORNE = 3
"""How many pages in a row may hold nothing new before the source is taken to be stuck."""


class Walk(Generic[R]):
    """Where one walk stands. Sends nothing: it says what to ask next and what of an answer is new.

    It begins behind the id `after` and ends with the id `upto`, which may be brought nearer while a page is under
    way; without them it goes over the whole entity.
    """

    def __init__(self, entity_path: str, page_size: int, *, after: int | None = None, upto: int | None = None) -> None:
        self.is_done = False
        self.upto = upto
        self._entity_path = entity_path
        self._page_size = page_size
        self._last = after
        self._repeats = 0

    def bounds(self) -> tuple[Condition, ...]:
        """The conditions, all to hold, of the next page. Company 0 is a real row, so the first asks from 0."""
        start = Condition("id", Op.GTE, 0) if self._last is None else Condition("id", Op.GT, self._last)
        return (start,) if self.upto is None else (start, Condition("id", Op.LTE, self.upto))

    def take(self, page: Page[R]) -> list[R]:
        """The rows of `page` that were not seen before and belong to the walk; it moves behind them.

        The walk is over when no row came, when its last id was reached or passed, or when no link follows a page
        that is not full. Raises
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
        if self.upto is not None and page.rows and page.rows[-1].id >= self.upto:
            self.is_done = True
            new = [row for row in new if row.id <= self.upto]
        return new

    def _unseen(self, rows: list[R]) -> list[R]:
        ids = [row.id for row in rows]
        following = ids[1:]
        if all(map(lt, ids, following)) and (not ids or self._last is None or ids[0] > self._last):
            return rows  # as nearly always, and several times as fast as looking at each
        if any(map(gt, ids, following)):
            raise MalformedAnswer(self._entity_path, "the rows are not in ascending order of id")
        new: list[R] = []
        last = self._last
        for row in rows:
            if last is None or row.id > last:
                new.append(row)
                last = row.id
        return new
