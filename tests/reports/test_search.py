"""Searching a list of records: what is found where, and that the number of the report stays."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partner_portal.autotask.catalog import (
    Appointment,
    Company,
    CompanyNote,
    CompanyToDo,
    Contact,
    Resource,
    Task,
)
from partner_portal.reports.question import QuestionError
from partner_portal.reports.records import Page, records_document
from partner_portal.reports.search import LONGEST_SEARCH, search_text
from reports.stocked import ask, deal, guide, stock, utc

AT = {"action_type": 1, "start_date_time": utc(2026, 11, 3, 9)}
PEOPLE = {
    "Resources": [Resource(id=7, first_name="Ada", last_name="King"), Resource(id=8, last_name="O'Neil")],
    "Companies": [Company(id=4, company_name="Ärzte_Haus 100%"), Company(id=5, company_name="Arztehaus 1000")],
    "Contacts": [Contact(id=9, first_name="Bo", last_name="Ek")],
}


@pytest.fixture
def store(warehouse):
    rows = {
        "CompanyNotes": [
            CompanyNote(id=1, name="Asked for a Quote", assigned_resource_id=7, company_id=4, **AT),
            CompanyNote(id=2, note="<p>Hello</p><p>a quote follows</p>", assigned_resource_id=8, company_id=5, **AT),
            CompanyNote(id=3, name="Nothing", contact_id=9, **AT),
        ],
        "CompanyToDos": [
            CompanyToDo(id=6, activity_description="Quote sent", completed_date=utc(2026, 11, 3), **AT),
        ],
        "Appointments": [
            Appointment(id=1, title="Demo", resource_id=7, start_date_time=utc(2026, 11, 5)),
            Appointment(id=2, title=None, resource_id=8, start_date_time=utc(2026, 11, 6)),
        ],
        "Opportunities": [
            deal(1, 10, title="Back\\slash_renewal", owner_resource_id=7, company_id=4),
            deal(2, 20, title="Backup", owner_resource_id=8, company_id=5, projected_close_date=utc(2026, 11, 20)),
            deal(3, 40),
        ],
        **PEOPLE,
    }
    return stock(warehouse, rows)


def found(store, slug: str, search: str | None, **more) -> list[tuple[str | None, int]]:
    """What is found, with everything that the document says of how much that is put to the test."""
    everything = records_document(store, ask(), slug)
    listed = records_document(store, ask(), slug, Page(search=search, **more))
    assert listed["total"] == everything["total"]
    assert listed["found"] >= len(listed["rows"])
    assert all(row in everything["rows"] for row in listed["rows"])
    return sorted((row.get("source"), row["id"]) for row in listed["rows"])


@pytest.mark.parametrize(
    ("slug", "search", "ids"),
    [
        ("activities", "quote", [("CompanyNotes", 1), ("CompanyNotes", 2), ("CompanyToDos", 6)]),
        ("activities", "  ASKED   for\ta ", [("CompanyNotes", 1)]),
        ("activities", "ada king", [("CompanyNotes", 1)]),
        ("activities", "o'neil", [("CompanyNotes", 2)]),
        ("activities", "haus 1", [("CompanyNotes", 1), ("CompanyNotes", 2)]),
        ("activities", "bo ek", [("CompanyNotes", 3)]),
        ("activities", "king ada", []),
        ("appointments", "DEMO", [(None, 1)]),
        ("appointments", "neil", [(None, 2)]),
        ("open_deals", "back", [(None, 1), (None, 2)]),
        ("open_deals", "\\", [(None, 1)]),
        ("open_deals", "slash_", [(None, 1)]),
        ("open_deals", "_haus", [(None, 1)]),
        ("open_deals", "100%", [(None, 1)]),
        ("open_deals", "%", [(None, 1)]),
        ("open_deals", "back' OR '1'='1", []),
        ("open_amount", "ada", [(None, 1)]),
        ("stale_deals", "backup", [(None, 2)]),
        ("movement_end_deals", "backup", [(None, 2)]),
    ],
)
def test_records_are_found_by_title_and_names(store, slug, search, ids):
    assert found(store, slug, search) == ids


def test_letters_beyond_ascii_have_cases_too(duckdb_warehouse):
    store = stock(duckdb_warehouse, {"Opportunities": [deal(1, company_id=4)], **PEOPLE})
    assert found(store, "open_deals", "äRZTE") == [(None, 1)]


def test_changes_are_found_by_the_title_that_they_had(warehouse):
    store = stock(warehouse, {"Opportunities": [deal(1, title="Backup", projected_close_date=utc(2026, 11, 20))]})
    assert found(store, "movement_end_deals", "back") == [(None, 1)]
    assert found(store, "movement_end_deals", "front") == []


def test_activities_of_the_guides_dialect_are_found_by_title_and_description(warehouse):
    tasks = [
        Task(id=1, action_type=4, title="Phone call", create_date_time=utc(2026, 11, 3)),
        Task(id=2, action_type=4, description="call back", create_date_time=utc(2026, 11, 3)),
    ]
    store = guide(warehouse, Tasks=tasks)
    assert found(store, "calls", "call") == [("Tasks", 1), ("Tasks", 2)]
    assert found(store, "calls", "phone") == [("Tasks", 1)]


def test_what_is_found_is_counted_paged_and_sorted_beside_the_figure(store):
    listed = records_document(store, ask(), "open_amount", Page(limit=1, offset=1, search="back", sort="id"))
    assert [row["id"] for row in listed["rows"]] == [2]
    assert (listed["search"], listed["found"]) == ("back", 2)
    assert listed["total"] == {"count": 3, "value": "70.00", "amount": "70.00"}


def test_a_search_goes_on_within_an_entry(store):
    listed = records_document(store, ask(), "projected_amount", Page(search="back", only="month:2026-11"))
    assert listed["total"]["count"] == listed["found"] == 0
    listed = records_document(store, ask(), "open_amount", Page(search="backup", only="stage:none"))
    assert (listed["total"]["count"], listed["found"]) == (3, 1)


def test_without_a_search_all_are_found(store):
    for search in (None, "", " \t\0 "):
        listed = records_document(store, ask(), "open_deals", Page(search=search))
        assert (listed["search"], listed["found"], len(listed["rows"])) == (None, 3, 3)


def test_of_what_was_never_read_nothing_is_known_to_be_found(warehouse):
    store = stock(warehouse, {}, unread={"Opportunities": "Opportunities: the API user may not read them."})
    listed = records_document(store, ask(), "open_amount", Page(search="back", only="stage:1"))
    assert (listed["found"], listed["total"]["count"], listed["rows"]) == (None, None, [])


def test_a_search_that_is_too_long_is_refused_with_the_remedy():
    assert search_text("x" * LONGEST_SEARCH)
    with pytest.raises(QuestionError, match="fewer words"):
        search_text("x" * (LONGEST_SEARCH + 1))


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(search=st.text(max_size=20))
def test_any_text_can_be_searched_for(duckdb_warehouse, search):
    store = stock(duckdb_warehouse, {"Opportunities": [deal(1, title=search[:200]), deal(2)]})
    wanted = search_text(search)
    title = search.lower()
    listed = records_document(store, ask(), "open_deals", Page(search=search))
    assert listed["search"] == wanted
    if wanted is None:
        assert listed["found"] == 2
    elif wanted == search and wanted.isascii():
        assert wanted.lower() in title
        assert [row["id"] for row in listed["rows"]] == [1]
