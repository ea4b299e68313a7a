"""What is taken over from processes that are gone: their runs, their jobs, and nothing of the living."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from partner_portal.bootstrap.jobs import SYNC_WORKFLOW
from partner_portal.organizations.models import SyncRun
from partner_portal.usecases import sync_runs
from partner_portal.workers import sync, taking_over
from partner_portal.workers.taking_over import look_around


@dataclass
class Job:
    """A job as the queue tells of it."""

    workflow_id: str
    executor_id: str
    name: str = SYNC_WORKFLOW
    app_version: str = "1"
    input: Any = field(default_factory=lambda: {"args": ("acme", True, ""), "kwargs": {}})


@dataclass
class Queue:
    """Jobs that run, and those that were ended."""

    pending: list[Job]
    application_version: str = "1"
    cancelled: list[str] = field(default_factory=list)

    def list_workflows(self, **_only: object) -> list[Job]:
        return self.pending

    def cancel_workflows(self, ids: list[str]) -> None:
        self.cancelled += ids


class Member:
    """The process `me`, to whom everybody called `dead` is gone."""

    name = "me"
    is_lost = False

    def gone(self, names):
        return {name for name in names if name.startswith("dead")}


@pytest.fixture
def queue(monkeypatch):
    made = Queue([])
    monkeypatch.setattr(taking_over, "DBOS", made)
    return made


@pytest.fixture
def among(parts):
    return replace(parts, member=Member())


def begin(parts, organization, process: str) -> SyncRun:
    run = sync_runs.begin(organization, parts.clock.now(), is_full=False)
    SyncRun.objects.filter(pk=run.pk).update(process=process)
    return run


def test_the_job_and_the_run_of_the_dead_are_ended_and_asked_for_anew(among, organization, queue):
    begin(among, organization, "dead:1")
    queue.pending += [Job("one", "dead:1"), Job("tick", "dead:1", name="enqueue_due_syncs")]
    look_around(among)
    assert SyncRun.objects.get().outcome == "interrupted"
    assert queue.cancelled == ["one", "tick"]
    assert among.jobs.waiting == [("acme", True)]


def test_a_run_without_a_job_is_closed_too(among, organization, queue):
    begin(among, organization, "dead:cli")
    look_around(among)
    assert SyncRun.objects.get().outcome == "interrupted"
    assert among.jobs.waiting == []


def test_the_living_are_left_alone(among, organization, queue):
    begin(among, organization, "living:1")
    queue.pending += [Job("one", "living:1"), Job("mine", "me")]
    look_around(among)
    assert SyncRun.objects.get().finished_at is None
    assert queue.cancelled == []


def test_what_this_process_began_before_an_upgrade_is_asked_for_anew(among, organization, queue):
    queue.pending += [Job("old", "me", app_version="0")]
    look_around(among)
    assert queue.cancelled == ["old"]
    assert among.jobs.waiting == [("acme", True)]


def test_a_job_whose_end_was_never_written_down_is_asked_for_anew_at_the_second_look(among, queue, organization):
    queue.pending += [Job("mine", "me")]
    idle = look_around(among)
    assert (idle, queue.cancelled) == ({"mine"}, [])
    assert look_around(among, idle) == set()
    assert queue.cancelled == ["mine"]
    assert among.jobs.waiting == [("acme", True)]


def test_a_job_that_this_process_works_on_is_left_alone(among, queue, monkeypatch):
    monkeypatch.setattr(sync, "under_way", {"mine"})
    queue.pending += [Job("mine", "me"), Job("tick", "me", name="enqueue_due_syncs")]
    assert look_around(among, {"mine", "tick"}) == set()
    assert queue.cancelled == []
