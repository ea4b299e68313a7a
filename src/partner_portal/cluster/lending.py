"""The threads that Autotask gives an API user on an entity, lent to the processes of an installation.

Each of an entity's threads is a session-level advisory lock. A process borrows as many as it can use when it first
needs them, keeps them while it uses them, and so asks the database nothing for the next page. It gives back
what it has not used for a while, and what another asks for that has none: one of several as soon as a request has
ended, its last one when it has had it for a while. Nobody waits for a lock inside the database, so nobody waits for
ever; and locks end with their process, however it ends.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from partner_portal.autotask.threads import Threads
from partner_portal.cluster.keys import THREADS, key_of
from partner_portal.cluster.line import CHANNEL, Line, Session

RETRY_SECONDS = 0.05
RETRY_WITH_SOME_SECONDS = 0.25
"""Between two tries to get what others have, with none of one's own and with some."""
REST_SECONDS = 0.2
"""For how long a process that gave one back takes no further one: longer than the others' tries are apart."""
TURN_SECONDS = 1.0
"""For how long a process may keep its last thread while another has none."""
IDLE_SECONDS = 1.0
"""After how long without a request threads are given back."""
AT_REST = float("inf")


@dataclass
class _Loan:
    """What this process has borrowed of an entity's threads: the numbers of its locks, and when what is due."""

    threads: Threads
    entity: str
    held: set[int] = field(default_factory=set)
    keep_until: float = 0.0
    try_at: float = 0.0
    ask_at: float = 0.0
    taken: int = 0
    idle_since: float = 0.0
    owed: int = 0
    is_asked_for: bool = False

    @property
    def name(self) -> str:
        """What it is called among the processes."""
        return str(key_of(self.threads.name, self.entity))

    @property
    def missing(self) -> list[int]:
        """The keys of the locks that it does not hold."""
        every = (key_of(self.threads.name, self.entity, str(number)) for number in range(self.threads.most))
        return [key for key in every if key not in self.held]


class LineLender:
    """Lends over a process's line. Everything but `want` and `returned` is done by the line's own thread."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._guard = threading.Lock()
        self._loans: dict[tuple[Threads, str], _Loan] = {}
        self._wanted: set[tuple[Threads, str]] = set()
        self._returned: list[tuple[Threads, str]] = []
        line.listen(self)

    def want(self, threads: Threads, entity: str) -> None:
        """Get what is lacking of `entity`'s threads, soon."""
        with self._guard:
            is_new = (threads, entity) not in self._wanted
            self._wanted.add((threads, entity))
        if is_new:
            self._line.start()
            self._line.wake()

    def returned(self, threads: Threads, entity: str) -> None:
        """Let another process have one thread of `entity`."""
        with self._guard:
            self._returned.append((threads, entity))
        self._line.wake()

    def line_is_up(self, session: Session) -> None:
        """Nothing is held yet; `tick` gets what is wanted."""

    def line_is_down(self) -> None:
        """The locks are gone: nothing may be sent before there are others."""
        with self._guard:
            loans, self._loans = self._loans, {}
            self._returned.clear()
            self._wanted.update(loans)
        for threads, entity in loans:
            threads.forget(entity)

    def heard(self, session: Session, words: str) -> None:
        """Another process has none of the threads that are called so."""
        for loan in self._loans.values():
            if loan.held and loan.name == words:
                loan.is_asked_for = True
                self._share(session, loan, time.monotonic())

    def tick(self, session: Session) -> float:
        """Give back, get, and tell when to look again."""
        now = time.monotonic()
        with self._guard:
            returned, self._returned = self._returned, []
            wanted, self._wanted = self._wanted, set()
        for threads, entity in wanted:
            self._loans.setdefault((threads, entity), _Loan(threads, entity))
        for key in returned:
            if key in self._loans:
                self._loans[key].owed -= 1
                self._give_back(session, self._loans[key], 1, now)
        return min([AT_REST, *(self._look_after(session, loan, now) for loan in list(self._loans.values()))])

    def _look_after(self, session: Session, loan: _Loan, now: float) -> float:
        use = loan.threads.use(loan.entity)
        if use.taken != loan.taken or use.under_way or use.waiting:
            loan.taken, loan.idle_since = use.taken, now
        lacking = min(use.lacking, loan.threads.most - use.lent)
        if lacking:
            if now >= loan.try_at:
                self._get(session, loan, lacking, now)
            return RETRY_SECONDS
        if loan.is_asked_for:
            self._share(session, loan, now)
            return RETRY_SECONDS
        if now - loan.idle_since < IDLE_SECONDS:
            return IDLE_SECONDS / 2
        while loan.threads.recall(loan.entity):
            pass
        self._give_back(session, loan, len(loan.held) - loan.threads.use(loan.entity).lent, now)
        if not loan.held:
            del self._loans[loan.threads, loan.entity]
        return IDLE_SECONDS / 2

    def _get(self, session: Session, loan: _Loan, count: int, now: float) -> None:
        """Borrow up to `count`; where there is not a single one, tell those who have some."""
        got = session.execute(
            "SELECT key FROM unnest(%s::integer[]) AS key WHERE pg_try_advisory_lock(%s, key) LIMIT %s",
            (loan.missing, THREADS, count),
        ).fetchall()
        if len(got) < count:  # others have the rest
            loan.try_at = now + (RETRY_WITH_SOME_SECONDS if loan.held else RETRY_SECONDS)
        if got:
            loan.keep_until = now + TURN_SECONDS if not loan.held else loan.keep_until
            loan.held.update(key for (key,) in got)
            loan.threads.lend(loan.entity, len(got))
        elif not loan.held and now >= loan.ask_at:
            loan.ask_at = now + TURN_SECONDS / 2
            session.execute("SELECT pg_notify(%s, %s)", (CHANNEL, loan.name))

    def _share(self, session: Session, loan: _Loan, now: float) -> None:
        """Let go of one of several at once, of the last one when its time is over."""
        left = len(loan.held) - loan.owed
        if left == 1 and now < loan.keep_until:
            return
        loan.is_asked_for = False
        if left < 1:
            return  # all are on their way back
        if loan.threads.recall(loan.entity):
            self._give_back(session, loan, 1, now)
        else:
            loan.owed += 1

    def _give_back(self, session: Session, loan: _Loan, count: int, now: float) -> None:
        """Release `count` locks that the process does not use any more."""
        keys = sorted(loan.held)[:count]
        if keys:
            session.execute("SELECT pg_advisory_unlock(%s, key) FROM unnest(%s::integer[]) AS key", (THREADS, keys))
            loan.held.difference_update(keys)
            loan.try_at = now + REST_SECONDS
