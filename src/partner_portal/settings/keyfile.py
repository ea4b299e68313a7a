"""Keys that the portal makes for itself: one private file each, in the data directory."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from partner_portal.lib.redaction import KNOWN

SECRET_KEY_FILE = "secret.key"  # noqa: S105 - a file name
VAULT_KEY_FILE = "vault.key"


def read_or_make(path: Path, make: Callable[[], str]) -> str:
    """The text kept in `path`; where there is none yet, that of `make`, kept with mode 600.

    Two processes that start together agree: the file is written aside and linked into place, which succeeds once.
    """
    try:
        return _kept(path)
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(make() + "\n")
        _link_once(aside, path)
    finally:
        aside.unlink()
    return _kept(path)


def _kept(path: Path) -> str:
    key = path.read_text(encoding="ascii").strip()
    KNOWN.add(key)
    return key


def _link_once(aside: Path, path: Path) -> None:
    try:
        path.hardlink_to(aside)
    except FileExistsError:
        return  # another process was first; its key is the one
