"""The embedded stores: the files of the data directory that hold everything a portal knows."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from partner_portal.settings.keyfile import SECRET_KEY_FILE, VAULT_KEY_FILE
from partner_portal.usecases.errors import UseCaseError

PORTAL = "portal.sqlite"
JOBS = "jobs.sqlite"
WAREHOUSE = "warehouse.duckdb"
STORES = (PORTAL, JOBS, WAREHOUSE)
KEYS = (VAULT_KEY_FILE, SECRET_KEY_FILE)

BESIDE = {
    PORTAL: ("-wal", "-shm", "-journal"),
    JOBS: ("-wal", "-shm", "-journal"),
    WAREHOUSE: (".wal",),
}
"""What a store writes beside its file and cannot do without."""


class BackupRefused(UseCaseError):
    """A backup or a restore that cannot be done. The message is one line and names the remedy."""


def files_of_stores() -> tuple[str, ...]:
    """The name of every file that belongs to a store, there or not."""
    return tuple(name for store in STORES for name in (store, *(f"{store}{ending}" for ending in BESIDE[store])))


@contextmanager
def alone(path: Path, refusal: str) -> Iterator[None]:
    """Hold the lock file at `path`, made where it is missing; raise BackupRefused with `refusal` while another does."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupRefused(refusal) from None
        yield
    finally:
        os.close(descriptor)


def settle(folder: Path) -> None:
    """Let the names in `folder` reach the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
