"""A demo portal in processes of its own, and what a page in the browser shows."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from partner_portal.cli.demo import EMAIL, PASSWORD

START_SECONDS = 90
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_demo(data_dir: Path, *options: str) -> Iterator[str]:
    """`portal demo` over an empty data directory; yields its address."""
    port = free_port()
    log = data_dir / "demo.log"
    environment = {**os.environ, "PORTAL_DATA_DIR": str(data_dir)}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "partner_portal.cli", "demo", "--port", str(port), *options],
            stdout=output,
            stderr=output,
            env=environment,
            start_new_session=True,
        )
        try:
            _wait(f"http://127.0.0.1:{port}/readyz", process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"The demo did not come up:\n{log.read_text('utf-8', 'replace')}")


def figure_of(document: dict[str, Any], path: str) -> Any:
    """The document's value at `path`: keys, list positions and the funnel's step keys, joined by dots."""
    value: Any = document
    for part in path.split("."):
        if isinstance(value, list):
            value = value[int(part)] if part.isdigit() else next(row for row in value if row["key"] == part)
        else:
            value = value[part]
    return value


def as_shown(value: Any) -> str:
    """A value as pages put it into `data-value`."""
    return "" if value is None else str(value)


def log_in(page: Page) -> None:
    """Log in on the login page with the demo's own account."""
    page.fill("input[name=login]", EMAIL)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/accounts/login" not in url)
