from __future__ import annotations

from datetime import timedelta

import pytest

from partner_portal.autotask.catalog import (
    CATALOG,
    OPPORTUNITIES,
    Appointment,
    CompanyNote,
    CompanyToDo,
    Opportunity,
    Resource,
    Task,
)
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.reports.document import sales_report
from partner_portal.reports.question import QuestionError
from partner_portal.warehouse.store import PicklistValue
from reports.stocked import READ_AT, add, ask, stock, utc

DENIED = "The API user may not read it"


def numbers(value: object) -> list[object]:
    if isinstance(value, dict):
        return [
            number
            for key, inner in value.items()
            if key not in ("date", "owner", "key", "label")
            for number in numbers(inner)
        ]
    if isinstance(value, list):
        return [number for inner in value for number in numbers(inner)]
    return [value]


def test_before_the_first_sync_nothing_is_a_number(warehouse):
    document = sales_report(warehouse.organization(OrganizationScope(987_654)), ask())
    for group in ("activities", "calls", "emails", "meetings"):
        assert set(numbers(document[group])) == {None}
    assert document["conversations"] == {"total": None, "previous": None, "includes": ["calls", "meetings"]}
    assert document["appointments"] == {"total": None, "previous": None, "upcoming_total": None, "upcoming": []}
    assert set(
        numbers([document["funnel"], document["pipeline"], document["conversion_rate"], document["by_day"]])
    ) == {None}
    assert len(document["by_day"]) == 30
    assert document["by_owner"] == document["recent_activity"] == []
    assert document["data"]["version"] == 0
    assert document["data"]["as_of"] is document["data"]["dialect"] is None
    assert document["data"]["complete"] is False
    assert [(s["entity"], s["rows"], s["complete"]) for s in document["data"]["sources"]] == [
        (entity.path, None, False) for entity in CATALOG
    ]
    assert document["notes"] == ["Nothing was read from Autotask yet: connect it, or wait for the first sync."]


def test_an_unreadable_entity_is_named_and_the_rest_is_right(warehouse):
    store = stock(
        warehouse,
        {"Tasks": [Task(id=1, action_type=4, assigned_resource_id=7, create_date_time=utc(2026, 11, 3))]},
        dialect="guide",
        unread={"Appointments": DENIED, "Opportunities": DENIED},
    )
    document = sales_report(store, ask())
    assert document["calls"]["total"] == 1
    assert document["appointments"]["total"] is None
    assert document["funnel"][0]["count"] is document["pipeline"]["open"]["count"] is None
    assert document["by_day"][2]["appointments"] is None
    assert document["by_day"][2]["calls"] == 1
    assert document["by_owner"][0]["won"] is document["by_owner"][0]["appointments"] is None
    assert document["data"]["complete"] is False
    assert [s["entity"] for s in document["data"]["sources"] if s["problem"] == DENIED] == [
        "Opportunities",
        "Appointments",
    ]
    assert document["notes"] == [
        f"{path} could not be read, so what depends on it is missing here: {DENIED}."
        for path in ("Appointments", "Opportunities")
    ]


def test_one_of_two_sources_of_activities_is_enough_for_numbers_but_not_for_completeness(warehouse):
    to_do = CompanyToDo(id=1, action_type=1, completed_date=utc(2026, 11, 3))
    store = stock(warehouse, {"CompanyToDos": [to_do]}, unread={"CompanyNotes": DENIED})
    document = sales_report(store, ask())
    assert document["calls"]["total"] == 1
    assert document["data"]["complete"] is False
    assert document["notes"][0].startswith("CompanyNotes could not be read")


def test_what_the_report_does_not_read_does_not_make_it_incomplete(duckdb_warehouse):
    document = sales_report(stock(duckdb_warehouse, {}, unread={"Tickets": DENIED, "Tasks": DENIED}), ask())
    assert document["data"]["complete"] is True
    assert not any(DENIED in note for note in document["notes"])


def test_earlier_rows_stay_when_an_entity_can_no_longer_be_read(warehouse):
    store = stock(warehouse, {"Opportunities": [Opportunity(id=1, status=1)]})
    store.forget(OPPORTUNITIES, "Autotask did not answer")
    document = sales_report(store, ask())
    assert document["pipeline"]["open"]["count"] == 1
    assert document["data"]["complete"] is False
    assert (
        "Opportunities is not up to date; its last complete state is shown: Autotask did not answer."
        in document["notes"]
    )


def test_the_report_is_as_old_as_the_oldest_entity_it_reads(duckdb_warehouse):
    store = stock(duckdb_warehouse, {})
    add(store, "Appointments", [Appointment(id=1)], as_of=READ_AT - timedelta(hours=2))
    add(store, "Tickets", [], as_of=READ_AT - timedelta(days=2))
    assert sales_report(store, ask())["data"]["as_of"] == "2026-11-22T12:55:00Z"


def test_the_version_moves_with_the_data(duckdb_warehouse):
    store = stock(duckdb_warehouse, {})
    before = sales_report(store, ask())["data"]["version"]
    add(store, "Appointments", [Appointment(id=1)])
    assert sales_report(store, ask())["data"]["version"] > before


def test_without_comparison_there_is_nothing_before(duckdb_warehouse):
    document = sales_report(stock(duckdb_warehouse, {}), ask(compare="none"))
    assert document["comparison"] is None
    groups = [document[group] for group in ("calls", "emails", "meetings", "conversations", "appointments")]
    groups += [document["pipeline"][group] for group in ("won", "lost", "close_rate")]
    assert {group["previous"] for group in groups} == {None}


def test_a_proposed_mapping_is_announced(duckdb_warehouse):
    def announced(**more):
        return [
            note for note in sales_report(stock(duckdb_warehouse, {}, **more), ask())["notes"] if "proposed" in note
        ]

    tail = "is proposed from their labels; it is in force until an administrator confirms it."
    stage = PicklistValue("Opportunities", "stage", 11, "New")
    assert announced(picklists=[stage]) == [f"The mapping of action types and stages {tail}"]
    assert announced() == [f"The mapping of action types {tail}"]
    assert announced(dialect="guide", picklists=[stage]) == [f"The mapping of stages {tail}"]
    assert announced(dialect="guide") == []


def test_statuses_with_other_labels_are_doubted(duckdb_warehouse):
    labels = [(1, "Active"), (2, "Lost"), (3, "On hold"), (4, "Implemented"), (9, "Whatever")]
    picklists = [PicklistValue("Opportunities", "status", value, label) for value, label in labels]
    notes = sales_report(stock(duckdb_warehouse, {}, picklists=picklists), ask())["notes"]
    doubts = [note for note in notes if "count by id" in note]
    assert len(doubts) == 1
    assert doubts[0].endswith('though these labels say otherwise: 3 "On hold".')


def test_a_stage_unknown_to_the_picklist_is_named(duckdb_warehouse):
    deals = [Opportunity(id=1, stage=77, status=1, create_date=utc(2026, 11, 3))]
    document = sales_report(
        stock(
            duckdb_warehouse, {"Opportunities": deals}, picklists=[PicklistValue("Opportunities", "stage", 11, "New")]
        ),
        ask(),
    )
    assert "Stages that the tenant's picklist does not name count as prospects only: 77." in document["notes"]
    assert [step["count"] for step in document["funnel"]] == [1, 0, 0, 0, 0]


def test_an_owner_is_known_by_any_row(warehouse):
    store = stock(
        warehouse,
        {
            "Tasks": [Task(id=1, assigned_resource_id=1)],
            "Resources": [Resource(id=2)],
            "Appointments": [Appointment(id=1, resource_id=3)],
            "Opportunities": [Opportunity(id=1, owner_resource_id=4)],
            "CompanyToDos": [CompanyToDo(id=1, assigned_to_resource_id=5)],
            "CompanyNotes": [CompanyNote(id=1, assigned_resource_id=6)],
        },
    )
    assert [sales_report(store, ask(owner_id=owner))["owner_id"] for owner in range(1, 7)] == [1, 2, 3, 4, 5, 6]
    with pytest.raises(QuestionError, match="No resource has the id 7"):
        sales_report(store, ask(owner_id=7))
    for impossible in (-1, 2**63, 10**30):
        with pytest.raises(QuestionError, match="No resource has the id"):
            sales_report(store, ask(owner_id=impossible))


class OnlySnapshots:
    """A store that can be read through a snapshot only."""

    def __init__(self, store) -> None:
        self._store = store
        self.taken = 0

    def snapshot(self):
        self.taken += 1
        return self._store.snapshot()


def test_the_whole_document_comes_out_of_one_snapshot(duckdb_warehouse):
    store = OnlySnapshots(stock(duckdb_warehouse, {}))
    assert sales_report(store, ask())["schema"] == "sales-report/1"
    assert store.taken == 1


def test_whoever_is_confined_to_a_resource_that_is_not_mirrored_has_a_report_without_records(warehouse):
    held = stock(
        warehouse, {"Resources": [Resource(id=2)], "CompanyNotes": [CompanyNote(id=1, assigned_resource_id=2)]}
    )
    document = sales_report(held, ask(owner_id=7, confined_to=7))
    assert (document["owner_id"], document["activities"]["total"]) == (7, 0)
