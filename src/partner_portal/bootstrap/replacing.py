"""Exchanging the files of all stores for others, as one act that a crash cannot leave half done.

The old files are moved away and the new ones in. A list of the old ones, written before the first move, lets whoever
comes next undo an exchange that was cut off; it is done once the folder of the old ones has its lasting name.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from partner_portal.bootstrap.stores import STORES, BackupRefused, alone, files_of_stores, settle

LOCK = "restore.lock"
REPLACING = "replacing"
LISTED = "files.json"
UNDER_WAY = "A restore or a move is under way in the data directory. Wait until it has ended."

Move = Callable[[Path, Path], object]


def swap(data_dir: Path, staged: Path, move: Move) -> Path | None:
    """Put the stores of `staged` in the place of those of `data_dir`; tell where these lie now, None without any.

    Raises BackupRefused, and then everything is as it was. The caller holds LOCK.
    """
    old = [name for name in files_of_stores() if (data_dir / name).exists()]
    aside = data_dir / REPLACING
    aside.mkdir(mode=0o700)
    unlisted = aside / f"{LISTED}.new"
    unlisted.write_bytes(msgspec.json.encode(old))
    unlisted.replace(aside / LISTED)
    settle(aside)
    settle(data_dir)
    try:
        for name in old:
            move(data_dir / name, aside / name)
        for name in STORES:
            if (staged / name).exists():
                move(staged / name, data_dir / name)
        settle(data_dir)
    except OSError as error:
        undo(data_dir)
        raise BackupRefused(f"The files cannot be moved: {error.strerror}. Everything is as it was.") from None
    earlier = data_dir / f"replaced-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    aside.replace(earlier)
    settle(data_dir)
    (earlier / LISTED).unlink()
    if old:
        return earlier
    earlier.rmdir()
    return None


def undo_what_was_cut_off(data_dir: Path) -> None:
    """Bring back the stores that a restore had moved away when it was cut off; nothing to do nearly always.

    Raises BackupRefused while a restore is under way.
    """
    if (data_dir / LOCK).exists():
        with alone(data_dir / LOCK, UNDER_WAY):
            undo(data_dir)


def undo(data_dir: Path) -> None:
    """Bring the old files back where an exchange was cut off. The caller holds LOCK."""
    aside = data_dir / REPLACING
    if not aside.exists():
        return
    if (aside / LISTED).exists():
        old = msgspec.json.decode((aside / LISTED).read_bytes(), type=list[str])
        for name in files_of_stores():
            if (aside / name).exists():
                (aside / name).replace(data_dir / name)
            elif name not in old:
                (data_dir / name).unlink(missing_ok=True)
        settle(data_dir)
    shutil.rmtree(aside)
