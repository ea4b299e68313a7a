"""Rows that vanish from Autotask vanish here, few requests find them, and lost rights empty no mirror."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import pytest

from mirror.wired import LATER, NOW, Bench, assert_equal_to_the_world, comparable, expected
from partner_portal.autotask.catalog import CATALOG, OPPORTUNITIES, TICKETS
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.sandbox.world import World
from partner_portal.warehouse.store import OrganizationStore, Reconciliation, Warehouse

HOUR = NOW + timedelta(hours=1)


def minutes(n: int) -> datetime:
    return HOUR + timedelta(minutes=n)


def compared(store: OrganizationStore, entity: str) -> Reconciliation:
    return store.reconciliations()[entity]


async def test_counts_are_compared_after_the_first_load_and_kept_with_their_time(bench: Bench) -> None:
    bench.fill("Opportunities", 40)
    await bench.sync()
    kept = bench.store.reconciliations()
    assert set(kept) == {entity.path for entity in CATALOG}
    assert kept["Opportunities"] == Reconciliation("Opportunities", NOW, 40, 40)
    assert all(each.agrees and each.at == NOW for each in kept.values())


async def test_a_deletion_is_noticed_within_the_hour_and_costs_nothing_before(bench: Bench) -> None:
    bench.fill("CompanyToDos", 1_200)
    await bench.sync()
    bench.world.delete("CompanyToDos", 600)
    bench.app.state.counters.requests.clear()
    await bench.sync(LATER)
    assert bench.asked("CompanyToDos") == 1
    assert bench.source("CompanyToDos").rows == 1_200
    summary = await bench.sync(HOUR)
    assert_equal_to_the_world(bench)
    part = summary.document()["entities"]["CompanyToDos"]
    assert (part["removed"], part["added"], part["complete"]) == (1, 0, True)
    assert compared(bench.store, "CompanyToDos") == Reconciliation("CompanyToDos", HOUR, 1_199, 1_199)


async def test_verifying_compares_everything_at_once(bench: Bench) -> None:
    bench.fill("Opportunities", 30)
    bench.fill("Resources", 5)
    await bench.sync()
    bench.world.delete("Opportunities", 6)
    bench.world.delete("Resources", 6)
    await bench.sync(LATER, verify=True)
    assert_equal_to_the_world(bench)
    assert all(each.at == LATER for each in bench.store.reconciliations().values())


async def test_a_row_that_we_lack_is_read_in(bench: Bench) -> None:
    bench.fill("Opportunities", 600, title="old")
    await bench.sync()
    bench.world.table("Opportunities").add([{"id": 100, "title": "late", "lastActivity": "2020-01-01T00:00:00Z"}])
    summary = await bench.sync(HOUR)
    assert summary.document()["entities"]["Opportunities"]["added"] == 1
    assert comparable(bench.held("Opportunities")) == expected(bench.world, OPPORTUNITIES)


async def test_rows_inserted_during_the_run_are_no_difference(bench: Bench) -> None:
    bench.fill("Opportunities", 20)
    await bench.sync()

    class Inserting:
        def entity_started(self, path: str, total: int | None) -> None:
            pass

        def rows_arrived(self, path: str, n: int) -> None:
            pass

        def entity_finished(self, path: str, problem: str | None) -> None:
            if path == "Opportunities":
                bench.add("Opportunities", {"title": "just now"})

    await bench.sync(HOUR, progress=Inserting())
    assert compared(bench.store, "Opportunities") == Reconciliation("Opportunities", HOUR, 20, 20)
    await bench.sync(minutes(5))
    assert bench.source("Opportunities").rows == 21


async def test_deleted_tickets_are_found_in_their_log(bench: Bench) -> None:
    bench.fill("Tickets", 5_000, ticketNumber="T1", title="broken")
    await bench.sync()
    bench.world.clock.stopped_at = LATER
    gone = [3 * i for i in Random(3).sample(range(1, 5_001), 12)]
    for ticket in gone:
        bench.world.delete("Tickets", ticket)
    bench.app.state.counters.requests.clear()
    await bench.sync(HOUR)
    assert bench.source("Tickets").rows == 4_988
    assert bench.held("Tickets") == expected(bench.world, TICKETS)
    assert bench.asked("DeletedTicketLogs") == 1
    assert bench.asked("Tickets") == 4  # delta, count, confirmation, count


async def test_without_the_log_the_counts_lead_to_deleted_tickets_too(bench: Bench) -> None:
    bench.fill("Tickets", 1_600, ticketNumber="T1", title="broken")
    await bench.sync()
    bench.world.delete("Tickets", 30)
    bench.app.state.options.permissions["DeletedTicketLogs"] = "forbidden"
    await bench.sync(HOUR)
    assert bench.held("Tickets") == expected(bench.world, TICKETS)


async def test_a_row_is_removed_only_when_asked_for_by_its_id_it_does_not_come(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.fill("Opportunities", 40)
    await bench.sync()
    from partner_portal.mirror import reconcile
    from partner_portal.mirror.deletions import Located

    async def mistaken(*_: object) -> Located:
        return Located(gone=[6, 9])

    bench.world.delete("Opportunities", 6)
    monkeypatch.setattr(reconcile.Reconciler, "_searched", mistaken)
    await bench.sync(HOUR)
    assert [row["id"] for row in bench.held("Opportunities")] == [
        row["id"] for row in bench.world.rows("Opportunities")
    ]


@pytest.mark.parametrize("full", [False, True])
async def test_lost_rights_empty_no_mirror_until_a_person_accepts_it(bench: Bench, full: bool) -> None:
    bench.fill("Opportunities", 400)
    bench.fill("Resources", 30)
    await bench.sync()
    bench.app.state.options.permissions |= {"Opportunities": "empty", "Resources": "empty"}
    for at in (HOUR, minutes(5), minutes(10)):
        summary = await bench.sync(at, full=full)
        for path, held in (("Opportunities", 400), ("Resources", 30)):
            source = bench.source(path)
            assert (source.rows, source.complete, source.unconfirmed) == (held, False, held)
            assert source.problem == summary.document()["entities"][path]["problem"]
            assert f"{held} of {held} rows are gone" in str(source.problem)
            assert "portal sync --accept-deletions" in str(source.problem)
        assert [part.entity for part in summary.entities if not part.complete] == ["Opportunities", "Resources"]
    finding = compared(bench.store, "Opportunities")
    assert finding.is_finding
    assert (finding.ours, finding.theirs, len(finding.gone)) == (400, 0, 400)
    summary = await bench.sync(minutes(15), accept_deletions=True)
    assert summary.complete
    assert bench.held("Opportunities") == bench.held("Resources") == []
    assert compared(bench.store, "Opportunities").agrees


async def test_accepting_beforehand_goes_through_at_once(bench: Bench) -> None:
    bench.fill("CompanyToDos", 3_000)
    await bench.sync()
    for i in range(1, 1_001):
        bench.world.delete("CompanyToDos", i * 3)
    assert (await bench.sync(HOUR, accept_deletions=True)).complete
    assert_equal_to_the_world(bench)


async def test_rights_that_come_back_end_the_doubt(bench: Bench) -> None:
    bench.fill("Opportunities", 400)
    await bench.sync()
    bench.app.state.options.permissions["Opportunities"] = "empty"
    await bench.sync(HOUR)
    del bench.app.state.options.permissions["Opportunities"]
    await bench.sync(minutes(5))
    summary = await bench.sync(minutes(10))
    assert summary.complete
    assert bench.source("Opportunities").unconfirmed == 0
    assert comparable(bench.held("Opportunities")) == expected(bench.world, OPPORTUNITIES)


async def test_other_rows_in_place_of_ours_do_not_hide_a_mass_deletion(bench: Bench) -> None:
    bench.fill("Opportunities", 400)
    await bench.sync()
    for i in range(1, 101):
        bench.world.delete("Opportunities", i * 3)
        bench.world.insert("Opportunities", {"id": i * 3 + 1, "title": "other"})
    for at in (LATER, LATER + timedelta(days=1), LATER + timedelta(days=1, minutes=5)):
        await bench.sync(at)
    assert bench.source("Opportunities").unconfirmed == 100
    assert not bench.source("Opportunities").complete
    await bench.sync(LATER + timedelta(days=1, minutes=10), accept_deletions=True)
    assert_equal_to_the_world(bench)


async def test_a_few_rows_of_a_small_entity_may_go(bench: Bench) -> None:
    bench.fill("Contracts", 60)
    await bench.sync()
    for i in range(1, 51):
        bench.world.delete("Contracts", i * 3)
    assert (await bench.sync(HOUR)).complete
    assert_equal_to_the_world(bench)


async def test_a_count_that_cannot_be_had_makes_nothing_incomplete_and_is_asked_for_again(bench: Bench) -> None:
    bench.fill("Opportunities", 40)
    await bench.sync()
    bench.world.delete("Opportunities", 6)
    bench.fail("error", "Opportunities", route="count", count=None)
    assert (await bench.sync(HOUR)).complete
    assert compared(bench.store, "Opportunities").at == NOW
    bench.app.state.faults.clear()
    await bench.sync(minutes(5))
    assert_equal_to_the_world(bench)


async def test_a_search_that_fails_removes_nothing_and_the_next_run_goes_on(bench: Bench) -> None:
    bench.fill("CompanyToDos", 2_000)
    await bench.sync()
    bench.world.delete("CompanyToDos", 1_500)
    bench.fail("error", "CompanyToDos", route="count", skip=1, count=None)
    await bench.sync(HOUR)
    assert bench.source("CompanyToDos").rows == 2_000
    bench.app.state.faults.clear()
    await bench.sync(minutes(5))
    assert_equal_to_the_world(bench)


async def test_edits_that_move_no_stamp_arrive_with_the_nightly_full_read(bench: Bench) -> None:
    bench.fill("Opportunities", 5, title="old")
    bench.fill("CompanyToDos", 5)
    await bench.sync()
    row = bench.world.row("Opportunities", 3)
    bench.world.table("Opportunities").replace({**row, "title": "new"})
    await bench.sync(NOW + timedelta(hours=23))
    assert bench.held("Opportunities")[0]["title"] == "old"
    await bench.sync(NOW + timedelta(hours=24))
    assert_equal_to_the_world(bench)
    assert bench.source("Opportunities").full_at == NOW + timedelta(hours=24)
    assert bench.source("CompanyToDos").full_at == NOW


async def test_the_history_of_a_deal_is_kept(bench: Bench) -> None:
    (deal,) = bench.add("Opportunities", {"title": "old", "stage": 1, "amount": 10})
    await bench.sync()
    bench.world.update("Opportunities", deal, stage=2, amount=12.5)
    await bench.sync(LATER)
    bench.world.delete("Opportunities", deal)
    await bench.sync(HOUR)
    told = bench.store.rows("SELECT kind, seen_at, stage, amount FROM opportunity_changes ORDER BY version")
    assert [(kind, at, stage, float(amount)) for kind, at, stage, amount in told] == [
        ("appeared", NOW.replace(tzinfo=None), 1, 10.0),
        ("changed", LATER.replace(tzinfo=None), 2, 12.5),
        ("vanished", HOUR.replace(tzinfo=None), 2, 12.5),
    ]


@pytest.mark.slow
async def test_twenty_deletions_among_a_hundred_thousand_rows(either_warehouse: Warehouse) -> None:
    bench = Bench(World.empty(now=NOW), either_warehouse.organization(OrganizationScope(20_000)))
    bench.fill("CompanyToDos", 100_000, actionType=1, companyID=7)
    await bench.sync()
    gone = [3 * i for i in Random(8).sample(range(1, 100_001), 20)]
    for row_id in gone:
        bench.world.delete("CompanyToDos", row_id)
    bench.app.state.counters.requests.clear()
    summary = await bench.sync(HOUR)
    left = {row_id for (row_id,) in bench.store.rows("SELECT id FROM company_to_dos")}
    assert left == {row["id"] for row in bench.world.rows("CompanyToDos")}
    assert summary.document()["entities"]["CompanyToDos"]["removed"] == 20
    assert bench.asked("CompanyToDos") <= 150  # of which some twenty read ids; a sweep alone takes 200
