"""Finding the rows that only one side holds, by comparing counts of ever smaller ranges of ids; pure.

    blocks of our ids | search | questions, some at a time | answers | Located

Our ids are known, so a range is a run of blocks of them, and only Autotask must be asked how many ids it has there.
Where the counts differ the range is halved; the ids of a single block are read. d deletions among n rows so cost
about d log2(n / 500) small requests, and never more than twice as many as reading every id would.

A row gone and another one missing in the same range cancel each other out there and are not seen: that is what full
reads are for.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

BLOCK_ROWS = 500
"""Our rows in one block, the most that one page can settle."""

SIDE_BY_SIDE = 3
"""Questions asked at once: as many as Autotask answers side by side for one entity."""

PER_BLOCK = 2
"""From so many differing rows per block on, ids are read without halving further. Rows that went together, as those
of one customer do, are found by halving, which for rows spread evenly costs at most twice as much as reading."""

SMALL_LOSS = 50
LARGE_SHARE_PERCENT = 5
FEW_ROWS = 10


def most_removable(held: int) -> int:
    """How many of an entity's `held` rows may vanish at once before a person has to confirm.

    Lost rights look like mass deletion (API.md section 2): more than 50 rows and 5 % of all is too much, and so is
    everything, unless that is a handful.
    """
    usual = max(SMALL_LOSS, held * LARGE_SHARE_PERCENT // 100)
    return held if held < FEW_ROWS else min(usual, held - 1)


def mass_deletion_problem(gone: int, held: int) -> str:
    """The reason that people read when so many rows vanished that none is removed."""
    return (
        f"{gone} of {held} rows are gone from Autotask; they stay until somebody says so. "
        "Check the API user's rights, or confirm with portal sync --accept-deletions."
    )


@dataclass(frozen=True)
class Blocks:
    """Our ids up to `upto`, described by the last id of each full block and their number."""

    ends: tuple[int, ...]
    rows: int
    upto: int

    def __len__(self) -> int:
        """The number of blocks; the last one may be short or empty, and ends at `upto`."""
        return len(self.ends) + 1

    def span(self, first: int, last: int) -> tuple[int, int]:
        """The ids of the blocks from `first` to before `last`: above the one, up to the other."""
        return (-1 if first == 0 else self.ends[first - 1]), (self.ends[last - 1] if last < len(self) else self.upto)

    def held(self, first: int, last: int) -> int:
        """How many rows of ours these blocks hold."""
        return (self.rows if last == len(self) else last * BLOCK_ROWS) - first * BLOCK_ROWS


@dataclass(frozen=True)
class CountOf:
    """How many ids above `after` and up to `upto` does Autotask hold? The answer is an integer."""

    after: int
    upto: int


@dataclass(frozen=True)
class IdsOf:
    """Which ids does only one of us hold above `after` and up to `upto`? The answer is (only ours, only theirs)."""

    after: int
    upto: int


Question = CountOf | IdsOf
OneSided = tuple[Sequence[int], Sequence[int]]
Answer = int | OneSided


@dataclass
class Located:
    """Ids that only we hold, and ids that only Autotask holds. Not `whole` when questions had run out."""

    gone: list[int] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
    whole: bool = True


@dataclass(frozen=True)
class _Range:
    """A run of blocks in which the counts differ."""

    first: int
    last: int
    ours: int
    theirs: int

    @property
    def blocks(self) -> int:
        return self.last - self.first

    @property
    def difference(self) -> int:
        return abs(self.ours - self.theirs)

    @property
    def requests(self) -> int:
        """What reading its ids costs; where Autotask has none, one request tells."""
        return self.theirs // BLOCK_ROWS + 1

    def is_to_read(self, requests_left: float) -> bool:
        """Whether to read its ids: so much differs that nearly every block would have to be read, or it is one."""
        is_everywhere = self.difference >= PER_BLOCK * self.blocks or self.theirs == 0
        return self.blocks == 1 or (is_everywhere and self.requests <= requests_left)


Search = Generator[Sequence[Question], Sequence[Answer], Located]


def search(blocks: Blocks, theirs: int, *, most_requests: int | None = None) -> Search:
    """Locate what differs where Autotask counts `theirs` ids up to `blocks.upto`.

    Yields questions that can be asked side by side and takes their answers in the same order. At most
    `most_requests` requests are spent, on the ranges first that differ the most per block.
    """
    located = Located()
    waiting = _Waiting()
    waiting.add(_Range(0, len(blocks), blocks.rows, theirs))
    left = math.inf if most_requests is None else float(most_requests)
    while waiting:
        turn = []
        for each in waiting.take(SIDE_BY_SIDE):
            reads = each.is_to_read(left)
            left -= each.requests if reads else 1
            turn.append((each, _question(blocks, each, reads=reads)))
        if left < 0:
            located.whole = False
            break
        answers = yield [question for _, question in turn]
        for (each, _), answer in zip(turn, answers, strict=True):
            if isinstance(answer, int):
                waiting.add_halves(blocks, each, answer)
            else:
                located.gone += answer[0]
                located.missing += answer[1]
    return located


def _question(blocks: Blocks, each: _Range, *, reads: bool) -> Question:
    after, upto = blocks.span(each.first, each.last if reads else _middle(each))
    return IdsOf(after, upto) if reads else CountOf(after, upto)


def _middle(each: _Range) -> int:
    return (each.first + each.last) // 2


class _Waiting:
    """Ranges to look into, those that differ the most per block first."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, _Range]] = []

    def __bool__(self) -> bool:
        return bool(self._heap)

    def add(self, each: _Range) -> None:
        """Take a range, unless its counts agree."""
        if each.difference:
            heappush(self._heap, (-each.difference / each.blocks, each.first, each))

    def add_halves(self, blocks: Blocks, each: _Range, theirs_below: int) -> None:
        """Take both halves of `each`; what is not below is above, unless rows went or came since."""
        middle = _middle(each)
        self.add(_Range(each.first, middle, blocks.held(each.first, middle), theirs_below))
        self.add(_Range(middle, each.last, blocks.held(middle, each.last), max(0, each.theirs - theirs_below)))

    def take(self, n: int) -> list[_Range]:
        """Up to `n` ranges."""
        return [heappop(self._heap)[2] for _ in range(min(n, len(self._heap)))]
