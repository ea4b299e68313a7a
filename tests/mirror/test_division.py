"""Every row once, whatever the ids are and whatever is inserted meanwhile; and few requests more than pages."""

from __future__ import annotations

import math
import random
from bisect import bisect_right, insort

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partner_portal.mirror.division import FRUITLESS_BORNE, PAGES_PER_FRUITLESS, Division, Span

READERS = 3


class Table:
    """Ids in order, handed out by pages as Autotask does, to readers that answer in lockstep or out of turn."""

    def __init__(self, ids: list[int], page_size: int) -> None:
        self.ids = sorted(ids)
        self.page_size = page_size
        self.came: list[int] = []
        self.requests = 0
        self.rounds = 0
        self.highest = 0

    def page(self, after: int | None, upto: int | None) -> tuple[list[int], bool]:
        """A page, and whether a next one would follow."""
        start = 0 if after is None else bisect_right(self.ids, after)
        end = len(self.ids) if upto is None else bisect_right(self.ids, upto)
        return self.ids[start : min(end, start + self.page_size)], end - start > self.page_size

    def read(self, division: Division, *, total: int | None, chance: random.Random | None = None, inserts: int = 0):
        """Read everything; without `chance` all answers of a round come together."""
        under_way: list[tuple[Span, list[int], bool]] = []
        while not division.is_over:
            while len(under_way) < READERS and (span := division.next()) is not None:
                under_way.append((span, *self.page(span.after, span.upto)))
                self.requests += 1
            self.highest = max(self.highest, len(under_way))
            assert under_way, "nobody reads, and not everything has come"
            self.rounds += 1
            if chance is not None:
                chance.shuffle(under_way)
            answered = len(under_way) if chance is None else 1
            for span, ids, has_more in under_way[:answered]:
                self._answer(division, span, ids, has_more)
            del under_way[:answered]
            division.total = total
            division.is_counted = True
            if chance is not None and inserts and chance.random() < 0.5:
                inserts -= 1
                insort(self.ids, self.ids[-1] + chance.randrange(1, 50) if self.ids else 7)

    def _answer(self, division: Division, span: Span, ids: list[int], has_more: bool) -> None:
        kept = ids if span.upto is None else [i for i in ids if i <= span.upto]
        is_last = not has_more or len(kept) < len(ids) or (span.upto is not None and ids[-1] >= span.upto)
        self.came += kept
        division.took(span, (kept[0], kept[-1]) if kept else None, len(kept), is_last=is_last)


def dense(n: int) -> list[int]:
    return list(range(1, n + 1))


def gappy(n: int, seed: int = 1) -> list[int]:
    chance, last, ids = random.Random(seed), 30_000_000, []
    for _ in range(n):
        last += 1 if chance.random() < 0.8 else chance.randrange(2, 9)
        ids.append(last)
    return ids


def clustered(n: int) -> list[int]:
    return [cluster * 10**9 + i for cluster in range(1, 11) for i in range(n // 10)]


def thin_then_thick(n: int) -> list[int]:
    return [i * 10**6 for i in range(1, 601)] + [10**12 + i for i in range(n - 600)]


def thick_then_thin(n: int) -> list[int]:
    return [*range(n - 600), *(10**12 + i * 10**6 for i in range(600))]


@st.composite
def id_sets(draw: st.DrawFn) -> list[int]:
    """Runs of ids, each with a stride of its own, after gaps from none to enormous."""
    ids, last = [], draw(st.integers(-1, 10))
    for _ in range(draw(st.integers(0, 5))):
        last += draw(st.sampled_from([1, 2, 50, 10**4, 10**9, 10**15]))
        stride = draw(st.sampled_from([1, 1, 2, 7, 1_000, 10**10]))
        for _ in range(draw(st.integers(1, 60))):
            ids.append(last)
            last += stride
    return ids


@given(ids=id_sets(), page_size=st.integers(1, 12), seed=st.integers(0, 10**6), inserts=st.integers(0, 8))
@settings(max_examples=150, deadline=None)
def test_every_row_that_was_there_comes_exactly_once(ids, page_size, seed, inserts) -> None:
    table, chance = Table(ids, page_size), random.Random(seed)
    total = chance.choice([None, len(ids), len(ids), len(ids), len(ids) // 2, 3 * len(ids)])
    table.read(Division(page_size, READERS), total=total, chance=chance, inserts=inserts)
    assert len(table.came) == len(set(table.came))
    assert set(ids) <= set(table.came) <= set(table.ids)
    assert table.highest <= READERS
    pages = math.ceil(len(table.ids) / page_size)
    fruitless = FRUITLESS_BORNE + 1 + table.requests // PAGES_PER_FRUITLESS
    assert table.requests <= 3 * pages + fruitless + READERS + 1


@pytest.mark.parametrize("ids", [dense(60_000), gappy(60_000), gappy(79_000, 2), dense(20_000), gappy(50_000, 3)])
def test_three_readers_are_busy_to_the_end_at_the_cost_of_few_requests(ids: list[int]) -> None:
    table = Table(ids, 500)
    table.read(Division(500, READERS), total=len(ids))
    pages = math.ceil(len(ids) / 500)
    assert sorted(table.came) == ids
    assert table.rounds <= math.ceil(pages / READERS) + 2
    assert table.requests <= pages + 4


@pytest.mark.parametrize("shape", [clustered, thin_then_thick, thick_then_thin])
def test_ids_that_lie_unevenly_are_divided_too(shape) -> None:
    table = Table(shape(60_000), 500)
    table.read(Division(500, READERS), total=60_000)
    assert sorted(table.came) == table.ids
    assert table.rounds <= 40 + 6
    assert table.requests <= 120 + 10


def test_what_fits_a_page_costs_one_request() -> None:
    for ids in ([], [0], dense(500)):
        table = Table(ids, 500)
        table.read(Division(500, READERS), total=len(ids))
        assert (table.requests, table.came) == (1, ids)


def test_without_a_total_one_reader_reads_on() -> None:
    table = Table(dense(5_000), 500)
    table.read(Division(500, READERS), total=None)
    assert (table.requests, table.highest, table.came) == (10, 1, table.ids)


def test_the_last_span_has_no_end() -> None:
    division = Division(500, READERS)
    first = division.next()
    assert first is not None
    division.total, division.is_counted = 10_000, True
    division.took(first, (1, 500), 500, is_last=False)
    spans = [division.next() for _ in range(READERS)]
    assert None not in spans
    ends = sorted((span.after, span.upto) for span in spans if span is not None and span.upto is not None)
    assert len(ends) == 2
    assert ends[0][1] == ends[1][0]
    assert [span.after for span in spans if span is not None and span.upto is None] == [ends[1][1]]


def test_while_rows_are_counted_a_full_page_is_taken_to_be_followed_by_two() -> None:
    division = Division(500, READERS)
    first = division.next()
    assert first is not None
    assert division.next() is None
    division.took(first, (1, 500), 500, is_last=False)
    lower, upper = division.next(), division.next()
    assert lower is not None
    assert upper is not None
    assert (lower.after, lower.upto, upper.after, upper.upto) == (500, upper.after, lower.upto, None)
    assert 500 + 450 <= upper.after < 500 + 500
    assert division.next() is None


def test_where_no_count_can_be_had_nothing_is_divided() -> None:
    division = Division(500, READERS)
    first = division.next()
    assert first is not None
    division.is_counted = True
    division.took(first, (1, 500), 500, is_last=False)
    assert division.next() is first
    assert division.next() is None
