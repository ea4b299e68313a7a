"""The states of a demo: what the Sales report says once a portal has been brought into each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.test import Client
from typer.testing import CliRunner

from conftest import NOW
from partner_portal.autotask.client import AutotaskClient
from partner_portal.autotask.limits import Limits
from partner_portal.bootstrap import portal
from partner_portal.cli.demo import knobs_of
from partner_portal.cli.demo_states import STATES, Stage, told
from partner_portal.cli.failure import WrongUse
from partner_portal.cli.main import app
from partner_portal.organizations.models import Connection
from partner_portal.sandbox.app import build
from partner_portal.sandbox.generation.plan import Sizes
from partner_portal.sandbox.server import running
from partner_portal.sandbox.world import generate
from partner_portal.usecases import sync_runs
from web.reading import Element, read

SMALL = Sizes(
    companies=8, contacts=8, opportunities=12, appointments=20, tickets=0, time_entries=0, contracts=0, tasks=0
)
HASTY = Limits(first_pause_seconds=0.0)


@pytest.fixture
def stage(parts, organization) -> Iterator[Stage]:
    """An organization over a small sandbox that serves; tries after failures follow at once."""
    world = generate(activities=200, sizes=SMALL, now=NOW)
    with running(build(world)) as address:

        async def open_client(credentials, limits, known=None):
            return await AutotaskClient.connect(credentials, entry_url=address, limits=HASTY, known=known)

        wired = replace(parts, open_client=open_client, entry_url=address)
        portal.hold(wired)
        yield Stage(wired, organization, knobs_of(address))
    world.close()


@pytest.fixture
def report(stage, member):
    """Brings the portal into a state and reads its first page: `report("stale")`."""

    def look(state: str, role: str = "viewer") -> Element:
        STATES[state](stage)
        return look_again(member(role))

    return look


def look_again(person) -> Element:
    client = Client()
    client.force_login(person)
    return read(client.get("/").content.decode())


def figure(shown: Element, path: str) -> str:
    return next(found["data-value"] for found in shown.walk() if found.get("data-figure") == path)


def chip(shown: Element) -> str:
    return shown.one(id="freshness").text


def test_not_connected_tells_an_administrator_where_to_connect(report):
    shown = report("not-connected", "administrator")
    assert "Autotask is not connected" in shown.one(id="not-connected").text
    assert "Configure Autotask" in shown.one(id="not-connected").text
    assert figure(shown, "calls.total") == ""


def test_not_connected_tells_others_whom_to_ask(report, member):
    asked = member("administrator")
    shown = report("not-connected")
    assert f"Ask an administrator to connect it: {asked}" in shown.one(id="not-connected").text
    assert "Configure" not in shown.text


def test_a_first_sync_shows_its_progress_and_no_number(report, stage):
    shown = report("first-sync")
    assert "First sync is running" in shown.one("main").text
    assert not [found for found in shown.walk() if found.get("data-figure")]
    assert stage.parts.jobs.waiting == [("acme", False)]
    assert {fault["kind"] for fault in stage.turn("GET", "faults", None)} == {"latency"}


def test_normal_is_fresh_and_has_numbers(report):
    shown = report("normal")
    assert chip(shown) == "Data as of 10:00 · reconciled"
    assert int(figure(shown, "calls.total")) > 0
    assert not shown.all("section", class_="notice")


def test_refreshing_keeps_the_old_numbers(report, stage, member):
    before = figure(report("refreshing"), "calls.total")
    sync_runs.begin(stage.organization, NOW, is_full=False)
    shown = look_again(member("manager"))
    assert chip(shown) == "Refreshing. Data as of 10:00"
    assert figure(shown, "calls.total") == before != ""
    assert stage.turn("GET", "options", None)["latency_seconds"] > 0


def test_stale_says_how_old_the_numbers_are_and_why(report):
    shown = report("stale")
    assert chip(shown) == "Data as of 07:00, 3 h ago"
    assert "refused the API credentials" in shown.one("main").text
    assert int(figure(shown, "calls.total")) > 0


def test_partial_names_the_entity_and_keeps_its_rows(report):
    shown = report("partial")
    assert chip(shown) == "Data as of 10:00, incomplete"
    assert "Company notes: not up to date" in shown.one("main").text
    assert int(figure(shown, "calls.total")) > 0


def test_throttled_says_when_it_resumes(report, stage):
    shown = report("throttled")
    until = Connection.objects.get(organization=stage.organization).paused_until
    assert until > NOW
    assert re.fullmatch("Data as of 10:00, waiting until 10:..", chip(shown))
    assert "call budget is 100 % used" in shown.one("main").text
    assert "the sync goes on at about 10:" in shown.one("main").text
    assert int(figure(shown, "calls.total")) > 0


def test_without_permission_the_figure_is_unknown_and_says_why(report):
    shown = report("no-permission")
    assert figure(shown, "appointments.total") == ""
    assert "Appointments could not be read" in shown.one("main").text
    assert int(figure(shown, "calls.total")) > 0


def test_nothing_in_the_range_is_zero_not_unknown(report):
    shown = report("nothing")
    assert figure(shown, "calls.total") == "0"
    assert "No opportunity was created in this range." in shown.one("main").text


def test_an_unmapped_type_is_named_and_counted(report):
    assert 'Unmapped action type "Site walk"' in report("unmapped").one("main").text


@pytest.mark.parametrize("state", STATES)
def test_every_state_tells_what_there_is_to_see(state):
    assert told(state).endswith(".")


def test_an_unknown_state_is_wrong_use_and_names_the_known_ones():
    ended = CliRunner().invoke(app, ["demo", "--state", "odd"])
    assert isinstance(ended.exception, WrongUse)
    assert "not-connected, first-sync" in str(ended.exception)
