"""Copies of all embedded stores as they are at one instant, made by the process that owns the warehouse.

The warehouse's writers wait while the two SQLite files are looked at for the first time, some milliseconds; from then
on each copy is made out of a read transaction that began at that instant, beside everybody's reading and writing.
"""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path

from partner_portal.bootstrap.stores import JOBS, PORTAL, WAREHOUSE
from partner_portal.usecases.parts import Parts

SNAPSHOTS = "snapshots"
"""The folder of the data directory in which whoever asks for a snapshot makes a folder of their own for it."""
PATIENCE_SECONDS = 30


def take_snapshot(parts: Parts, data_dir: Path, folder: Path) -> None:
    """Copy every store of `data_dir` into `folder`, all as they are at one instant.

    Raises WarehouseLocked when another process owns the warehouse, WarehouseError when it cannot be copied.
    """
    with ExitStack() as held:
        sources: dict[str, sqlite3.Connection] = {}

        def begin_reading() -> None:
            for name in (PORTAL, JOBS):
                if (data_dir / name).exists():
                    sources[name] = held.enter_context(closing(_reading(data_dir / name)))

        parts.warehouse.copy_to(folder / WAREHOUSE, begin_reading)
        for name, source in sources.items():
            _copy(source, folder / name)


def _reading(path: Path) -> sqlite3.Connection:
    """A connection that sees the file as it is now for as long as it is open."""
    connection = sqlite3.connect(path, timeout=PATIENCE_SECONDS, isolation_level=None)
    connection.execute("BEGIN")
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    return connection


def _copy(source: sqlite3.Connection, target: Path) -> None:
    target.touch(mode=0o600)
    with closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
