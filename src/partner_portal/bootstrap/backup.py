"""Making a backup of the embedded stores, while the portal serves or not."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from uuid import uuid4

from partner_portal.bootstrap.backup_file import FORMAT, Kept, Manifest, check_whole, checksum, is_backup, write_backup
from partner_portal.bootstrap.jobs import DurableJobs
from partner_portal.bootstrap.snapshot import SNAPSHOTS, take_snapshot
from partner_portal.bootstrap.stores import KEYS, PORTAL, STORES, WAREHOUSE, BackupRefused, alone, settle
from partner_portal.usecases.parts import Parts
from partner_portal.vault.sealing import Keyring
from partner_portal.warehouse.copies import examine
from partner_portal.warehouse.store import WarehouseLocked

SESSION_TABLES = ("django_session", "usersessions_usersession", "cache_entries")
"""What would let whoever reads a backup take over somebody's session, and what log-ins are throttled by."""


@dataclass(frozen=True)
class Backup:
    """A backup that was made: where it lies, how large it is, and what it holds."""

    path: Path
    bytes: int
    manifest: Manifest


def back_up(
    parts: Parts,
    data_dir: Path,
    target: Path,
    *,
    keyring: Keyring,
    with_keys: bool = False,
    waiting: Callable[[], None] = lambda: None,
) -> Backup:
    """Write a backup of all stores of `data_dir` to `target`, a file or a folder; tell what it holds.

    Another process that owns the warehouse is asked to take the snapshot; `waiting` is called before. What was at
    `target` stays until the new backup is whole, checked and on the disk. Raises BackupRefused or WarehouseError.
    """
    path = _path_of(target, parts.clock.now())
    with _folder_for_snapshot(data_dir) as folder:
        try:
            take_snapshot(parts, data_dir, folder)
        except WarehouseLocked as locked:
            waiting()
            _ask_for_snapshot(folder.name, locked)
        _leave_sessions_out(folder / PORTAL)
        sources = {name: folder / name for name in STORES if (folder / name).exists()}
        if with_keys:
            sources |= {name: data_dir / name for name in KEYS if (data_dir / name).exists()}
        manifest = _manifest(sources, parts.clock.now())
        _write(path, manifest, sources, keyring)
    return Backup(path, path.stat().st_size, manifest)


def _path_of(target: Path, now: datetime) -> Path:
    if target.is_dir():
        return target / f"portal-{now:%Y%m%dT%H%M%SZ}.backup.zip"
    if target.exists() and not is_backup(target):
        raise BackupRefused(f"{target} is there already and is no backup. Name another file.")
    if not target.parent.is_dir():
        raise BackupRefused(f"There is no folder {target.parent}. Make it, or name another.")
    return target


@contextmanager
def _folder_for_snapshot(data_dir: Path) -> Iterator[Path]:
    """A private folder in the data directory, gone afterwards; those of backups that were killed go too."""
    snapshots = data_dir / SNAPSHOTS
    with alone(data_dir / "backup.lock", "Another backup is being made. Wait until it has ended."):
        shutil.rmtree(snapshots, ignore_errors=True)
        folder = snapshots / uuid4().hex
        folder.mkdir(mode=0o700, parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(snapshots, ignore_errors=True)


def _ask_for_snapshot(name: str, locked: WarehouseLocked) -> None:
    jobs = DurableJobs()
    try:
        problem = jobs.ask_for_snapshot(name)
    finally:
        jobs.close()
    if problem is None:
        raise BackupRefused(f"{locked} It takes no snapshots: wait until it has ended.")
    if problem:
        raise BackupRefused(f"The portal that runs could not take a snapshot: {problem}")


def _leave_sessions_out(path: Path) -> None:
    """Remove all sessions from the copy at `path`, so that nothing of them is left in the file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as copy:
        copy.execute("PRAGMA journal_mode = DELETE")
        for table in _tables(copy):
            if table in SESSION_TABLES:
                copy.execute(f'DELETE FROM "{table}"')  # noqa: S608 - a name of our own list
        copy.execute("VACUUM")


def _manifest(sources: dict[str, Path], now: datetime) -> Manifest:
    return Manifest(
        format=FORMAT,
        made_at=now.isoformat().replace("+00:00", "Z"),
        portal=version("partner-portal"),
        files={name: Kept(path.stat().st_size, checksum(path), rows_of(path)) for name, path in sources.items()},
        migrations=applied_migrations(sources[PORTAL]),
    )


def rows_of(path: Path) -> dict[str, int]:
    """How many rows each table of the store at `path` holds; a key has none.

    Raises BackupRefused or WarehouseError where the store is broken.
    """
    if path.name == WAREHOUSE:
        return examine(path)
    return _rows_of_sqlite(path) if path.name in STORES else {}


def _rows_of_sqlite(path: Path) -> dict[str, int]:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as copy:
            found = copy.execute("PRAGMA integrity_check").fetchall()
            if found != [("ok",)]:
                raise BackupRefused(f"{path.name} is damaged. Use an earlier backup.")
            return {
                table: copy.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608 - its own name
                for table in _tables(copy)
            }
    except sqlite3.DatabaseError as error:
        raise BackupRefused(f"{path.name} is damaged ({error}). Use an earlier backup.") from None


def applied_migrations(path: Path) -> list[tuple[str, str]]:
    """What Django's tables in the file at `path` have been brought up to."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as copy:
        return [(app, name) for app, name in copy.execute("SELECT app, name FROM django_migrations ORDER BY app, name")]


def _tables(copy: sqlite3.Connection) -> list[str]:
    listed = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
    return [name for (name,) in copy.execute(listed)]


def _write(path: Path, manifest: Manifest, sources: dict[str, Path], keyring: Keyring) -> None:
    try:
        descriptor, aside = tempfile.mkstemp(prefix=f".{path.name[:50]}.", dir=path.parent)
    except OSError as error:
        raise BackupRefused(f"The backup cannot be written: {error.strerror}: {path}.") from None
    os.close(descriptor)
    try:
        write_backup(Path(aside), manifest, sources, keyring)
        check_whole(Path(aside))
        Path(aside).replace(path)
        settle(path.parent)
    except OSError as error:
        raise BackupRefused(f"The backup cannot be written: {error.strerror}: {path}.") from None
    finally:
        with suppress(FileNotFoundError):
            Path(aside).unlink()
