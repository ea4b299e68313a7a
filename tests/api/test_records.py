"""GET /api/v1/records/{metric} and /api/v1/metrics: the records behind a number, and what the numbers are."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from partner_portal.api.records_schemas import Metrics, Records
from partner_portal.audit.models import Entry
from partner_portal.autotask.catalog import CompanyNote
from partner_portal.reports.catalogue import CATALOGUE
from partner_portal.reports.rendering.files import RECORDS_FORMATS
from partner_portal.usecases.records import Page, read_records
from reports.stocked import add
from usecases.mapped import DONE, fill, name_types

RECORDS, REPORT, METRICS = "/api/v1/records/", "/api/v1/sales-report", "/api/v1/metrics"


@pytest.fixture
def manager(browser, member, store):
    return browser(member("manager"))


def test_the_records_are_what_the_use_case_tells_in_their_declared_shape(manager, parts, organization):
    for metric in ("calls", "open_amount", "close_rate", "appointments", "stale_deals", "movement_end_amount"):
        answer = manager.get(RECORDS + metric)
        assert answer.status_code == 200, metric
        assert answer.json() == read_records(parts, organization, metric)
        assert Records.model_validate(answer.json()).model_dump(by_alias=True) == answer.json()
        assert "no-cache" in answer["Cache-Control"]
        assert "Cookie" in answer["Vary"]


def test_pages_hold_as_many_records_as_the_report_counts(manager, store):
    add(store, "CompanyNotes", [CompanyNote(id=n, action_type=30, start_date_time=DONE) for n in range(100, 130)])
    asked = {"period": "this_month", "compare": "none"}
    report = manager.get(REPORT, asked).json()
    seen = []
    while True:
        page = asked | {"offset": len(seen), "limit": 7, "sort": "id", "version": report["data"]["version"]}
        listed = manager.get(f"{RECORDS}calls", page).json()
        assert listed["total"]["value"] == report["calls"]["total"]
        if not listed["rows"]:
            break
        seen += [row["id"] for row in listed["rows"]]
    assert seen == sorted(set(seen))
    assert len(seen) == report["calls"]["total"] == 31


def test_filters_reach_the_records_as_they_reach_the_report(manager):
    for asked in ({"owner": "8"}, {"owner": "nobody"}, {"company": "0"}, {"from": "2026-01-01", "to": "2026-01-31"}):
        listed = manager.get(f"{RECORDS}activities", asked).json()
        assert listed["total"]["value"] == manager.get(REPORT, asked).json()["activities"]["total"]
        assert len(listed["rows"]) == listed["total"]["count"]


def test_a_version_that_is_no_more_is_a_conflict_with_its_remedy(manager, store):
    version = manager.get(REPORT).json()["data"]["version"]
    assert manager.get(f"{RECORDS}calls", {"version": version}).status_code == 200
    name_types(store, t30="Call out")
    for more in ({}, {"format": "csv"}):
        answer = manager.get(f"{RECORDS}calls", {"version": version} | more)
        assert answer.status_code == 409
        assert answer["Content-Type"] == "application/problem+json"
        assert "Load the report" in answer.json()["detail"]


def test_an_unknown_metric_is_not_found_and_the_list_is_named(manager):
    answer = manager.get(f"{RECORDS}cals")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"] == "There is no metric 'cals'. See /api/v1/metrics."


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({"sort": "amount"}, "happened_at"),
        ({"offset": "-1"}, "offset"),
        ({"offset": str(2**63)}, "offset"),
        ({"limit": "0"}, "limit"),
        ({"limit": "1001"}, "limit"),
        ({"of": "everything"}, "of"),
        ({"of": "comparison", "compare": "none"}, "comparison"),
        ({"format": "pdf"}, "csv, xlsx"),
        ({"version": "new"}, "version"),
        ({"only": "stage:1"}, "leave it out"),
        ({"only": "color:red"}, "stage:ID"),
        ({"only": "x" * 101}, "only"),
        ({"search": "x" * 201}, "search"),
        ({"period": "sometime"}, "sometime"),
        ({"from": "2026-03-02", "to": "2026-03-01"}, "swap"),
        ({"from": "1826-01-01", "to": "2026-01-01"}, "longer"),
        ({"owner": "4711"}, "4711"),
        ({"owner": "9" * 5000}, "no owner"),
        ({"team": "West"}, "West"),
        ({"company": "4711"}, "4711"),
        ({"category": "4711"}, "4711"),
    ],
)
def test_what_makes_no_sense_is_a_problem_with_its_remedy(manager, asked, word):
    answer = manager.get(f"{RECORDS}calls", asked)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert set(answer.json()) == {"type", "title", "status", "detail"}
    assert word in answer.json()["detail"]
    assert "\n" not in answer.json()["detail"]
    assert not Entry.objects.filter(action="records.exported").exists()


@pytest.mark.parametrize("name", RECORDS_FORMATS)
def test_all_records_are_taken_as_a_file_and_the_trail_tells(manager, name):
    answer = manager.get(f"{RECORDS}activities", {"format": name, "limit": 1, "company": "4"})
    assert answer.status_code == 200
    assert answer["Content-Type"] == RECORDS_FORMATS[name]
    assert answer["Content-Disposition"].startswith('attachment; filename="records_activities_acme_2026-11-01')
    assert answer["Cache-Control"] == "private, no-store"
    entry = Entry.objects.get(action="records.exported")
    assert entry.actor == "manager@acme.example"
    assert (entry.details["metric"], entry.details["format"], entry.details["rows"]) == ("activities", name, 3)
    assert entry.details["filters"]["company"] == 4


def test_a_list_is_narrowed_and_searched_as_the_use_case_does(manager, parts, organization):
    asked = {"only": "stage:none", "search": "no such deal"}
    answer = manager.get(f"{RECORDS}open_deals", asked).json()
    assert answer == read_records(parts, organization, "open_deals", Page(**asked))
    assert Records.model_validate(answer).model_dump(by_alias=True) == answer
    assert (answer["only"]["key"], answer["search"], answer["found"]) == ("stage:none", "no such deal", 0)


def test_a_csv_file_has_the_rows_that_are_listed(manager):
    text = manager.get(f"{RECORDS}activities", {"format": "csv", "sort": "id"}).content.decode("utf-8-sig")
    header, *rows = list(csv.reader(io.StringIO(text.split("\r\n\r\n")[-1], newline="")))
    listed = manager.get(f"{RECORDS}activities", {"sort": "id"}).json()["rows"]
    assert [int(row[header.index("id")]) for row in rows] == [row["id"] for row in listed]


@pytest.mark.parametrize("address", [f"{RECORDS}calls", f"{RECORDS}calls?format=csv", METRICS])
def test_nobody_is_told_to_log_in(parts, organization, address):
    assert Client().get(address).status_code == 401


def test_a_stranger_gets_the_answer_of_an_organization_that_is_not_there(browser, stranger, store):
    client = browser(stranger)
    for address, asked in ((f"{RECORDS}calls", {}), (f"{RECORDS}calls", {"format": "csv"}), (METRICS, {})):
        there = client.get(address, asked | {"organization": "acme"})
        nowhere = client.get(address, asked | {"organization": "nowhere"})
        assert there.status_code == nowhere.status_code == 404
        assert there.content.replace(b"acme", b"nowhere") == nowhere.content
    assert not Entry.objects.filter(action="records.exported").exists()


def test_another_organizations_ids_filter_nothing_and_its_records_stay_out(browser, stranger, parts, store):
    elsewhere = parts.warehouse.organization(stranger.memberships.get().organization.scope)
    fill(elsewhere)
    add(elsewhere, "CompanyNotes", [CompanyNote(id=77, action_type=30, company_id=4, start_date_time=DONE)])
    client = browser(stranger)
    assert {row["id"] for row in client.get(f"{RECORDS}calls").json()["rows"]} == {1, 77}
    add(store, "CompanyNotes", [CompanyNote(id=78, action_type=30, company_id=4, start_date_time=DONE)])
    assert {row["id"] for row in client.get(f"{RECORDS}calls").json()["rows"]} == {1, 77}


def test_the_catalogue_is_what_the_numbers_are_made_with(manager):
    told = manager.get(METRICS).json()
    assert Metrics.model_validate(told).model_dump() == told
    assert [entry["slug"] for entry in told["metrics"]] == [metric.slug for metric in CATALOGUE]
    [calls] = [entry for entry in told["metrics"] if entry["slug"] == "calls"]
    assert (calls["unit"], calls["subject"]) == ("count", "activities")
    assert "calls.total" in calls["figures"]
    assert all(entry["formula"] and entry["reads"] for entry in told["metrics"])
