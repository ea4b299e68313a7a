"""Putting a backup in the place of the embedded stores, whole or not at all.

Everything is unpacked and checked beside the stores first; `replacing` then exchanges them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from partner_portal.bootstrap.backup import applied_migrations, rows_of
from partner_portal.bootstrap.backup_file import Manifest, check_proof, opened_backup, read_manifest, unpack
from partner_portal.bootstrap.replacing import LOCK, UNDER_WAY, Move, swap, undo
from partner_portal.bootstrap.stores import KEYS, PORTAL, STORES, WAREHOUSE, BackupRefused, alone
from partner_portal.bootstrap.tables import unknown_migrations
from partner_portal.vault.sealing import KeyMissing, Keyring
from partner_portal.warehouse.copies import is_owned
from partner_portal.warehouse.opening import open_warehouse

RESTORING = "restoring"


@dataclass(frozen=True)
class Restored:
    """What was restored, where the files lie that were there before (None: there were none), and which keys came."""

    manifest: Manifest
    earlier: Path | None
    keys: tuple[str, ...]


def restore(
    path: Path,
    data_dir: Path,
    *,
    keyring: Keyring | None,
    replacing: bool = False,
    unproven: bool = False,
    move: Move = os.replace,
) -> Restored:
    """Put the backup at `path` in the place of what `data_dir` holds.

    Without `replacing` a directory that holds a store is left as it is. Without `unproven` the backup must have been
    made with a key of `keyring`. Needs Django set up. Raises BackupRefused or WarehouseError, and then everything is as
    it was.
    """
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _undisturbed(data_dir):
        held = [name for name in STORES if (data_dir / name).exists()]
        if held and not replacing:
            raise BackupRefused(
                f"{data_dir} holds data already ({', '.join(held)}). Name an empty directory, or add --replace."
            )
        staged = data_dir / RESTORING
        shutil.rmtree(staged, ignore_errors=True)
        staged.mkdir(mode=0o700)
        try:
            manifest = _unpacked(path, staged, keyring, unproven=unproven)
            keys = _keep_keys(staged, data_dir)
            try:
                earlier = swap(data_dir, staged, move)
            except BackupRefused:
                for name in keys:
                    (data_dir / name).unlink()
                raise
        finally:
            shutil.rmtree(staged, ignore_errors=True)
        return Restored(manifest, earlier, keys)


@contextmanager
def _undisturbed(data_dir: Path) -> Iterator[None]:
    """Nobody else restores, no portal owns the warehouse, and none can start, as it would have to take the lock."""
    with alone(data_dir / LOCK, UNDER_WAY):
        undo(data_dir)
        if (data_dir / WAREHOUSE).exists() and is_owned(data_dir / WAREHOUSE):
            raise BackupRefused(f"A portal works with {data_dir}. Stop it first.")
        yield


def _unpacked(path: Path, staged: Path, keyring: Keyring | None, *, unproven: bool) -> Manifest:
    """Unpack the backup into `staged`, and look at every store in it."""
    with opened_backup(path) as packed:
        manifest = read_manifest(packed)
        if not unproven:
            _prove(lambda: check_proof(packed, keyring or _keyring_within()))
        _refuse_newer(manifest)
        unpack(packed, manifest, staged)
    for name, kept in manifest.files.items():
        if rows_of(staged / name) != kept.rows:
            raise BackupRefused(f"{name} in the backup does not hold the rows that its manifest names. Use another.")
    if sorted(applied_migrations(staged / PORTAL)) != sorted(manifest.migrations):
        raise BackupRefused(f"{PORTAL} in the backup is not of the version that its manifest names. Use another.")
    open_warehouse(str(staged / WAREHOUSE)).close()
    return manifest


def _keyring_within() -> Keyring:
    raise KeyMissing("There is no vault key here.")


def _prove(check: Callable[[], None]) -> None:
    try:
        check()
    except KeyMissing:
        raise BackupRefused(
            "The vault key that the backup was made with is not here, so nothing proves where it comes from. Put the "
            "key in place first (vault.key or PORTAL_VAULT_KEYS), or add --unproven if you trust the file."
        ) from None


def _refuse_newer(manifest: Manifest) -> None:
    missing = [name for name in (PORTAL, WAREHOUSE) if name not in manifest.files]
    if missing:
        raise BackupRefused(f"The backup holds no {missing[0]}. Use another one.")
    if newer := unknown_migrations(manifest.migrations):
        raise BackupRefused(
            f"The backup was made by a newer portal ({manifest.portal}; {newer[0]} is unknown here). Upgrade this one."
        )


def _keep_keys(staged: Path, data_dir: Path) -> tuple[str, ...]:
    """Put keys that came with the backup in place where there are none; those that are there stay."""
    taken = []
    for name in KEYS:
        if (staged / name).exists() and not (data_dir / name).exists():
            (staged / name).replace(data_dir / name)
            taken.append(name)
    return tuple(taken)
