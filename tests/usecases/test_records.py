"""Reading and taking away the records behind a number: for members, of known metrics, never unseen."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.accounts.policy import OrganizationUnknown
from partner_portal.audit.event import Event
from partner_portal.audit.models import Entry
from partner_portal.audit.trail import record
from partner_portal.lib.clock import FixedClock
from partner_portal.usecases.errors import InputRefused
from partner_portal.usecases.mapping import save_mapping
from partner_portal.usecases.records import DataMoved, MetricUnknown, Page, export_records, read_records
from partner_portal.usecases.sales_report import read_sales_report
from stores import plan_of
from usecases.mapped import name_types, proposal, with_action


def test_the_records_are_those_of_the_mapping_in_force(parts, organization, store):
    assert [row["id"] for row in read_records(parts, organization, "calls")["rows"]] == [1]
    save_mapping(parts, organization, with_action(proposal(parts, organization), 31, "call", "outbound"))
    listed = read_records(parts, organization, "calls")
    assert {row["id"] for row in listed["rows"]} == {1, 2}
    assert listed["data"]["mapping_version"] == 1
    assert listed["total"]["count"] == read_sales_report(parts, organization)["calls"]["total"]


def test_the_records_of_data_that_moved_on_are_refused(parts, organization, store):
    version = read_sales_report(parts, organization)["data"]["version"]
    name_types(store, t30="Call out")
    with pytest.raises(DataMoved, match="Load the report"):
        read_records(parts, organization, "calls", Page(version=version))
    with pytest.raises(DataMoved):
        export_records(parts, organization, "calls", "csv", Page(version=version))
    assert not Entry.objects.filter(action="records.exported").exists()


def test_a_file_holds_all_records_whatever_the_page_and_the_trail_tells(parts, organization, store):
    file = export_records(parts, organization, "activities", "csv", Page(offset=2, limit=1, sort="id"), company=4)
    rows = file.content.decode("utf-8-sig").split("\r\n\r\n")[-1].splitlines()
    assert len(rows) == 4
    entry = Entry.objects.get(action="records.exported")
    assert (entry.actor, entry.organization_id) == ("command line", organization.pk)
    assert entry.details == {
        "metric": "activities",
        "format": "csv",
        "start": "2026-11-01",
        "end": "2026-11-30",
        "filters": {"owner": None, "team": None, "company": 4, "category": None, "confined_to": None},
        "only": "",
        "search": "",
        "rows": 3,
        "data_version": store.data_version(),
    }


def notes():
    return list(Entry.objects.filter(action="records.read").order_by("pk"))


def test_looking_into_a_list_is_written_down(parts, organization, store, member):
    actor = Actor.of(member("manager"), "192.0.2.7")
    read_records(parts, organization, "activities", Page(limit=2), actor=actor, company=4)
    [entry] = notes()
    assert (entry.actor, entry.address, entry.organization_id) == (actor.name, "192.0.2.7", organization.pk)
    assert entry.details == {
        "metric": "activities",
        "start": "2026-11-01",
        "end": "2026-11-30",
        "filters": {"owner": None, "team": None, "company": 4, "category": None, "confined_to": None},
        "only": "",
        "search": "",
        "first": 0,
        "rows": 2,
        "data_version": store.data_version(),
    }


def test_paging_and_sorting_through_a_list_is_one_look_also_while_the_data_moves_on(parts, organization, store):
    for page in (Page(limit=1), Page(offset=1, limit=1), Page(sort="id", descending=True), Page(offset=999)):
        read_records(parts, organization, "activities", page)
    name_types(store, t30="Call out")
    read_records(parts, organization, "activities")
    assert [entry.details["rows"] for entry in notes()] == [1]


def test_each_thousand_of_a_list_is_noted(parts, organization, store):
    for offset in (0, 500, 1_000, 1_500, 2_000, 999):
        read_records(parts, organization, "activities", Page(offset=offset))
    assert [entry.details["first"] for entry in notes()] == [0, 1_000, 2_000]


def test_typing_a_search_is_one_look_and_another_search_is_another(parts, organization, store):
    for search in (None, "q", "qu", "quote", "quo", None, "", "ada"):
        read_records(parts, organization, "activities", Page(search=search))
    assert [entry.details["search"] for entry in notes()] == ["", "q", "ada"]


@dataclass(frozen=True)
class EarlierRecordsRead(Event):
    """What releases wrote down that could neither narrow nor search a list."""

    action = "records.read"
    metric: str
    start: str
    end: str
    filters: dict[str, Any]
    first: int


def test_an_entry_of_earlier_releases_is_a_look_into_the_whole_list(parts, organization, store):
    filters = {"owner": None, "team": None, "company": None, "category": None, "confined_to": None}
    earlier = EarlierRecordsRead("activities", "2026-11-01", "2026-11-30", filters, 0)
    record(earlier, SHELL, parts.clock.now(), organization.scope)
    read_records(parts, organization, "activities")
    assert len(notes()) == 1
    read_records(parts, organization, "activities", Page(search="quote"))
    assert len(notes()) == 2


def test_what_a_list_is_narrowed_to_and_searched_for_is_told(parts, organization, store):
    page = Page(only="stage:none", search=" No  such deal ")
    read_records(parts, organization, "open_deals", page)
    file = export_records(parts, organization, "open_deals", "csv", page)
    assert "_stage-none_search_v" in file.name
    for entry in Entry.objects.filter(action__startswith="records."):
        assert (entry.details["only"], entry.details["search"]) == ("stage:none", "No such deal")
        assert entry.details["rows"] == 0


def test_another_list_or_another_reader_is_another_look(parts, organization, store, member):
    read_records(parts, organization, "activities")
    read_records(parts, organization, "open_deals")
    for other in (
        {"metric": "open_deals", "page": Page(only="stage:none")},
        {"metric": "calls"},
        {"metric": "activities", "company": 4},
        {"metric": "activities", "period": "last_month"},
        {"metric": "activities", "page": Page(of_comparison=True), "compare": "previous_year"},
        {"metric": "activities", "actor": Actor.of(member("manager"))},
        {"metric": "activities", "actor": Actor.of(member("administrator"))},
    ):
        for _ in range(2):
            read_records(parts, organization, **other)
    assert len(notes()) == 9


def test_after_ten_minutes_it_is_another_look(parts, organization, store):
    start = parts.clock.now()
    for seconds, looks in ((0, 1), (599, 1), (600, 2), (1_199, 2), (1_200, 3)):
        later = replace(parts, clock=FixedClock(start + timedelta(seconds=seconds)))
        read_records(later, organization, "calls")
        assert len(notes()) == looks


def test_whether_a_look_is_noted_takes_one_query_by_an_index(parts, organization, store, member):
    actor = Actor.of(member("manager"))
    read_records(parts, organization, "calls", actor=actor)
    with CaptureQueriesContext(connection) as queries:
        read_records(parts, organization, "calls", actor=actor)
    [asked] = [query["sql"] for query in queries if "audit_entries" in query["sql"]]
    assert re.search(
        r"audit_entries_of_person.*\(\(?person_id *=.* AND .*action.* AND .*at.* *>.*\)", plan_of(asked), re.DOTALL
    )


def test_what_is_refused_or_taken_as_a_file_is_no_look(parts, organization, store, stranger):
    with pytest.raises(OrganizationUnknown):
        read_records(parts, organization, "calls", actor=Actor.of(stranger))
    with pytest.raises(MetricUnknown):
        read_records(parts, organization, "cals")
    export_records(parts, organization, "calls", "csv")
    assert notes() == []


def test_records_of_now_are_taken_without_a_range(parts, organization, store):
    export_records(parts, organization, "open_deals", "xlsx")
    details = Entry.objects.get(action="records.exported").details
    assert (details["start"], details["end"], details["rows"]) == ("", "", 2)


@pytest.mark.parametrize("format_name", ["pdf", "json", ""])
def test_an_unknown_format_is_refused_with_those_there_are(parts, organization, store, format_name):
    with pytest.raises(InputRefused, match="csv, xlsx"):
        export_records(parts, organization, "calls", format_name)


def test_an_unknown_metric_is_refused(parts, organization, store):
    with pytest.raises(MetricUnknown, match="no metric 'cals'"):
        read_records(parts, organization, "cals")


def test_a_stranger_reads_and_takes_nothing(parts, organization, store, stranger):
    actor = Actor.of(stranger)
    with pytest.raises(OrganizationUnknown):
        read_records(parts, organization, "calls", actor=actor)
    with pytest.raises(OrganizationUnknown):
        export_records(parts, organization, "calls", "csv", actor=actor)
    assert not Entry.objects.filter(action="records.exported").exists()
