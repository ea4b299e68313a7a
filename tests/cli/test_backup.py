"""`portal backup` beside a running portal, and `portal restore` into a new directory: the report is the same."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import pytest

from journeys.demo import free_port
from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME
from sandboxes import served_sandbox

pytestmark = pytest.mark.slow

COMPANIES = 3000
START_SECONDS = 90


@pytest.fixture
def sandbox():
    with served_sandbox(COMPANIES) as app:
        yield app


@pytest.fixture
def environment(sandbox, tmp_path):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "AUTOTASK_"))}
    return {
        **kept,
        "PORTAL_DATA_DIR": str(tmp_path / "data"),
        "PORTAL_AUTOTASK_ENTRY_URL": sandbox.address,
        "AUTOTASK_USERNAME": USERNAME,
        "AUTOTASK_SECRET": SECRET,
        "AUTOTASK_INTEGRATION_CODE": INTEGRATION_CODE,
    }


def portal(environment, *command, code=0):
    done = subprocess.run(
        [sys.executable, "-m", "partner_portal.cli", *command],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    return done


def get(address):
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, ""
    except OSError:
        return 0, ""


def wait_for(is_so, process, log):
    deadline = time.monotonic() + START_SECONDS
    while not is_so():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)


def syncing(address):
    return "portal_syncs_running 1.0" in get(f"{address}/metrics")[1]


def report(environment):
    document = json.loads(portal(environment, "report", "--format", "json").stdout)
    assert document["data"]["sources"]
    return document


def test_a_backup_beside_a_running_portal_restores_to_the_same_report(sandbox, environment, tmp_path):
    portal(environment, "organization", "add", "acme")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    log = tmp_path / "serve.log"
    portal(environment, "connect")
    sandbox.state.options.latency_seconds = 6.0
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "partner_portal.cli", "serve", "--port", str(port)],
            env=environment, stdout=output, stderr=output,
        )  # fmt: skip
    answers = []
    stop = threading.Event()

    def read():
        while not stop.is_set():
            answers.append(get(f"{address}/readyz")[0])

    reader = threading.Thread(target=read)
    try:
        wait_for(lambda: syncing(address), server, log)
        reader.start()
        early = portal(environment, "backup", str(tmp_path / "early.zip"))
        assert "The portal is running: it takes the snapshot." in early.stderr
        assert syncing(address), "the sync was to be under way all the time"
        stop.set()
        reader.join()
        assert set(answers) == {200}
        sandbox.state.options.latency_seconds = 0.0
        wait_for(lambda: not syncing(address), server, log)
        said = portal(environment, "backup", str(tmp_path / "whole.zip")).stderr
    finally:
        stop.set()
        server.send_signal(signal.SIGINT)
        server.wait(timeout=60)
    assert "No key is inside" in said
    with zipfile.ZipFile(tmp_path / "whole.zip") as packed:
        held = json.loads(packed.read("manifest.json"))["files"]
    assert held["warehouse.duckdb"]["rows"]["companies"] == COMPANIES

    before = report(environment)
    fresh = environment | {"PORTAL_DATA_DIR": str(tmp_path / "fresh")}
    (tmp_path / "fresh").mkdir()
    refused = portal(fresh, "restore", str(tmp_path / "whole.zip"), code=1)
    assert "vault.key" in refused.stderr
    shutil.copy(tmp_path / "data" / "vault.key", tmp_path / "fresh")
    portal(fresh, "restore", str(tmp_path / "whole.zip"))
    assert report(fresh) == before
    assert "--replace" in portal(fresh, "restore", str(tmp_path / "early.zip"), code=1).stderr
    portal(fresh, "restore", str(tmp_path / "early.zip"), "--replace")
    assert {source["entity"]: source["rows"] for source in report(fresh)["data"]["sources"]}["Companies"] in {
        None, 0, *range(COMPANIES + 1),
    }  # fmt: skip
    portal(fresh, "sync")
    rows = {source["entity"]: source["rows"] for source in report(fresh)["data"]["sources"]}
    assert rows["Companies"] == COMPANIES
    folders = [path for path in (tmp_path / "fresh").iterdir() if path.name.startswith("replaced-")]
    assert len(folders) == 1
    assert not [path for path in Path(tmp_path / "data").iterdir() if path.name == "snapshots"]


def test_postgresql_is_left_to_its_own_tools(tmp_path):
    environment = {**os.environ, "DATABASE_URL": "postgresql://u:p@127.0.0.1:9/x", "PORTAL_DATA_DIR": str(tmp_path)}
    for command in ("backup", "restore"):
        assert "pg_dump" in portal(environment, command, str(tmp_path / "b.zip"), code=1).stderr
