"""A process among others over one PostgreSQL.

That it lives is a lock on its line. Times are measured by each process's own steady clock, never compared between
hosts: whoever loses its line leaves off everything `LEAVE_OFF_SECONDS` after the line was last known to be up, and
whoever sees the lock free waits `GRACE_SECONDS` before it believes that. So what a process held is taken over
only when it has certainly left it off, also where it lives and merely cannot reach the database.
"""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import Collection

from partner_portal.cluster.keys import MEMBERS, key_of
from partner_portal.cluster.line import Line, NotYet, Session

LEAVE_OFF_SECONDS = 8.0
GRACE_SECONDS = 15.0
"""Longer than `LEAVE_OFF_SECONDS` by the time that a sync takes to notice, and a slow machine's stumbling."""


def own_name() -> str:
    """A name that no other process has or had; operators can tell host and process by it."""
    return f"{socket.gethostname()[:24]}:{os.getpid()}:{secrets.token_hex(4)}"


class Member:
    """This process, as the others see it."""

    def __init__(self, name: str, line: Line) -> None:
        self.name = name
        self._line = line
        self._missed: dict[str, float] = {}
        line.listen(self)

    @property
    def is_lost(self) -> bool:
        """Whether the line has been down for so long that the others will soon take this process for dead."""
        return self._line.silent_seconds > LEAVE_OFF_SECONDS

    def join(self) -> None:
        """Take the lock that says that this process lives."""
        self._line.open()

    def leave(self) -> None:
        """Give the line up, and all that is held on it."""
        self._line.close()

    def lives(self, name: str) -> bool:
        """Whether somebody holds the lock of the process called `name`."""
        return not self._line.ask(lambda session: _unheld(session, [name]))

    def gone(self, names: Collection[str]) -> set[str]:
        """Those of `names` whose locks were found free for as long as `GRACE_SECONDS`."""
        others = sorted(set(names) - {self.name})
        unheld = self._line.ask(lambda session: _unheld(session, others)) if others else set()
        now = time.monotonic()
        self._missed = {name: self._missed.get(name, now) for name in unheld}
        return {name for name, since in self._missed.items() if now - since >= GRACE_SECONDS}

    def line_is_up(self, session: Session) -> None:
        """Take the lock; whoever was away may have missed that another came back."""
        [(is_taken,)] = session.execute("SELECT pg_try_advisory_lock(%s, %s)", (MEMBERS, key_of(self.name))).fetchall()
        if not is_taken:
            raise NotYet

    def line_is_down(self) -> None:
        """What was found missing must be found anew: at a restart of the server everybody's lock is free."""
        self._missed = {}

    def heard(self, session: Session, words: str) -> None:
        """Nothing that is said is about members."""

    def tick(self, session: Session) -> float:  # noqa: ARG002 (what every listener gets)
        """Nothing is ever due."""
        return float("inf")


def _unheld(session: Session, names: Collection[str]) -> set[str]:
    """Those of `names` whose locks nobody holds."""
    keys = {key_of(name) % 2**32: name for name in names}
    held = session.execute(
        "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2 "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND classid = %s",
        (MEMBERS,),
    ).fetchall()
    return set(keys.values()) - {keys[key] for (key,) in held if key in keys}
