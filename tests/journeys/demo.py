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

START_SECONDS = 240
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
    command = [sys.executable, "-m", "partner_portal.cli", "demo", "--port", str(port), *options]
    environment = {**os.environ, "PORTAL_DATA_DIR": str(data_dir)}
    with running_process(command, environment, data_dir / "demo.log", f"http://127.0.0.1:{port}") as address:
        yield address


@contextmanager
def running_process(command: list[str], environment: dict[str, str], log: Path, address: str) -> Iterator[str]:
    """A portal in a process of its own, once it is ready at `address`, which is yielded."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment, start_new_session=True)
        try:
            _wait(f"{address}/readyz", process, log)
            yield address
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
    """The document's value at `path`: keys, list positions and the funnel's step keys, joined by dots.

    A position such as 3-9 stands for all rows of a list from the one to the other, added up.
    """
    value: Any = document
    *steps, last = path.split(".")
    for part in steps:
        if not isinstance(value, list):
            value = value[part]
        elif "-" in part:
            first, end = map(int, part.split("-"))
            values = [row[last] for row in value[first : end + 1]]
            return None if None in values else sum(values)
        else:
            value = value[int(part)] if part.isdigit() else next(row for row in value if row["key"] == part)
    return value[last]


def as_shown(value: Any) -> str:
    """A value as pages put it into `data-value`."""
    return "" if value is None else str(value)


def log_in(page: Page, email: str = EMAIL, password: str = PASSWORD) -> None:
    """Log in on the login page, with the demo's own account unless told otherwise."""
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/accounts/login" not in url)
