"""How the connection and the freshness of the data read, without a page."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from partner_portal.usecases.connection_state import ConnectionState, EntityState
from partner_portal.usecases.connection_test import CheckItem, ConnectionTest
from partner_portal.web.view.connection import findings, standing
from partner_portal.web.view.freshness import chip, first_sync_steps
from web.sample import NOW

VIENNA = ZoneInfo("Europe/Vienna")
SYNCED = NOW - timedelta(minutes=3)
PROBLEM = "Autotask refused the credentials. Enter them again."


def state(stage="connected", **rest):
    known = {"synced_at": SYNCED, "dialect": "live"} if stage == "connected" else {}
    return ConnectionState(stage, connected_at=NOW - timedelta(days=9), **(known | rest))


@pytest.mark.parametrize(
    ("held", "kind", "text"),
    [
        (ConnectionState("not_connected"), "never", "Not connected"),
        (state("first_sync"), "refreshing", "First sync is running"),
        (state("first_sync", is_syncing=True), "refreshing", "First sync is running"),
        (state("first_sync", problem=PROBLEM), "never", "No data yet"),
        (state("first_sync", problem=PROBLEM, is_syncing=True), "refreshing", "First sync is running"),
        (state(), "normal", "Data as of 10:42"),
        (state(is_syncing=True), "refreshing", "Refreshing. Data as of 10:42"),
        (state(is_stale=True, synced_at=NOW - timedelta(hours=3)), "stale", "Data as of 07:45, 3 h ago"),
        (state(is_stale=True, synced_at=NOW - timedelta(days=2)), "stale", "Data as of Nov 18, 10:45, 2 days ago"),
        (state(paused_until=NOW + timedelta(minutes=7)), "throttled", "Data as of 10:42, waiting until 10:52"),
        (
            state(is_stale=True, synced_at=NOW - timedelta(hours=3), paused_until=NOW + timedelta(days=1)),
            "stale",
            "Data as of 07:45, 3 h ago",
        ),
        (state(problems=(("CompanyNotes", "refused"),)), "partial", "Data as of 10:42, incomplete"),
        (state(problems=(("Tickets", "refused"),)), "normal", "Data as of 10:42"),
        (state(problems=(("CompanyNotes", "refused"),), dialect="guide"), "normal", "Data as of 10:42"),
    ],
)
def test_the_chip_says_how_fresh_the_data_is(held, kind, text):
    told = chip(held, NOW, VIENNA)
    assert (told.state, told.text) == (kind, text)
    assert bool(told.iso) == (held.synced_at is not None)


def test_the_chip_says_that_counts_agree_only_where_nothing_else_is_to_be_said():
    assert chip(state(), NOW, VIENNA, is_reconciled=True).text == "Data as of 10:42 · reconciled"
    assert chip(state(is_syncing=True), NOW, VIENNA, is_reconciled=True).text == "Refreshing. Data as of 10:42"


def test_a_refresh_that_was_just_asked_for_is_under_way():
    assert chip(state(), NOW, VIENNA, has_just_asked=True).is_refreshing


def test_the_first_sync_tells_its_progress_by_entity():
    running = (
        EntityState("Companies", 1200, 1200, "done", None),
        EntityState("CompanyNotes", 500, 2000, "running", None),
        EntityState("Opportunities", 120, None, "running", None),
        EntityState("Tickets", 0, None, "failed", "no right"),
    )
    steps = first_sync_steps(state("first_sync", is_syncing=True, progress=running))
    assert [(step.name, step.rows, step.percent, step.note) for step in steps] == [
        ("Companies", "1,200 rows", 100, "done"),
        ("Company notes", "500 of 2,000 rows", 25, ""),
        ("Opportunities", "120 rows", None, ""),
        ("Tickets", "0 rows", 0, "could not be read"),
    ]


def test_more_rows_than_expected_are_not_the_end():
    [step] = first_sync_steps(state("first_sync", progress=(EntityState("Tasks", 30, 20, "running", None),)))
    assert step.percent == 99


def test_there_is_progress_only_while_a_first_sync_is_under_way():
    assert first_sync_steps(state("first_sync")) == ()
    assert first_sync_steps(state("first_sync", problem=PROBLEM)) is None
    assert first_sync_steps(state(is_syncing=True, progress=(EntityState("Tasks", 1, 2, "running", None),))) is None
    assert first_sync_steps(ConnectionState("not_connected")) is None


def test_a_connection_is_described():
    told = standing(state(username="api@acme.example", zone="Zone 5", secret_age_days=1), NOW, VIENNA)
    facts = {fact.name: fact.text for fact in told.facts}
    assert facts["API username"] == "api@acme.example"
    assert facts["Activities are"] == "Company notes and completed to-dos"
    assert facts["Age of the secret"] == "1 day"
    assert facts["Data as of"] == "Today, 10:42"
    assert facts["Next refresh"] == "--"
    assert (told.tone, told.label, told.problem, told.rotation) == ("good", "Working", "", "")


def test_no_connection_has_no_facts():
    assert standing(ConnectionState("not_connected"), NOW, VIENNA).facts == ()


def test_a_broken_connection_says_so():
    told = standing(state(problem=PROBLEM), NOW, VIENNA)
    assert (told.tone, told.label, told.problem) == ("danger", "Not working", PROBLEM)


@pytest.mark.parametrize(("due", "tone"), [("", ""), ("reminder", "info"), ("warning", "warning")])
def test_an_old_secret_is_to_be_rotated(due, tone):
    told = standing(state(secret_age_days=80, secret_due=due), NOW, VIENNA)
    assert (bool(told.rotation), told.rotation_tone) == (bool(due), tone)


@pytest.mark.parametrize(
    ("outcomes", "summary", "tone"),
    [
        (("ok", "ok"), "The connection works", "passed"),
        (("ok", "warning"), "The connection works, with 1 warning", "warning"),
        (("warning", "warning"), "The connection works, with 2 warnings", "warning"),
        (("failed", "warning"), "The connection does not work", "failed"),
        (("failed", "skipped"), "The connection does not work", "failed"),
    ],
)
def test_a_test_is_summed_up(outcomes, summary, tone):
    keys = ("host", "entity:CompanyToDos")
    items = tuple(
        CheckItem(key, key.removeprefix("entity:"), outcome, "words")
        for key, outcome in zip(keys, outcomes, strict=True)
    )
    told = findings(ConnectionTest(items))
    assert (told.summary, told.tone) == (summary, tone)
    assert [check.title for check in told.checks] == ["host"]
    assert [check.title for check in told.rights] == ["To-dos"]
