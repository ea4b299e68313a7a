"""How the ids of a large entity are divided among readers, decided from what the pages told: no clock, no network.

Autotask hands pages out in order of ids only, and ids have gaps that nobody knows beforehand. So the first page is
read, its density and the count say where the rest should lie, and every reader that has nothing to do takes part of
the largest piece that is left:

    span under way   (after ............................ upto]
    becomes          (after ....... middle] (middle ... upto]

A wrong guess costs a short page, never a row: a piece ends where the next one begins, whatever lies there, and the
last one has no end.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import sqrt

HIGHEST_ID = 2**63 - 1

FRESH = 0.4
"""How much of a span's density comes from its last page; what lies further back tells less."""

WAVERING = 0.08
"""By how much the ids of one page are expected to differ from the estimate, as a share of the page."""

FORESEEN_PAGES = 2
"""How many pages are taken to follow the first while the rows are being counted: one for each thread left."""

FRUITLESS_BORNE = 4
PAGES_PER_FRUITLESS = 8
"""Guesses that may bring nothing: a few, and one more for so many pages read."""


@dataclass(eq=False)
class Span:
    """The rows with ids above `after` (None: from the first) up to `upto` (None: no end); one reader's at a time.

    `density` is rows per id, None before a page told.
    """

    after: int | None = None
    upto: int | None = None
    density: float | None = None
    is_under_way: bool = False
    is_done: bool = False
    is_guess: bool = field(default=False, repr=False)


class Division:
    """The spans of one entity. `total` is Autotask's count of its rows, None as long as it is not known.

    While it is still being counted (`is_counted` False), a full first page is taken to be followed by two more, so
    that the count has no need to be waited for. Where no count can be had nothing is divided.
    """

    def __init__(self, page_size: int, readers: int = 3) -> None:
        self.total: int | None = None
        self.is_counted = False
        self.pages = 0
        self._page_size = page_size
        self._readers = readers
        self._seen = 0
        self._fruitless = 0
        self._spans = [Span()]

    @property
    def is_over(self) -> bool:
        """Whether every row has come."""
        return not self._spans

    def next(self) -> Span | None:
        """The span whose next page should be asked for now; None when whoever asks has to wait for others' pages."""
        span = next((span for span in self._spans if not span.is_under_way), None) or self._split()
        if span is not None:
            span.is_under_way = True
        return span

    def took(self, span: Span, ids: tuple[int, int] | None, rows: int, *, is_last: bool) -> None:
        """A page of `span` came with `rows` rows from the first to the second of `ids`; `is_last` when it ended it."""
        self.pages += 1
        self._seen += rows
        span.is_under_way = False
        if ids is None:
            self._fruitless += span.is_guess
        else:
            span.after = ids[1]
            if ids[1] > ids[0]:
                found = (rows - 1) / (ids[1] - ids[0])
                span.density = found if span.density is None else FRESH * found + (1 - FRESH) * span.density
        span.is_guess = False
        if is_last:
            span.is_done = True
            self._spans.remove(span)

    def _split(self) -> Span | None:
        """Part of the span with most rows left, as a span of its own."""
        if self._fruitless > FRUITLESS_BORNE + self.pages // PAGES_PER_FRUITLESS:
            return None
        left = self._rows_left()
        for span in sorted(left, key=lambda span: left[span], reverse=True):
            middle = self._middle(span, left[span])
            if middle is not None:
                upper = Span(middle, span.upto, span.density, is_guess=True)
                span.upto = middle
                self._spans.append(upper)
                return upper
        return None

    def _middle(self, span: Span, rows: float) -> int | None:
        """Where to cut `span`: whole pages stay below, of which one is under way; None where cutting gains nothing."""
        surely = self._page_size * (1 + WAVERING)
        if rows <= surely or span.after is None or not span.density:
            return None
        fair = self._unread() / self._readers
        kept_pages = max(1, round(min(rows / 2, fair) / self._page_size))
        # A little less than whole pages, since a rest of few rows would cost a request as well.
        kept = self._page_size * (kept_pages - WAVERING * sqrt(kept_pages))
        end = HIGHEST_ID if span.upto is None else span.upto
        middle = span.after + max(1, int(min(kept / span.density, HIGHEST_ID)))
        if middle >= end:
            if span.upto is None:
                return None
            # Thinner here than it must be further up: cut by ids alone.
            middle = span.after + int((end - span.after) * kept / max(rows, kept))
        return middle if span.after < middle < end else None

    def _unread(self) -> int:
        """How many rows should still come."""
        if self.total is not None:
            return max(0, self.total - self._seen)
        # Nearly two pages, so that the second is not divided in its turn.
        return 0 if self.is_counted else round(FORESEEN_PAGES * (1 - WAVERING) * self._page_size)

    def _rows_left(self) -> dict[Span, float]:
        """How many rows each span should have left: by its density if it has an end, the last one what remains."""
        unread = self._unread()
        left: dict[Span, float] = {}
        last = None
        for span in self._spans:
            if span.upto is None:
                last = span
            else:
                left[span] = (span.density or 0.0) * (span.upto - (span.after or 0))
        ended = sum(left.values())
        if last is not None and ended <= unread:
            left[last] = unread - ended
        elif ended:
            # Too many, or too few without a last span to hold the rest: in proportion.
            left = {span: rows * unread / ended for span, rows in left.items()}
        return left
