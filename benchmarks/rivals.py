"""Packages to compare with, each in an environment of its own below .tools/."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

TOOLS = Path(__file__).resolve().parent.parent / ".tools"
LATER = ("python3.12", "python3.13", "python3.14")
"""Some packages want a later Python than we do."""


class NotInstalled(Exception):
    """The package cannot be had here; the message says why."""


def python_with(package: str) -> Path:
    """The interpreter of an environment that has `package`; made when it is not there yet.

    Raises `NotInstalled` with the reason of the last attempt.
    """
    folder = TOOLS / f"bench-{package}"
    ready, interpreter = folder / "ready", folder / "bin" / "python"
    if ready.exists():
        return interpreter
    reason = ""
    for python in _pythons():
        shutil.rmtree(folder, ignore_errors=True)
        install = [str(interpreter), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package]
        for command in ([python, "-m", "venv", str(folder)], install):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            if done.returncode:
                break
        else:
            ready.touch()
            return interpreter
    raise NotInstalled(reason)


def _pythons() -> list[str]:
    """Ours, then later ones: on the path, and beside ours where a version manager keeps them."""
    beside = Path(sys.base_prefix).parent.glob("*/bin/python3*")
    found = [shutil.which(name) or "" for name in LATER] + [str(path) for path in beside if path.name in LATER]
    return [sys.executable, *filter(None, found)]
