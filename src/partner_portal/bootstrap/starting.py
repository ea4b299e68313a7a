"""One at a time: what processes that start together must not do side by side, such as migrating."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from partner_portal.cluster.keys import START, key_of
from partner_portal.cluster.membership import ClusterUnreachable
from partner_portal.settings import declared

LOCK_FILE = "starting.lock"
LOOK_SECONDS = 0.1


@contextmanager
def one_at_a_time(what: str) -> Iterator[None]:
    """Be alone with `what`: on this machine by a file of the data directory, on PostgreSQL also among all machines.

    Whoever waits asks again and again, rather than inside one statement: that would hold a snapshot, which an index
    that is built concurrently would wait for, while its builder has the lock.
    """
    values = declared.current()
    descriptor = os.open(values[declared.DATA_DIR] / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if values[declared.DATABASE_URL]:
            with _alone_in(values[declared.DATABASE_URL], what):
                yield
        else:
            yield
    finally:
        os.close(descriptor)


@contextmanager
def _alone_in(address: str, what: str) -> Iterator[None]:
    try:
        session = psycopg.connect(address, autocommit=True, application_name="portal starting")
    except psycopg.OperationalError:
        raise ClusterUnreachable from None
    with session:
        while not _has_lock(session, key_of(what)):
            time.sleep(LOOK_SECONDS)
        yield


def _has_lock(session: psycopg.Connection[tuple[bool]], key: int) -> bool:
    [(is_taken,)] = session.execute("SELECT pg_try_advisory_lock(%s, %s)", (START, key)).fetchall()
    return is_taken
