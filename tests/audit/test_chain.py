"""The audit log as chains: what was changed, removed, inserted or reordered behind the portal's back is named."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from partner_portal.accounts.actor import SHELL
from partner_portal.audit.account_events import LogInFailed
from partner_portal.audit.chain import hash_of
from partner_portal.audit.events import MappingChanged, RefreshAsked
from partner_portal.audit.models import Entry, Head
from partner_portal.audit.trail import record
from partner_portal.audit.verification import noted_from, verify_chains

AT = datetime(2026, 11, 18, 15, tzinfo=UTC)


@pytest.fixture
def chain(parts, organization):
    """Five entries of the organization after the one that tells of its making; the chain's id."""
    for queued in (True, False, True, False, True):
        record(RefreshAsked(queued), SHELL, AT, organization.scope)
    return organization.pk


def run(sql: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def problem_of(chain: int, *noted) -> str | None:
    return next(each.problem for each in verify_chains(noted) if each.end.chain == chain)


def test_what_was_written_verifies_and_the_end_is_told(chain):
    [found] = verify_chains()
    assert found.problem is None
    assert str(found.end) == str(Head.objects.get(chain=chain)) == f"{chain}:6:{Entry.objects.latest('pk').hash}"


def test_organizations_have_chains_of_their_own(chain, stranger):
    record(LogInFailed("eve@acme.example"), SHELL, AT)
    assert [(each.end.chain, each.end.count, each.problem) for each in verify_chains()] == [
        (0, 1, None),
        (chain, 6, None),
        (stranger.memberships.get().organization_id, 2, None),
    ]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor", "somebody else"),
        ("action", "refresh.denied"),
        ("result", "failed"),
        ("reason", "because"),
        ("address", "10.0.0.1"),
        ("person_id", 7),
        ("organization_id", 4711),
        ("details", '{"queued": true, "more": 1}'),
        ("at", "2026-11-18 14:59:59.999999"),
        ("hash", "0" * 64),
    ],
)
def test_a_changed_row_is_named(chain, column, value):
    run(f"UPDATE audit_entries SET {column} = %s WHERE chain = %s AND number = 3", value, chain)
    assert problem_of(chain).startswith("Entry 3 (row ")
    assert "changed" in problem_of(chain)


def test_the_first_of_several_changed_rows_is_named(chain):
    run("UPDATE audit_entries SET actor = 'eve' WHERE number IN (2, 5)")
    assert problem_of(chain).startswith("Entry 2 ")


def test_a_row_that_was_changed_with_its_own_hash_breaks_the_next(chain):
    run("UPDATE audit_entries SET actor = 'eve' WHERE number = 3")
    forged = Entry.objects.get(number=3)
    run("UPDATE audit_entries SET hash = %s WHERE number = 3", hash_of(forged, Entry.objects.get(number=2).hash))
    assert problem_of(chain).startswith("Entry 4 ")


@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_removed_row_is_named(chain, number):
    run("DELETE FROM audit_entries WHERE chain = %s AND number = %s", chain, number)
    assert problem_of(chain).startswith(f"Entry {number} is missing")


def test_rows_removed_and_renumbered_are_found(chain):
    run("DELETE FROM audit_entries WHERE number = 3")
    for number in (4, 5, 6):
        run("UPDATE audit_entries SET number = %s WHERE number = %s", number - 1, number)
    assert problem_of(chain).startswith("Entry 3 ")


def test_rows_removed_at_the_end_are_found_by_the_head(chain):
    run("DELETE FROM audit_entries WHERE number > 4")
    assert problem_of(chain) == "Entries 5 to 6 are missing at the end: removed."


def test_rows_removed_at_the_end_together_with_the_head_are_found_by_the_noted_end(chain):
    noted = noted_from(str(Head.objects.get(chain=chain)))
    run("DELETE FROM audit_entries WHERE number > 4")
    run("UPDATE audit_heads SET count = 4, hash = %s", Entry.objects.get(number=4).hash)
    assert problem_of(chain) is None
    assert "Entries 5 to 6 are missing at the end, though noted" in problem_of(chain, noted)


def test_a_whole_chain_that_is_gone_is_found_by_the_noted_end_alone(chain):
    noted = noted_from(str(Head.objects.get(chain=chain)))
    run("DELETE FROM audit_entries")
    assert problem_of(chain).startswith("Entries 1 to 6 are missing")
    run("DELETE FROM audit_heads")
    assert list(verify_chains()) == []
    assert problem_of(chain, noted) == "The chain is missing: removed."


def test_a_chain_written_anew_is_found_by_the_noted_end(chain):
    noted = noted_from(str(Head.objects.get(chain=chain)))
    before = ""
    for entry in Entry.objects.order_by("number"):
        entry.actor = "eve"
        before = hash_of(entry, before)
        run("UPDATE audit_entries SET actor = 'eve', hash = %s WHERE number = %s", before, entry.number)
    run("UPDATE audit_heads SET hash = %s", before)
    assert problem_of(chain) is None
    assert "another hash than was noted" in problem_of(chain, noted)


def test_reordered_rows_are_named(chain):
    run("UPDATE audit_entries SET number = 99 WHERE number = 3")
    run("UPDATE audit_entries SET number = 3 WHERE number = 4")
    run("UPDATE audit_entries SET number = 4 WHERE number = 99")
    assert problem_of(chain).startswith("Entry 3 (row ")


def test_an_inserted_row_is_named(chain):
    columns = "at, actor, action, address, result, reason, details, chain, organization_id"
    run(
        f"INSERT INTO audit_entries ({columns}, number, hash) "
        f"SELECT {columns}, 7, hash FROM audit_entries WHERE number = 6"
    )
    assert problem_of(chain).startswith("Entry 7 (row ")
    assert "inserted" in problem_of(chain)


@pytest.mark.parametrize("sql", ["UPDATE audit_heads SET hash = 'x'", "UPDATE audit_heads SET count = 2"])
def test_a_head_that_does_not_fit_is_told(chain, sql):
    run(sql)
    assert problem_of(chain)


def test_a_missing_head_is_told(chain):
    run("DELETE FROM audit_heads")
    assert "where the chain ends is missing" in problem_of(chain)


def test_an_entry_that_is_rolled_back_leaves_no_gap(chain, organization):
    with transaction.atomic():
        record(RefreshAsked(queued=True), SHELL, AT, organization.scope)
        transaction.set_rollback(True)
    record(RefreshAsked(queued=True), SHELL, AT, organization.scope)
    assert problem_of(chain) is None


def test_details_of_any_kind_verify_after_the_database_had_them(chain, organization):
    odd = {"ä": 'q"\\', "n": [1, 2.5, 1e20, -0.0, None, True, {"z": 1, "a": 2}], "10": "x", "9": " "}
    record(MappingChanged(1, odd, {}), SHELL, AT, organization.scope)
    assert problem_of(chain) is None
