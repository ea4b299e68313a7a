"""Several web and worker processes over one PostgreSQL: started together, killed, stopped, and cut off from it."""

from __future__ import annotations

import os
import re
import signal

import psycopg
import pytest

from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME
from postgres import fresh_database
from sandboxes import served_sandbox
from workers.cluster import COMMAND, PROCESS, asked, cluster, free_port, is_ready, stop, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("cluster")]
"""One after the other: the processes of two clusters take all connections that a server gives by default."""

COMPANIES = 1200
LATENCY_SECONDS = 2.0
"""So that the first sync takes longer than it takes to find out who does it, and to stop that one."""


@pytest.fixture(scope="module")
def sandbox():
    with served_sandbox(COMPANIES) as app:
        yield app


@pytest.fixture
def installation(sandbox, tmp_path, postgres_server):
    sandbox.state.options.latency_seconds = 0.0
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "AUTOTASK_"))}
    own = {
        "PORTAL_DATA_DIR": str(tmp_path / "data"),
        "PORTAL_AUTOTASK_ENTRY_URL": sandbox.address,
        "PORTAL_REFRESH_SECONDS": "110",
        "AUTOTASK_USERNAME": USERNAME,
        "AUTOTASK_SECRET": SECRET,
        "AUTOTASK_INTEGRATION_CODE": INTEGRATION_CODE,
    }
    with fresh_database(postgres_server) as address, cluster(kept | own, address) as made:
        yield made


def overlapping_runs(installation) -> int:
    """How many pairs of runs of one organization were open at once."""
    [(pairs,)] = installation.rows(
        "SELECT count(*) FROM sync_runs a JOIN sync_runs b ON a.organization_id = b.organization_id AND a.id < b.id "
        "WHERE b.started_at < coalesce(a.finished_at, 'infinity')"
    )
    return pairs


def mirrored_companies(installation) -> int:
    [(organization,)] = installation.rows("SELECT id FROM organizations")
    with psycopg.connect(installation.address, options=f"-c portal.organization={organization}") as connection:
        [(rows,)] = connection.execute("SELECT count(*) FROM mirror.companies").fetchall()
    return rows


def test_what_a_killed_or_stopped_worker_held_is_taken_up_by_another(installation, sandbox, tmp_path):
    workers = {}
    for port in (free_port(), free_port(), free_port()):  # together, on an empty database
        worker = installation.start("worker", "--metrics-port", str(port), log=tmp_path / f"{port}.log")
        workers[worker.pid] = (worker, port)
    for _, port in workers.values():
        wait_for(lambda port=port: is_ready(port))
    sandbox.state.options.latency_seconds = LATENCY_SECONDS
    installation.run(PROCESS, "connect")

    first, _ = workers.pop(wait_for(installation.at_work))
    first.send_signal(signal.SIGKILL)
    wait_for(lambda: installation.runs()[:1] == ["interrupted"])
    second, second_port = workers.pop(wait_for(installation.at_work))
    assert stop(second) == 0
    assert installation.runs()[:2] == ["interrupted", "interrupted"]
    assert not is_ready(second_port)

    sandbox.state.options.latency_seconds = 0.0
    wait_for(lambda: installation.runs() == ["interrupted", "interrupted", "done"])
    assert mirrored_companies(installation) == COMPANIES
    assert overlapping_runs(installation) == 0
    [(third, third_port)] = workers.values()
    assert 'portal_syncs_total{outcome="done"} 1.0' in asked(third_port, "/metrics")[1]
    assert asked(third_port, "/")[0] == 404
    assert stop(third) == 0


def test_pages_and_jobs_mend_after_the_database_hung_up(installation, tmp_path):
    port, worker_port = free_port(), free_port()
    web = installation.start("serve", "--workers", "2", "--no-jobs", "--port", str(port), log=tmp_path / "web.log")
    wait_for(lambda: is_ready(port))
    worker = installation.start("worker", "--metrics-port", str(worker_port), log=tmp_path / "worker.log")
    wait_for(lambda: is_ready(worker_port))
    installation.run(PROCESS, "connect")
    wait_for(lambda: installation.runs() == ["done"])

    installation.rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid()"
    )
    wait_for(lambda: is_ready(port) and is_ready(worker_port))
    assert [asked(port, "/accounts/login/")[0] for _ in range(8)] == [200] * 8
    installation.run(COMMAND, "sync")
    installation.rows("UPDATE sync_runs SET started_at = started_at - interval '2 hours' RETURNING 1")
    wait_for(lambda: installation.runs() == ["done"] * 3)  # the timetable looks every ten seconds

    seen = [count_of_log_ins(port) for _ in range(8)]
    assert seen == sorted(seen)  # whichever process answers tells of both
    assert seen[0] >= 8
    assert stop(worker) == 0
    web.send_signal(signal.SIGKILL)
    wait_for(lambda: asked(port, "/livez") == (0, ""))  # the processes that it started end with it


def count_of_log_ins(port: int) -> float:
    """How often the log-in page was asked for, as /metrics tells."""
    told = asked(port, "/metrics")[1]
    found = re.search(r'portal_http_requests_total\{[^}]*route="/accounts/login/"[^}]*\} (\S+)', told)
    return float(found[1]) if found else 0.0
