"""Whose run is open, who may close it, and that a run which was closed leaves off."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import InterfaceError, OperationalError

import partner_portal.usecases.sync_organization as syncing
from partner_portal.cluster.membership import ClusterUnreachable
from partner_portal.organizations.models import SyncRun
from partner_portal.usecases import sync_runs
from partner_portal.usecases.errors import SyncInterrupted, SyncRuns
from partner_portal.usecases.sync_organization import sync_organization

LATER = timedelta(minutes=5)


class Among:
    """A member called `name`, beside whom those called `living` live."""

    is_lost = False

    def __init__(self, name: str, *living: str) -> None:
        self.name = name
        self.living = living

    def join(self) -> None:
        """Done."""

    def lives(self, name: str) -> bool:
        return name in self.living


class CutOff(Among):
    """A member that cannot ask."""

    def lives(self, name: str) -> bool:
        raise ClusterUnreachable


@pytest.fixture
def never(monkeypatch):
    """A mirror whose syncs do not end."""

    async def sync(*_args, **_wishes) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(syncing, "sync", sync)
    monkeypatch.setattr(syncing, "PULSE_SECONDS", 0.005)
    monkeypatch.setattr(syncing, "ATTENTION_SECONDS", 0.005)


def outcomes() -> list[str]:
    return list(SyncRun.objects.order_by("id").values_list("outcome", flat=True))


def test_the_silent_run_of_a_living_process_keeps_its_place(parts, organization):
    now = parts.clock.now()
    sync_runs.begin(organization, now, is_full=False, member=Among("a:1"))
    with pytest.raises(SyncRuns):
        sync_runs.begin(organization, now + LATER, is_full=False, member=Among("b:2", "a:1"))
    with pytest.raises(SyncRuns):
        sync_runs.begin(organization, now + LATER, is_full=False, member=CutOff("b:2"))
    run = sync_runs.begin(organization, now + LATER, is_full=False, member=Among("b:2"))
    assert run.process == "b:2"
    assert outcomes() == ["interrupted", ""]


def test_the_runs_of_the_gone_are_closed_and_no_others(parts, organization):
    sync_runs.begin(organization, parts.clock.now(), is_full=False, member=Among("a:1"))
    assert sync_runs.processes_at_work() == {"a:1"}
    assert sync_runs.close_runs_of({"b:2"}, parts.clock.now()) == 0
    assert sync_runs.close_runs_of({"a:1"}, parts.clock.now()) == 1
    assert outcomes() == ["interrupted"]
    assert sync_runs.processes_at_work() == set()


def test_a_run_without_a_process_is_left_to_its_silence(parts, organization):
    run = sync_runs.begin(organization, parts.clock.now(), is_full=False)
    SyncRun.objects.filter(pk=run.pk).update(process="")
    assert sync_runs.processes_at_work() == set()


def test_a_run_whose_end_was_not_written_down_is_closed_by_its_own_process(parts, organization):
    now = parts.clock.now()
    run = sync_runs.begin(organization, now, is_full=False, member=Among("a:1"))
    assert sync_runs.close_forgotten("a:1", {run.pk}, now + LATER) == 0
    assert sync_runs.close_forgotten("a:1", (), now) == 0  # it may be on its way
    assert sync_runs.close_forgotten("b:2", (), now + LATER) == 0
    assert sync_runs.close_forgotten("a:1", (), now + LATER) == 1


def test_what_was_closed_by_another_is_not_written_over(parts, organization):
    now = parts.clock.now()
    run = sync_runs.begin(organization, now, is_full=False, member=Among("a:1"))
    assert sync_runs.beat(run, now, {})
    sync_runs.close_runs_of({"a:1"}, now)
    assert not sync_runs.beat(run, now, {"Tickets": {}})
    sync_runs.finish(run, now, SyncRun.Outcome.DONE)
    assert outcomes() == ["interrupted"]
    assert SyncRun.objects.get().progress == {}


def test_a_sync_whose_run_was_closed_leaves_off(parts, connected, monkeypatch, never):
    beat = sync_runs.beat

    def close_and_beat(run, now, progress):
        sync_runs.close_runs_of({run.process}, now)
        return beat(run, now, progress)

    monkeypatch.setattr(syncing.sync_runs, "beat", close_and_beat)
    with pytest.raises(SyncInterrupted):
        sync_organization(parts, connected)
    assert parts.running == set()


def test_a_sync_leaves_off_when_its_process_may_be_taken_for_dead(parts, connected, never):
    member = Among("a:1")
    member.is_lost = True
    with pytest.raises(SyncInterrupted):
        sync_organization(replace(parts, member=member), connected)
    assert outcomes() == ["interrupted"]


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_sync_goes_on_while_the_database_does_not_answer(parts, connected, monkeypatch, error):
    monkeypatch.setattr(syncing, "PULSE_SECONDS", 0.001)
    monkeypatch.setattr(syncing, "close_old_connections", lambda: None)  # the test's connection is in a transaction
    beat, failures = sync_runs.beat, iter([error("gone"), error("gone")])

    def fail_at_first(run, now, progress):
        if (failure := next(failures, None)) is not None:
            raise failure
        return beat(run, now, progress)

    monkeypatch.setattr(syncing.sync_runs, "beat", fail_at_first)
    sync_organization(parts, connected)
    assert outcomes() == ["done"]
