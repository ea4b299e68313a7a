"""Moving an embedded installation into PostgreSQL: Django's tables, the audit log, the warehouse.

The old stores are only read, while nobody else can work with them. Jobs stay behind: what waits is asked for again by
the schedule. A move that was cut off at any point goes on where it was when it is asked for again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
from django.db import DatabaseError, transaction
from psycopg.conninfo import conninfo_to_dict

from partner_portal.accounts.actor import SHELL
from partner_portal.audit.events import StoreMoved
from partner_portal.audit.trail import record
from partner_portal.audit.verification import verify_chains
from partner_portal.bootstrap.moving_tables import carry_tables, make_tables, read_source
from partner_portal.bootstrap.moving_target import Carried, MoveRefused, Target, reached, reason_of
from partner_portal.bootstrap.replacing import LOCK, UNDER_WAY, undo
from partner_portal.bootstrap.stores import WAREHOUSE, alone
from partner_portal.lib.clock import Clock
from partner_portal.lib.redaction import KNOWN
from partner_portal.settings import declared
from partner_portal.warehouse.carrying import ROWS_AT_ONCE, Content, WarehouseFile, content_in, empty, take
from partner_portal.warehouse.opening import open_warehouse
from partner_portal.warehouse.tables import TABLES, Table

Told = Callable[[str], None]


@dataclass(frozen=True)
class Move:
    """A move that is done: every table with its rows, which are the same on both sides.

    `earlier` is when it was done, where it was done before and nothing was left to do. `broken` says what is wrong with
    the audit log, here as there.
    """

    carried: list[Carried]
    earlier: datetime | None
    broken: list[str]


def move(data_dir: Path, address: str, clock: Clock, told: Told = lambda _: None) -> Move:
    """Carry all that `data_dir` holds into the empty PostgreSQL at `address`, and prove that it holds the same.

    Needs Django set up. `told` hears what is begun. Raises MoveRefused, BackupRefused or WarehouseError; a move that
    ended so, or that was cut off, goes on when it is asked for again.
    """
    check_address(address)
    with _undisturbed(data_dir) as file, read_source(data_dir) as identity, reached(address) as target:
        try:
            if earlier := target.begin(identity, clock.now()):
                return Move(target.carried(), earlier, [])
            told("Accounts, connections, secrets and the audit log ...")
            make_tables(target)
            open_warehouse(address).close()
            carry_tables(target)
            if file is not None:
                _carry_warehouse(file, target, told)
            broken = _broken_chains(target)
            _end(target, clock.now())
        except (psycopg.Error, DatabaseError) as error:
            raise MoveRefused(
                f"The target gave up: {reason_of(error)}. Run the same command again: it goes on from here."
            ) from None
        return Move(target.carried(), None, broken)


def check_address(address: str) -> None:
    """Raise MoveRefused for an address that Django and PostgreSQL's own library would not read alike."""
    refusal = MoveRefused(
        "The target must be postgresql://user:password@host:5432/name, with special characters of user and password "
        "percent-encoded."
    )
    try:
        parts = urlsplit(declared.database_address(address))
        KNOWN.add(unquote(parts.password or ""))
        read = conninfo_to_dict(address)
    except (ValueError, psycopg.ProgrammingError):
        raise refusal from None
    ours = (parts.username, parts.password, parts.path.lstrip("/"))
    theirs = [read.get(name) or "" for name in ("user", "password", "dbname")]
    if not address or theirs != [unquote(part or "") for part in ours]:
        raise refusal


@contextmanager
def _undisturbed(data_dir: Path) -> Iterator[WarehouseFile | None]:
    """The warehouse's file, None where there is none; no portal works with it, and none can start meanwhile."""
    if not data_dir.is_dir():
        raise MoveRefused(f"There is no directory {data_dir}. Name the installation's by PORTAL_DATA_DIR.")
    with alone(data_dir / LOCK, UNDER_WAY):
        undo(data_dir)
        path = data_dir / WAREHOUSE
        file = WarehouseFile(path) if path.exists() else None
        try:
            yield file
        finally:
            if file is not None:
                file.close()


def _carry_warehouse(file: WarehouseFile, target: Target, told: Told) -> None:
    for table in TABLES:
        told(f"{table.name} ...")
        _carry(file, target, table)


def _carry(file: WarehouseFile, target: Target, table: Table) -> None:
    """Bring `table` into the target; a second time from its beginning where what came is not what was sent."""
    content = file.content(table)
    for first in (target.place(table.address, content), None):
        with suppress(psycopg.IntegrityError):  # the rows lie in another order than before: some came twice
            _carry_from(first, content, file, target, table)
        with target.cursor() as cursor:
            if content_in(cursor, table) == content:
                return
    raise MoveRefused(f"{table.address} does not hold the same in the target. Try again, and report it if it stays.")


def _carry_from(first: int | None, content: Content, file: WarehouseFile, target: Target, table: Table) -> None:
    if first is None:
        with target.cursor() as cursor:
            empty(cursor, table)
            target.note(table.address, content, 0)
    end = file.end(table)
    for place in range(first or 0, end, ROWS_AT_ONCE):
        lines = file.lines(table, place)
        with target.cursor() as cursor:
            take(cursor, table, lines)
            target.note(table.address, content, min(place + ROWS_AT_ONCE, end))


def _broken_chains(target: Target) -> list[str]:
    with target.as_default():
        return [found.problem for found in verify_chains() if found.problem]


def _end(target: Target, now: datetime) -> None:
    """Note in the target's audit log that it was filled, and let it plan by what it holds."""
    with target.cursor() as cursor:
        cursor.execute("ANALYZE")
    with target.as_default(), transaction.atomic():
        carried = target.carried()
        record(StoreMoved(len(carried), sum(table.rows for table in carried)), SHELL, now)
        target.end(now)
