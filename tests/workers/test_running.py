"""The whole machine: queue, jobs, stores and client in a process of their own, over a sandbox by HTTP."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET
from postgres import postgres_server, postgres_url
from sandboxes import served_sandbox

__all__ = ["postgres_server", "postgres_url"]

SCRIPT = Path(__file__).with_name("portal_process.py")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sandbox():
    with served_sandbox(1200) as app:
        yield app


@pytest.fixture
def environment(sandbox, tmp_path):
    sandbox.state.options.latency_seconds = 0.0
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "AUTOTASK_"))}
    return {**kept, "PORTAL_DATA_DIR": str(tmp_path / "data"), "PORTAL_AUTOTASK_ENTRY_URL": sandbox.address}


def run(act, environment):
    done = subprocess.run(
        [sys.executable, SCRIPT, act], env=environment, capture_output=True, text=True, timeout=90, check=False
    )
    assert done.returncode == 0, done.stderr
    said = {}
    for line in done.stdout.splitlines():
        said |= json.loads(line)
    return said, done


def companies(said):
    [source] = [source for source in said["sources"] if source["entity"] == "Companies"]
    return source["rows"], source["complete"]


def test_connecting_leads_to_a_sync_and_leaves_no_secret_anywhere(environment, tmp_path):
    said, done = run("sync", environment)
    assert said["passed"]
    assert said["asked_again"] is False
    assert set(said["runs"]) == {"done"}
    assert companies(said) == (1200, True)

    files = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert {"portal.sqlite", "jobs.sqlite", "warehouse.duckdb", "vault.key"} <= {path.name for path in files}
    for secret in (SECRET, INTEGRATION_CODE):
        assert not [path.name for path in files if secret.encode() in path.read_bytes()]
        assert secret not in done.stdout + done.stderr
    for line in done.stderr.splitlines():
        assert json.loads(line)["level"] == "info"
    assert {path.name for path in files if path.suffix == ".key" and path.stat().st_mode & 0o077} == set()


def test_a_sync_that_was_killed_is_taken_up_again(sandbox, environment):
    sandbox.state.options.latency_seconds = 0.3
    process = subprocess.Popen([sys.executable, SCRIPT, "begin"], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert json.loads(process.stdout.readline())["passed"]
        assert json.loads(process.stdout.readline())["stage"] == "first_sync"
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    sandbox.state.options.latency_seconds = 0.0
    said, _ = run("resume", environment)
    assert said["runs"][0] == "interrupted"
    assert said["runs"][-1] == "done"
    assert companies(said) == (1200, True)
    assert not said["syncing"]


def test_the_same_portal_runs_on_postgresql(environment, tmp_path, postgres_url):
    said, _ = run("sync", environment | {"DATABASE_URL": postgres_url})
    assert companies(said) == (1200, True)
    assert not list((tmp_path / "data").glob("*.sqlite*"))
    assert not list((tmp_path / "data").glob("*.duckdb*"))


def test_an_older_portal_leaves_its_jobs_to_a_newer_one(environment):
    said, _ = run("versions", environment)
    assert said == {"left_by_older": 1}
