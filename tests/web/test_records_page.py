"""The page of records over a mirror: who sees it, that it lists what the number counts, and what its script gets."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from partner_portal.audit.models import Entry
from partner_portal.autotask.catalog import CompanyNote, Resource
from partner_portal.reports.catalogue import CATALOGUE
from partner_portal.usecases.records import Page, read_records
from partner_portal.usecases.sales_report import read_sales_report
from reports.stocked import add, deal, utc
from usecases.mapped import name_types
from web.conftest import browser, page
from web.test_every_page import check

CALLS, ACTIVITIES, DEALS = "/records/calls/", "/records/activities/", "/records/open_deals/"
ALL_YEAR = "period=custom&from=2025-01-01&to=2026-12-31&compare=none"


@pytest.fixture
def warehouse(empty_warehouse):
    """A warehouse of each test's own: these write to it."""
    return empty_warehouse


@pytest.fixture
def manager(member, store) -> Client:
    return browser(member("manager"))


def fill_with_calls(store, count: int) -> None:
    notes = [CompanyNote(id=n, action_type=30, start_date_time=utc(2025, 11, 5)) for n in range(1000, 1000 + count)]
    add(store, "CompanyNotes", notes)


def test_every_kind_of_record_and_figure_has_a_page_that_is_well_made(manager):
    kinds = {(metric.selection.subject, metric.unit): metric for metric in CATALOGUE}
    for metric in kinds.values():
        shown = page(manager, f"/records/{metric.slug}/?{ALL_YEAR}")
        check(shown)
        assert metric.formula in shown.one("main").text


def test_it_is_well_made_in_every_state(manager):
    for asked in ("search=zzz", "page=7", "owner=nobody", "period=today", "version=1"):
        check(page(manager, f"{ACTIVITIES}?{asked}"))
    for asked in ("only=stage:1", "period=sometime"):
        check(page(manager, f"{ACTIVITIES}?{asked}", status=400))


def test_it_shows_the_number_of_the_report_and_its_records(manager, parts, organization):
    asked = {"period": "custom", "start": "2025-01-01", "end": "2026-12-31", "compare": "none"}
    report = read_sales_report(parts, organization, **asked)
    listed = read_records(parts, organization, "activities", **asked)
    shown = page(manager, f"{ACTIVITIES}?{ALL_YEAR}")
    assert shown.one("data", class_="records-figure")["value"] == str(report["activities"]["total"])
    rows = shown.one("tbody").all("tr")
    assert len(rows) == listed["total"]["count"] > 0
    titles = [column.text.rstrip("↓↑") for column in shown.one("thead").all("th")]
    assert titles == [column["title"] for column in listed["columns"] if column["type"] != "link"]


def test_pages_orders_and_searches_are_those_of_the_use_case(manager, store, parts, organization):
    fill_with_calls(store, 230)
    asked = {"period": "custom", "start": "2025-11-01", "end": "2025-11-30", "compare": "none"}
    expected = read_records(parts, organization, "calls", Page(100, 100, "id", descending=True), **asked)
    query = "period=custom&from=2025-11-01&to=2025-11-30&compare=none&sort=id&descending=true&page=2"
    shown = page(manager, f"{CALLS}?{query}")
    ids = [row.all("td", data_label="Id")[0].text for row in shown.one("tbody").all("tr")]
    assert ids == [str(row["id"]) for row in expected["rows"]]
    assert "101–200 of 230 records" in shown.one("nav", class_="records-pages").text
    [sorted_by] = [column for column in shown.one("thead").all("th") if "aria-sort" in column.attributes]
    assert (sorted_by.text, sorted_by["aria-sort"]) == ("Id↓", "descending")


def test_following_the_ways_to_other_pages_passes_each_record_once(manager, store):
    fill_with_calls(store, 230)
    at, seen = f"{CALLS}?period=custom&from=2025-11-01&to=2025-11-30&compare=none", []
    while at:
        shown = page(manager, at)
        seen += [row.all("td", data_label="Id")[0].text for row in shown.one("tbody").all("tr")]
        at = shown.one("a", id="page-next").get("href")
    assert len(seen) == len(set(seen)) == 230


def test_a_search_finds_and_the_number_stays(manager, store):
    add(store, "Opportunities", [deal(71, 10, title="Firewall"), deal(72, 30, title="Backup")])
    whole = page(manager, DEALS)
    shown = page(manager, f"{DEALS}?search=FIREwall")
    figures = [shown.one("data", class_="records-figure")["value"] for shown in (whole, shown)]
    assert figures[0] == figures[1]
    assert [row.one("th").text for row in shown.one("tbody").all("tr")] == ["Firewall"]
    assert shown.one("input", id="records-search")["value"] == "FIREwall"
    none = page(manager, f"{DEALS}?search=%3Cb%3Enothing")
    assert "“<b>nothing”" in none.one("div", class_="empty").text
    assert "search=" not in none.one("div", class_="empty").one("a")["href"]


def test_one_entry_of_a_list_is_named_and_can_be_left_out(manager):
    shown = page(manager, f"{DEALS}?only=stage:none&owner=nobody")
    chips = shown.one("ul", class_="records-chips").all("li")
    assert [chip.text for chip in chips] == [
        "As of now, whatever the range",
        "Leave out Stage: no stage",
        "Leave out No owner",
    ]
    assert "only" not in chips[1].one("a")["href"]


def test_data_that_moved_on_is_told_and_the_records_of_now_are_shown(manager, store, parts, organization):
    version = read_sales_report(parts, organization)["data"]["version"]
    assert not page(manager, f"{ACTIVITIES}?{ALL_YEAR}&version={version}").all("div", class_="notice-warning")
    name_types(store, t30="Call out")
    held = store.data_version()
    shown = page(manager, f"{ACTIVITIES}?{ALL_YEAR}&version={version}")
    assert f"from version {version} to {held}" in shown.one("div", class_="notice-warning").text
    assert shown.one("tbody").all("tr")
    following = shown.one("thead").all("a")[0]["href"]
    assert parse_qs(urlsplit(following).query)["version"] == [str(held)]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("only=stage:1", "can't be narrowed to a stage"),
        ("only=color:red", "use stage:ID"),
        ("sort=amount", "sort by one of"),
        ("period=sometime", "sometime"),
        ("owner=Ada", "owner"),
        ("owner=4711", "4711"),
        ("of=comparison&compare=none", "no comparison period"),
        ("search=" + "x" * 201, "fewer words"),
        ("page=" + "9" * 20, "correct offset"),
    ],
)
def test_what_cannot_be_listed_is_explained_above_the_usual_list(manager, asked, said):
    shown = page(manager, f"{CALLS}?{asked}", status=400)
    assert said in shown.one("div", role="alert").text
    assert shown.one("data", class_="records-figure")


@pytest.mark.parametrize("asked", ["", "?owner=Ada", "?page=2&sort=x", "csv/"])
def test_a_metric_that_is_none_is_not_found(manager, asked):
    page(manager, f"/records/cals/{asked}", status=404)


def test_who_may_not_see_records_is_told_kindly_and_nothing_is_shown(store, viewer):
    for path in (CALLS, f"{CALLS}csv/"):
        told = page(browser(viewer), path, status=403).one("main").text
        assert "As viewer you may not see the records behind the numbers. Ask an administrator." in told


def test_a_representative_sees_the_own_records_and_no_way_to_others(store, member):
    person = member("representative")
    add(store, "Resources", [Resource(id=8, first_name="Ada", last_name="L", email=person.email, is_active=True)])
    shown = page(browser(person), f"{ACTIVITIES}?{ALL_YEAR}")
    owners = {row.all("td", data_label="Owner")[0] for row in shown.one("tbody").all("tr")}
    assert owners
    assert not any(owner.all("a") for owner in owners)
    page(browser(person), f"{ACTIVITIES}?owner=7", status=403)


def test_the_crumb_leads_back_with_the_same_filters(manager):
    shown = page(manager, f"{CALLS}?period=last_month&owner=8&search=x&version=1")
    crumb = shown.one("nav", class_="crumb").one("a")
    assert (crumb.text, crumb["href"]) == ("Sales report", "/?period=last_month&owner=8")


@pytest.mark.parametrize(
    "told", ["http://elsewhere.example/", "http://testserver/nowhere/", "http://testserver/accounts/"]
)
def test_where_the_page_that_led_here_is_none_of_ours_it_is_the_sales_report(manager, told):
    crumb = page(manager, CALLS, Referer=told).one("nav", class_="crumb").one("a")
    assert crumb["href"] == "/"
    assert page(manager, f"{CALLS}?back=//evil.example").one("nav", class_="crumb").one("a")["href"] == "/"


def test_a_script_gets_the_address_to_show_pushed_or_replaced_while_typing(manager):
    headers = {"HX-Request": "true"}
    told = manager.get(f"{CALLS}?search=&sort=id&page=1", headers=headers)
    assert told["HX-Push-Url"] == f"{CALLS}?sort=id"
    typed = manager.get(f"{CALLS}?search=a", headers=headers | {"HX-Source": "form#records-find"})
    assert typed["HX-Replace-Url"] == f"{CALLS}?search=a"
    assert "HX-Push-Url" not in typed.headers
    assert "HX-Push-Url" not in manager.get(CALLS).headers


def test_the_page_is_offered_as_files_of_the_same_records(manager):
    shown = page(manager, f"{DEALS}?only=stage:none&search=x&sort=id&page=2&owner=8&version=1")
    links = [link["href"] for link in shown.one("div", class_="records-files").all("a")]
    assert links == [f"{DEALS}{name}/?owner=8&only=stage%3Anone&search=x&sort=id" for name in ("csv", "xlsx")]
    answer = manager.get(links[0])
    assert answer["Content-Disposition"].startswith('attachment; filename="records_open_deals_acme_stage-none_search')
    details = Entry.objects.get(action="records.exported").details
    assert (details["only"], details["search"]) == ("stage:none", "x")


@pytest.mark.parametrize(("path", "status"), [("pdf/", 400), ("csv/?only=color:red", 400), ("csv/?owner=Ada", 400)])
def test_a_file_that_cannot_be_made_is_refused_in_one_line(manager, path, status):
    answer = manager.get(CALLS + path)
    assert answer.status_code == status
    assert answer.content.decode().count("\n") == 1


def test_looking_is_written_down_once(manager):
    for asked in ("", "?sort=id", "?page=2"):
        manager.get(CALLS + asked)
    assert Entry.objects.filter(action="records.read").count() == 1


def test_before_the_first_sync_the_number_is_unknown_and_says_why(member, parts, organization):
    shown = page(browser(member("manager")), CALLS)
    assert shown.one("data", class_="records-figure").text == "--"
    assert "never read" in shown.one("div", class_="empty").text
    check(shown)
