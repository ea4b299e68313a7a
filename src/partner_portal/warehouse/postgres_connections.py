"""Connections to PostgreSQL: a bounded number for each process, lost ones replaced, errors in one line."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from partner_portal.warehouse.engine import DEFECT
from partner_portal.warehouse.store import WarehouseError

Connection = psycopg.Connection[tuple[Any, ...]]

READERS, WRITERS, LANES, OWN_LANES = 12, 4, 8, 4
"""Connections that one process has at most: for reports, for short changes, for loads, for loads that share none."""
NO_WAIT_SECONDS = 0.001
WAIT_SECONDS = 15.0
"""How long somebody waits for a connection: longer than a server takes to restart."""
IDLE_SECONDS = 120.0

# Reports are too short for just-in-time compilation and for parallel workers to pay, and share the server with many.
_SESSION = "-c TimeZone=UTC -c search_path=pg_catalog -c jit=off -c work_mem=32MB -c max_parallel_workers_per_gather=0"
# A scan of a whole table, which the planner may prefer where it hopes to stop soon, reads other organizations' rows.
_READER = (
    f"{_SESSION} -c default_transaction_read_only=on -c default_transaction_isolation=repeatable\\ read "
    "-c enable_seqscan=off"
)


class Connections:
    """The connections of one process to one database. Safe to use from several threads."""

    def __init__(self, address: str) -> None:
        self._address = address
        self.readers = _pool(address, _READER, READERS)
        self.writers = _pool(address, _SESSION, WRITERS)
        self.lanes = Lanes(_pool(address, _SESSION, LANES + OWN_LANES))

    def check(self) -> None:
        """Raise `WarehouseError` with the server's own reason where it cannot be reached: who waits is not told it."""
        with translated():
            psycopg.connect(self._address).close()

    def close(self) -> None:
        """Close the idle connections; those in use are closed when given back."""
        self.lanes.close()
        for pool in (self.readers, self.writers):
            pool.close()


def _pool(address: str, options: str, most: int) -> ConnectionPool[Connection]:
    given = conninfo_to_dict(address).get("options")
    return ConnectionPool(
        address,
        min_size=0,
        max_size=most,
        timeout=WAIT_SECONDS,
        max_idle=IDLE_SECONDS,
        num_workers=1,
        check=ConnectionPool.check_connection,
        kwargs={"autocommit": True, "options": f"{given} {options}" if given else options},
        open=True,
    )


@contextmanager
def taken(pool: ConnectionPool[Connection]) -> Iterator[Connection]:
    """One connection for the caller alone, in autocommit; errors of the driver leave as `WarehouseError`."""
    with translated(), pool.connection() as connection:
        yield connection


@contextmanager
def spare(pool: ConnectionPool[Connection]) -> Iterator[Connection | None]:
    """As `taken`, but None where no connection is to be had at once."""
    with ExitStack() as stack:
        stack.enter_context(translated())
        try:
            connection = stack.enter_context(pool.connection(timeout=NO_WAIT_SECONDS))
        except PoolTimeout:
            yield None
            return
        yield connection


class Lane:
    """One connection that loads share: each has a temporary table of its own there, and takes turns."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.turn = threading.Lock()
        self.tables: set[str] = set()
        self.is_shared = True
        self.forsaken: deque[str] = deque()
        """Tables of loads that nobody ended, to be dropped by whoever comes next."""

    def drop(self, table: str) -> None:
        """Drop a table of a load that is over, and what it did ahead; whoever calls has the turn."""
        try:
            if not self.is_shared:
                self.connection.rollback()
            self.connection.execute(f'DROP TABLE IF EXISTS pg_temp."{table}"'.encode())
        except psycopg.Error:
            # The connection is gone and the table with it.
            self.connection.close()


class Lanes:
    """The connections of loads under way. A load never waits for one: when there are no more, it shares another's.

    Otherwise loads that hold one each could wait for each other for ever.
    """

    def __init__(self, pool: ConnectionPool[Connection]) -> None:
        self.encoding = threading.Lock()
        """Held by one load at a time while it writes rows: several only take the interpreter from the requests."""
        self._pool = pool
        self._guard = threading.Lock()
        self._lanes: list[Lane] = []
        self._coming = 0
        self._numbers = count(1)

    def take(self, table: str) -> tuple[Lane, str]:
        """A lane, and the name for a table like `table` in it; both must be given back."""
        self._drop_forsaken()
        with self._guard:
            name = f"{table}_{next(self._numbers)}"
            shared = [lane for lane in self._lanes if lane.is_shared]
            if shared and len(shared) + self._coming >= LANES:
                lane = min(shared, key=lambda lane: (lane.connection.closed, len(lane.tables)))
                lane.tables.add(name)
                return lane, name
            self._coming += 1
        try:
            with translated():
                lane = Lane(self._pool.getconn())
        finally:
            with self._guard:
                self._coming -= 1
        with self._guard:
            lane.tables.add(name)
            self._lanes.append(lane)
        return lane, name

    def keep_apart(self, lane: Lane) -> bool:
        """Leave `lane` to the one load that has it, for a transaction of its own; False where that cannot be had."""
        with self._guard:
            apart = sum(not each.is_shared for each in self._lanes)
            if len(lane.tables) == 1 and apart < OWN_LANES:
                lane.is_shared = False
            return not lane.is_shared

    def give_back(self, lane: Lane, table: str) -> None:
        """Drop the table, and give the connection back with its last one."""
        with lane.turn:
            lane.drop(table)
        self._take_off(lane, table)

    def _drop_forsaken(self) -> None:
        with self._guard:
            lanes = [lane for lane in self._lanes if lane.forsaken]
        for lane in lanes:
            while lane.forsaken and lane.turn.acquire(blocking=False):
                table = lane.forsaken.popleft()
                try:
                    lane.drop(table)
                finally:
                    lane.turn.release()
                self._take_off(lane, table)

    def _take_off(self, lane: Lane, table: str) -> None:
        with self._guard:
            lane.tables.discard(table)
            if lane.tables or lane not in self._lanes:
                return
            self._lanes.remove(lane)
        self._pool.putconn(lane.connection)

    def close(self) -> None:
        """Close the connections that no load holds."""
        self._pool.close()


@contextmanager
def translated() -> Iterator[None]:
    """Errors of the driver as `WarehouseError`, in one line with its remedy."""
    try:
        yield
    except PoolClosed as error:
        raise WarehouseError("The warehouse is closed. Open it again.") from error
    except PoolTimeout as error:
        raise WarehouseError(
            f"No connection to the PostgreSQL warehouse came free within {WAIT_SECONDS:.0f} s. Check that the server "
            "of DATABASE_URL runs and allows enough connections, or run more processes."
        ) from error
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        is_passing = isinstance(error, psycopg.OperationalError)
        remedy = "Check that the server of DATABASE_URL runs and has room." if is_passing else DEFECT
        raise WarehouseError(f"The PostgreSQL warehouse answered: {reason}. {remedy}") from error
