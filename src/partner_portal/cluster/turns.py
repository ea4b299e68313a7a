"""Turns that all processes of an installation share: one at a time for each key."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from partner_portal.cluster.keys import TURNS, key_of
from partner_portal.cluster.line import Line
from partner_portal.cluster.membership import ClusterUnreachable
from partner_portal.lib.turns import LONGEST_WAIT_SECONDS, NoTurn, Turns

LOOK_SECONDS = 0.05


class SharedTurns(Turns):
    """One at a time for each key, in whichever process; `name` keeps different turns apart.

    Whoever loses the line while having the turn goes on: another may then be at it as well, once.
    """

    def __init__(self, line: Line, name: str, longest_wait_seconds: float = LONGEST_WAIT_SECONDS) -> None:
        super().__init__(1, longest_wait_seconds)
        self._line = line
        self._name = name

    @contextmanager
    def turn(self, key: int) -> Iterator[None]:
        """Hold the turn of `key`; raises NoTurn when it does not come free in time, or nobody can tell."""
        until = time.monotonic() + self._longest_wait
        number = key_of(self._name, str(key))
        with super().turn(key):
            while not self._call("pg_try_advisory_lock", number):
                if time.monotonic() > until:
                    raise NoTurn
                time.sleep(LOOK_SECONDS)
            try:
                yield
            finally:
                with suppress(NoTurn):  # the lock went with the line
                    self._call("pg_advisory_unlock", number)

    def _call(self, function: str, number: int) -> bool:
        statement = f"SELECT {function}({TURNS}, {number})"
        try:
            [(is_done,)] = self._line.ask(lambda session: session.execute(statement.encode()).fetchall())
        except ClusterUnreachable:
            raise NoTurn from None
        return bool(is_done)
