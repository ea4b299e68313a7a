"""The `portal` command as a user runs it: a process of its own, with a data directory of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")


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

    def done(self, *command: str, stdin: str | None = None) -> str:
        """Run a command that must succeed; its standard output."""
        result = self.run(*command, stdin=stdin)
        assert result.returncode == 0, result.stderr
        return result.stdout

    def document(self, *options: str) -> dict[str, Any]:
        return json.loads(self.done("report", "--format", "json", *options))
