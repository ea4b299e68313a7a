"""Print the path of a Chromium to test with; install one first where the machine has none.

An installed browser is taken first, then Debian's package (as root), then Playwright's own download.
Uses the standard library only, besides Playwright for the last.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
REMEDY = (
    "browser: no Chromium could be found or installed. "
    "Install Chromium or Google Chrome, or name one in PORTAL_TEST_BROWSER."
)


def installed() -> str | None:
    """A browser that is there already."""
    named = os.environ.get("PORTAL_TEST_BROWSER")
    if named:
        return named if Path(named).exists() else None
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def from_debian() -> str | None:
    """Debian's package, where we are root on such a system."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]):
        done = subprocess.run(step, env=environment, stdout=sys.stderr, check=False)
        if done.returncode:
            return None
    return installed()


def from_playwright() -> str | None:
    """Playwright's own build, downloaded into its cache."""
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    if subprocess.run(command, stdout=sys.stderr, check=False).returncode:
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def main() -> int:
    """Print the path, or say what to install."""
    path = installed() or from_debian() or from_playwright()
    if path is None:
        print(REMEDY, file=sys.stderr)
        return 1
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
