"""The search for rows that only one side holds: it finds exactly those, and few questions do."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partner_portal.mirror.deletions import (
    BLOCK_ROWS,
    SIDE_BY_SIDE,
    Answer,
    Blocks,
    CountOf,
    Located,
    Question,
    most_removable,
    search,
)

PAGE = 500


def blocks_of(ours: Sequence[int], upto: int) -> Blocks:
    return Blocks(tuple(ours[BLOCK_ROWS - 1 :: BLOCK_ROWS]), len(ours), upto)


@dataclass
class Autotask:
    """Answers questions about two sets of ids, and adds up what that costs in requests."""

    ours: Sequence[int]
    theirs: Sequence[int]
    counts: int = 0
    pages: int = 0
    widest: int = 0
    asked: list[Question] = field(default_factory=list)

    def answer(self, question: Question) -> Answer:
        self.asked.append(question)
        ours, theirs = self._within(self.ours, question), self._within(self.theirs, question)
        if isinstance(question, CountOf):
            self.counts += 1
            return len(theirs)
        self.pages += len(theirs) // PAGE + 1
        return sorted(set(ours) - set(theirs)), sorted(set(theirs) - set(ours))

    def locate(self, *, most_requests: int | None = None) -> Located:
        upto = self.ours[-1] if self.ours else 0
        reached = self._within(self.theirs, CountOf(-1, upto))
        looking = search(blocks_of(self.ours, upto), len(reached), most_requests=most_requests)
        answers: list[Answer] = []
        try:
            questions = next(looking)
            while True:
                self.widest = max(self.widest, len(questions))
                answers = [self.answer(question) for question in questions]
                questions = looking.send(answers)
        except StopIteration as end:
            return end.value

    @property
    def requests(self) -> int:
        return self.counts + self.pages

    @staticmethod
    def _within(ids: Sequence[int], question: Question) -> Sequence[int]:
        return ids[bisect_right(ids, question.after) : bisect_right(ids, question.upto)]


def scattered(n: int, seed: int = 5) -> list[int]:
    """`n` ascending ids with gaps."""
    random = Random(seed)
    ids, last = [], -1
    for _ in range(n):
        last += random.randint(1, 4)
        ids.append(last)
    return ids


def without(ids: Sequence[int], gone: Iterable[int]) -> list[int]:
    gone = set(gone)
    return [each for each in ids if each not in gone]


worlds = st.builds(scattered, st.integers(1, 6_000), st.integers(0, 5))


@given(st.data(), worlds)
@settings(max_examples=60, deadline=None)
def test_exactly_the_deleted_rows_are_found(data: st.DataObject, ours: list[int]) -> None:
    gone = data.draw(st.sets(st.sampled_from(ours), max_size=60))
    autotask = Autotask(ours, without(ours, gone))
    located = autotask.locate()
    assert sorted(located.gone) == sorted(gone)
    assert located.missing == []
    assert located.whole
    assert autotask.widest <= SIDE_BY_SIDE


@given(st.data(), worlds)
@settings(max_examples=60, deadline=None)
def test_exactly_the_rows_that_we_lack_are_found(data: st.DataObject, theirs: list[int]) -> None:
    lacking = data.draw(st.sets(st.sampled_from(theirs), max_size=60)) - {theirs[-1]}
    located = Autotask(without(theirs, lacking), theirs).locate()
    assert sorted(located.missing) == sorted(lacking)
    assert located.gone == []


@given(st.data(), worlds)
@settings(max_examples=60, deadline=None)
def test_of_both_kinds_what_is_found_is_true_and_what_is_left_cancels_out(
    data: st.DataObject, everything: list[int]
) -> None:
    gone = data.draw(st.sets(st.sampled_from(everything), max_size=30)) - {everything[-1]}
    missing = data.draw(st.sets(st.sampled_from(everything), max_size=30)) - gone - {everything[-1]}
    ours, theirs = without(everything, missing), without(everything, gone)
    located = Autotask(ours, theirs).locate()
    assert set(located.gone) <= gone
    assert set(located.missing) <= missing
    assert len(located.gone) - len(located.missing) == len(gone) - len(missing)
    if len(ours) <= BLOCK_ROWS and len(ours) != len(theirs):
        assert (set(located.gone), set(located.missing)) == (gone, missing)


@given(st.integers(1, 200), st.integers(0, 100), st.integers(500, 40_000))
@settings(max_examples=40, deadline=None)
def test_d_deletions_among_n_rows_cost_d_log_n_and_never_much_more_than_reading_all(d: int, seed: int, n: int) -> None:
    ours = scattered(n)
    d = min(d, n)
    autotask = Autotask(ours, without(ours, Random(seed).sample(ours, d)))
    assert len(autotask.locate().gone) == d
    blocks = math.ceil(n / BLOCK_ROWS)
    assert autotask.requests <= 2 * d * (math.log2(blocks) + 1) + 2
    assert autotask.requests <= 2 * blocks + 2


def test_twenty_of_a_hundred_thousand_take_far_fewer_requests_than_a_sweep() -> None:
    ours = scattered(100_000)
    autotask = Autotask(ours, without(ours, Random(1).sample(ours, 20)))
    assert len(autotask.locate().gone) == 20
    assert autotask.requests < 150
    assert autotask.pages <= 30


def test_rows_gone_from_one_place_cost_next_to_nothing() -> None:
    ours = scattered(100_000)
    autotask = Autotask(ours, [*ours[:40_000], *ours[40_040:]])
    assert len(autotask.locate().gone) == 40
    assert autotask.requests <= 20


def test_where_nothing_is_left_one_request_tells() -> None:
    ours = scattered(50_000)
    autotask = Autotask(ours, [])
    assert sorted(autotask.locate().gone) == ours
    assert autotask.requests == 1


def test_where_counts_agree_nothing_is_asked() -> None:
    ours = scattered(2_000)
    autotask = Autotask(ours, ours)
    assert autotask.locate() == Located()
    assert autotask.requests == 0


@pytest.mark.parametrize("most", [1, 60, 150])
def test_what_a_run_may_spend_is_kept_to_and_the_next_ones_go_on(most: int) -> None:
    ours = scattered(60_000)
    gone = Random(2).sample(ours, 90)
    theirs = without(ours, gone)
    found = 0
    for _ in range(200):
        autotask = Autotask(ours, theirs)
        located = autotask.locate(most_requests=most)
        assert autotask.requests <= most
        assert set(located.gone) <= set(gone)
        found += len(located.gone)
        ours = without(ours, located.gone)
        if located.whole:
            break
        if most == 1:
            return
    assert found == len(gone)


def test_rows_that_go_during_the_search_do_not_break_it() -> None:
    ours = scattered(4_000)
    blocks = blocks_of(ours, ours[-1])
    looking = search(blocks, len(ours) - 4)
    questions = next(looking)
    # Fewer are below than were in all: what is above is then taken to be empty, and its ids will tell.
    while True:
        answers: list[Answer] = [len(ours) * 2 if isinstance(question, CountOf) else ([], []) for question in questions]
        try:
            questions = looking.send(answers)
        except StopIteration as end:
            located = end.value
            break
    assert located == Located()


@pytest.mark.parametrize(
    ("held", "most"),
    [(0, 0), (1, 1), (9, 9), (10, 9), (51, 50), (100, 50), (1_000, 50), (2_000, 100), (100_000, 5_000)],
)
def test_how_many_rows_may_vanish_without_a_question(held: int, most: int) -> None:
    assert most_removable(held) == most
