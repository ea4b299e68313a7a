"""Measures of several web processes, told by whichever is asked."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from partner_portal.usecases.exposition import exposition

COUNTING = """
import os
from partner_portal.usecases.measures import LOGIN_FAILURES, REQUESTS_UNDER_WAY
LOGIN_FAILURES.inc(2)
REQUESTS_UNDER_WAY.inc()
os._exit(0)  # as a killed process ends: nothing is taken back
"""


@pytest.mark.slow
def test_what_all_processes_counted_is_added_up_and_the_dead_are_not_at_work(parts, tmp_path, monkeypatch):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    for _ in range(2):
        subprocess.run([sys.executable, "-c", COUNTING], env=dict(os.environ), check=True, timeout=60)
    told = exposition(parts).decode()
    assert "portal_login_failures_total 4.0" in told
    assert "portal_http_requests_running 1.0" not in told
    assert 'portal_queue_length{queue="sync"} 0.0' in told
    assert [file.name for file in tmp_path.glob("gauge_live*")] == []
