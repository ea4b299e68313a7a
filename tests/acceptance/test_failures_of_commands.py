"""What goes wrong is told in one line with its remedy, and exit code 1 or 2."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from acceptance.portal_cli import NewPortal
from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME
from partner_portal.sandbox.server import running
from partner_portal.sandbox.world import World
from partner_portal.warehouse.opening import open_warehouse

pytestmark = [pytest.mark.slow]

LOGIN = {"AUTOTASK_USERNAME": USERNAME, "AUTOTASK_SECRET": SECRET, "AUTOTASK_INTEGRATION_CODE": INTEGRATION_CODE}


def last_line(text: str) -> str:
    return text.strip().splitlines()[-1]


def test_wrong_credentials_are_told_apart_as_far_as_the_api_does(new_portal: NewPortal, tmp_path: Path) -> None:
    with running(World.empty()) as url:
        wrong_secret = new_portal(tmp_path, url, LOGIN | {"AUTOTASK_SECRET": "not-the-secret"}).run("connect")
        wrong_user = new_portal(tmp_path, url, LOGIN | {"AUTOTASK_USERNAME": "nobody@sandbox.invalid"}).run("connect")
    assert (wrong_secret.returncode, wrong_user.returncode) == (1, 1)
    assert "secret" in last_line(wrong_secret.stderr)
    assert "user name" in last_line(wrong_user.stderr).lower() or "username" in last_line(wrong_user.stderr).lower()
    assert "not-the-secret" not in wrong_secret.stderr + wrong_secret.stdout
    assert "Traceback" not in wrong_secret.stderr + wrong_user.stderr


def test_an_unreachable_host_is_named(new_portal: NewPortal, tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
    result = new_portal(tmp_path, address, LOGIN).run("connect")
    assert result.returncode == 1
    assert "127.0.0.1" in last_line(result.stderr)


def test_an_unknown_period_is_wrong_use_and_lists_the_known(new_portal: NewPortal, tmp_path: Path) -> None:
    portal = new_portal(tmp_path, "http://127.0.0.1:9", LOGIN)
    portal.done("organization", "add", "main")
    result = portal.run("report", "--period", "next_month")
    assert result.returncode == 2
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1
    assert "this_month" in result.stderr


@pytest.mark.embedded  # PostgreSQL has as many owners as there are processes
def test_a_locked_store_says_who_has_it(new_portal: NewPortal, tmp_path: Path) -> None:
    portal = new_portal(tmp_path, "http://127.0.0.1:9", LOGIN)
    portal.done("organization", "add", "main")
    owner = open_warehouse(str(tmp_path / "warehouse.duckdb"))
    try:
        result = portal.run("report")
        added = portal.run("user", "add", "rep@example.com", "--password-stdin", stdin="a long enough password\n")
    finally:
        owner.close()
    assert result.returncode == 1
    assert len(result.stderr.strip().splitlines()) == 1
    assert "in use" in result.stderr
    assert added.returncode == 0, "adding a person needs no mirrored row"


def test_plain_http_to_another_host_is_refused(new_portal: NewPortal, tmp_path: Path) -> None:
    result = new_portal(tmp_path, "http://autotask.example", LOGIN).run("connect")
    assert result.returncode == 1
    assert "refused" in last_line(result.stderr)
    assert "plain http is for loopback only" in last_line(result.stderr)


def test_a_report_without_organization_says_what_to_do(new_portal: NewPortal, tmp_path: Path) -> None:
    result = new_portal(tmp_path, "http://127.0.0.1:9", LOGIN).run("report")
    assert result.returncode == 2
    assert "portal connect" in result.stderr
