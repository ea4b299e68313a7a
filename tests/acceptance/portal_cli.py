"""The `portal` command as a user runs it: a process of its own, with a data directory of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH")


@dataclass(frozen=True)
class Portal:
    """Runs commands against one data directory and one Autotask address."""

    data_dir: Path
    entry_url: str
    settings: dict[str, str]

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        own = {"PORTAL_DATA_DIR": str(self.data_dir), "PORTAL_AUTOTASK_ENTRY_URL": self.entry_url, "TZ": "Asia/Tokyo"}
        return inherited | own | self.settings

    def run(self, *command: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "partner_portal.cli", *command],
            env=self.environment,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def documents_by_owner(self, start: date, end: date, owners: list[int]) -> dict[int, dict[str, Any]]:
        """The report of each owner, as `document` gives it, in one process: starting one costs a second."""
        script = Path(__file__).with_name("one_report_per_owner.py")
        command = [sys.executable, script, start.isoformat(), end.isoformat(), *map(str, owners)]
        told = subprocess.run(
            command, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
        ).stdout
        found = []
        while told.strip():
            document, length = json.JSONDecoder().raw_decode(told.lstrip())
            told = told.lstrip()[length:]
            found.append(document)
        return dict(zip(owners, found, strict=True))

    def done(self, *command: str, stdin: str | None = None) -> str:
        """Run a command that must succeed; its standard output."""
        result = self.run(*command, stdin=stdin)
        assert result.returncode == 0, result.stderr
        return result.stdout

    def document(self, *options: str) -> dict[str, Any]:
        return json.loads(self.done("report", "--format", "json", *options))


NewPortal = Callable[[Path, str, dict[str, str]], Portal]
"""What the fixture `new_portal` is: makes the portal of a data directory, an Autotask address and settings."""
