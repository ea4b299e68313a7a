"""One round of `benchmarks.cluster`: kills, a restart of PostgreSQL, a cut network; all is right afterwards."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


def test_a_cluster_in_which_everything_fails_once_ends_with_equal_mirrors_and_whole_chains() -> None:
    options = ["--rounds", "1", "--organizations", "3", "--calm", "1"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.cluster", *options], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every round ended well" in done.stdout
