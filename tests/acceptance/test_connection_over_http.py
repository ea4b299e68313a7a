"""The limits of a connection over HTTP: no locked API user, no request into a spent hour, whatever people click."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from acceptance.portal_cli import NewPortal
from partner_portal.autotask.client import AutotaskClient
from partner_portal.bootstrap import portal
from partner_portal.lib.clock import FixedClock
from partner_portal.sandbox.app import SandboxApp, build
from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME
from partner_portal.sandbox.options import Options
from partner_portal.sandbox.server import running
from partner_portal.sandbox.world import World
from partner_portal.usecases import test_connection as testing
from partner_portal.usecases.connect_autotask import Credentials, connect_autotask
from partner_portal.usecases.due import enqueue_due_syncs
from partner_portal.usecases.errors import UseCaseError
from partner_portal.usecases.sync_organization import sync_organization

RIGHT = {"AUTOTASK_USERNAME": USERNAME, "AUTOTASK_SECRET": SECRET, "AUTOTASK_INTEGRATION_CODE": INTEGRATION_CODE}
WRONG = RIGHT | {"AUTOTASK_SECRET": "not the secret of anybody"}
LOCK_AFTER = 5
NEARLY_SPENT = 9_000


@pytest.fixture
def app() -> Iterator[SandboxApp]:
    world = World.empty(now=None)
    world.insert("Companies", {"companyName": "First"})
    made = build(world, options=Options(lock_after=LOCK_AFTER, band_scale=0.0, release_seconds=0.0))
    yield made
    world.close()


@pytest.fixture
def address(app) -> Iterator[str]:
    with running(app) as served:
        yield served


@pytest.fixture
def wired(parts, address):
    """The parts of a portal that reaches the sandbox over a socket."""

    async def open_client(credentials, limits, known=None):
        return await AutotaskClient.connect(credentials, entry_url=address, limits=limits, known=known)

    made = replace(parts, open_client=open_client, entry_url=address)
    portal.hold(made)
    return made


def later(parts, seconds: float):
    moved = replace(parts, clock=FixedClock(parts.clock.now() + timedelta(seconds=seconds)))
    portal.hold(moved)
    return moved


def sent(app) -> int:
    return app.state.counters.requests.total()


def work_off(parts, organization) -> None:
    """What the workers do: every sync that waits."""
    while parts.jobs.waiting:
        _, full = parts.jobs.waiting.pop()
        try:
            sync_organization(parts, organization, full=full)
        except UseCaseError:
            continue


@pytest.mark.slow
@pytest.mark.xdist_group("acceptance")
def test_two_wrong_secrets_lead_to_a_pause_that_every_process_keeps(
    app, address, tmp_path: Path, new_portal: NewPortal
) -> None:
    wrong = new_portal(tmp_path, address, WRONG)
    told = [wrong.run("connect") for _ in range(4)]
    assert {result.returncode for result in told} == {1}
    assert ["refused logins as" in result.stderr for result in told] == [False, False, True, True], told
    right = new_portal(tmp_path, address, RIGHT).run("connect")
    assert right.returncode == 1
    assert "The next try is possible on" in right.stderr
    assert sum(app.state.counters.failed_logins.values()) == 2 < LOCK_AFTER
    assert not app.state.locked
    assert "not the secret" not in "".join(result.stderr + result.stdout for result in told)


def test_neither_pages_nor_syncs_get_a_wrong_secret_to_lock_the_user(app, wired, organization, member) -> None:
    connect_autotask(wired, organization, Credentials(USERNAME, SECRET, INTEGRATION_CODE))
    app.state.login = replace(app.state.login, secret="rotated in Autotask")
    person = Client()
    person.force_login(member("administrator"))
    answers = set()
    for minute in range(9):
        moved = later(wired, 60 * minute)
        enqueue_due_syncs(moved)
        work_off(moved, organization)
        answers.add(person.post("/settings/connection/", {"act": "test_saved"}).status_code)
    assert answers == {200, 429}
    assert app.state.bad_logins_in_a_row < LOCK_AFTER
    assert not app.state.locked


def test_a_hundred_clicks_on_refresh_send_nothing_into_an_hour_that_is_nearly_spent(
    app, wired, organization, member
) -> None:
    connect_autotask(wired, organization, Credentials(USERNAME, SECRET, INTEGRATION_CODE))
    work_off(wired, organization)
    app.state.hour.set_used(NEARLY_SPENT)
    soon = later(wired, 3600)
    enqueue_due_syncs(soon)
    before = sent(app)
    work_off(soon, organization)
    assert sent(app) == before + 1, "one sync reads the budget, once"
    viewer = Client()
    viewer.force_login(member("viewer"))
    before = sent(app)
    states = set()
    for click in range(100):
        moved = later(soon, click * 2)
        answer = viewer.post("/api/v1/refresh") if click % 2 else viewer.post("/refresh/", {"next": "/"})
        assert answer.status_code in {202, 302}
        states.add(json.loads(answer.content)["state"] if click % 2 else "")
        enqueue_due_syncs(moved)
        work_off(moved, organization)
    assert sent(app) == before
    assert states == {"", "paused"}


def test_a_test_near_the_limit_is_one_request(app, wired, organization) -> None:
    connect_autotask(wired, organization, Credentials(USERNAME, SECRET, INTEGRATION_CODE))
    app.state.hour.set_used(NEARLY_SPENT)
    before = sent(app)
    assert testing.test_connection(wired, organization).passed
    assert sent(app) == before + 1
