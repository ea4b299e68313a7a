"""Verifying a mirror: every entity's count beside Autotask's, what was settled, and what could not be."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from partner_portal.audit.models import Entry
from partner_portal.autotask.errors import HostUnreachable
from partner_portal.bootstrap import portal
from partner_portal.cli.failure import failures_explained
from partner_portal.cli.main import app
from partner_portal.lib.clock import FixedClock
from partner_portal.organizations.models import SyncRun
from partner_portal.sandbox.faults import Fault
from partner_portal.usecases.connect_autotask import connect_autotask
from partner_portal.usecases.errors import NotConnected
from partner_portal.usecases.sales_report import read_sales_report
from partner_portal.usecases.sync_organization import sync_organization
from partner_portal.usecases.verify_mirror import verify_mirror


@pytest.fixture
def synced(parts, organization, credentials, world):
    world.table("Opportunities").add({"id": 3 * i, "title": "Deal"} for i in range(1, 101))
    assert connect_autotask(parts, organization, credentials).passed
    sync_organization(parts, organization)
    return organization


@pytest.fixture
def later(parts):
    """The parts, five minutes later."""
    made = replace(parts, clock=FixedClock(parts.clock.now() + timedelta(minutes=5)))
    portal.hold(made)
    return made


def test_an_equal_mirror_is_equal_in_every_entity(later, synced):
    document = verify_mirror(later, synced).document()
    assert document["agrees"] is True
    assert document["findings"] == []
    assert document["entities"]["Opportunities"] == {
        "at": "2026-11-18T15:05:00Z",
        "ours": 100,
        "theirs": 100,
        "removed": 0,
        "added": 0,
        "problem": None,
    }
    assert len(document["entities"]) == 12
    assert SyncRun.objects.filter(outcome="done").count() == 2


def test_what_can_be_settled_is_settled_and_told(later, synced, world):
    world.delete("Opportunities", 30)
    document = verify_mirror(later, synced).document()
    opportunities = document["entities"]["Opportunities"]
    assert document["agrees"] is True
    assert (opportunities["ours"], opportunities["theirs"], opportunities["removed"]) == (99, 99, 1)


def test_what_cannot_is_a_finding_with_the_ids_concerned(later, synced, sandbox):
    sandbox.state.options.permissions["Opportunities"] = "empty"
    document = verify_mirror(later, synced).document()
    assert document["agrees"] is False
    (finding,) = document["findings"]
    assert (finding["entity"], finding["ours"], finding["theirs"]) == ("Opportunities", 100, 0)
    assert (finding["since"], finding["unconfirmed"]) == ("2026-11-18T15:05:00Z", 100)
    assert finding["gone"] == [3 * i for i in range(1, 101)]
    assert "--accept-deletions" in finding["problem"]


def test_what_could_not_be_compared_is_named(later, synced, sandbox):
    sandbox.state.faults.add(Fault(kind="error", entity="Opportunities", route="count", count=None))
    verification = verify_mirror(later, synced)
    assert [each.part.entity for each in verification.unverified] == ["Opportunities"]
    assert verification.document()["agrees"] is False
    assert verification.document()["entities"]["Opportunities"]["ours"] is None


def test_without_a_connection_there_is_nothing_to_verify(parts, organization):
    with pytest.raises(NotConnected):
        verify_mirror(parts, organization)


def test_the_report_tells_when_its_rows_were_compared(parts, synced):
    sources = {source["entity"]: source for source in read_sales_report(parts, synced)["data"]["sources"]}
    assert sources["Opportunities"]["reconciled"] == {"at": "2026-11-18T15:00:00Z", "ours": 100, "theirs": 100}


class TestCommand:
    @pytest.fixture(autouse=True)
    def prepared(self, monkeypatch):
        monkeypatch.setattr(portal, "prepare", lambda: None)

    @staticmethod
    def run(*command: str):
        with failures_explained():
            return CliRunner().invoke(app, command, catch_exceptions=False)

    def test_an_equal_mirror_ends_with_0(self, later, synced):
        result = self.run("verify", "--json")
        assert result.exit_code == 0
        assert json.loads(result.stdout)["agrees"] is True
        told = self.run("verify")
        assert (told.exit_code, told.stdout) == (0, "")
        assert "Opportunities        100 ours       100 in Autotask\n" in told.stderr

    def test_findings_end_with_1_and_their_ids(self, later, synced, sandbox, capsys):
        sandbox.state.options.permissions["Opportunities"] = "empty"
        with pytest.raises(SystemExit) as stopped:
            self.run("verify")
        assert stopped.value.code == 1
        assert "The mirror differs from Autotask in Opportunities." in capsys.readouterr().err

    def test_an_entity_that_could_not_be_compared_ends_with_1(self, later, synced, sandbox, capsys):
        sandbox.state.faults.add(Fault(kind="error", entity="Opportunities", route="count", count=None))
        with pytest.raises(SystemExit) as stopped:
            self.run("verify")
        assert stopped.value.code == 1
        assert "Not everything could be compared." in capsys.readouterr().err

    def test_an_entity_that_could_not_be_read_ends_a_sync_with_1(self, later, synced, sandbox, capsys):
        sandbox.state.faults.add(Fault(kind="broken_json", entity="Opportunities", route="query", count=None))
        with pytest.raises(SystemExit) as stopped:
            self.run("sync", "--full")
        assert stopped.value.code == 1
        assert "Opportunities could not be read; earlier data stays in place. " in capsys.readouterr().err

    def test_an_entity_that_may_not_be_read_does_not(self, later, synced, sandbox):
        sandbox.state.options.permissions["Opportunities"] = "forbidden"
        result = self.run("sync", "--full")
        assert result.exit_code == 0
        assert "Not complete: Opportunities: " in result.stderr

    def test_deletions_are_accepted_by_the_option_only(self, later, synced, sandbox):
        sandbox.state.options.permissions["Opportunities"] = "empty"
        assert self.run("sync", "--full").exit_code == 0
        store = later.warehouse.organization(synced.scope)
        assert store.sources()["Opportunities"].rows == 100
        assert not Entry.objects.filter(action="deletions.accepted").exists()
        assert self.run("sync", "--accept-deletions").exit_code == 0
        assert store.sources()["Opportunities"].rows == 0
        (entry,) = Entry.objects.filter(action="deletions.accepted")
        assert (entry.organization_id, entry.actor, entry.result) == (synced.pk, "command line", "done")
        assert entry.details == {"removed": {"Opportunities": 100}}


def test_an_acceptance_whose_sync_fails_is_on_the_trail_with_the_reason(later, synced):
    async def nowhere(credentials, limits, known=None):
        raise HostUnreachable("portal.invalid", "connection refused")

    with pytest.raises(HostUnreachable):
        sync_organization(replace(later, open_client=nowhere), synced, accept_deletions=True)
    (entry,) = Entry.objects.filter(action="deletions.accepted")
    assert (entry.result, entry.details) == ("failed", {"removed": {}})
    assert "portal.invalid" in entry.reason
