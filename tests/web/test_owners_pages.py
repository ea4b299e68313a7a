from __future__ import annotations

import json

import pytest

from partner_portal.accounts.models import Membership
from partner_portal.web.view.figures import Figures
from partner_portal.web.view.filters import Filters
from web import sample
from web.conftest import browser, page
from web.test_every_page import check

HTMX = {"HX-Request": "true"}


@pytest.fixture
def client(report, connected, viewer):
    connected((3, "done"))
    return browser(viewer)


@pytest.mark.parametrize(
    "path", ["/people/", "/people/?sort=won&chart=conversations", "/people/11/", "/people/nobody/"]
)
@pytest.mark.parametrize("known", [True, False])
def test_the_pages_are_well_made(report, client, path, known):
    report.document = sample.document() if known else sample.never_synced()
    shown = page(client, path)
    check(shown)
    assert shown.one("a", aria_current="page").text == "People"
    figures = Figures(report.document)
    places = shown.figures()
    assert places == {place: "" if figures.value(place) is None else str(figures.value(place)) for place in places}


@pytest.mark.parametrize("path", ["/people/", "/people/11/"])
def test_the_pages_are_well_made_without_connection(report, viewer, path):
    report.document = sample.never_synced()
    shown = page(browser(viewer), path)
    check(shown)
    assert shown.one("section", id="not-connected")
    assert set(shown.figures().values()) <= {""}


@pytest.mark.parametrize("path", ["/people/", "/people/11/"])
def test_a_first_sync_shows_progress_and_no_numbers(report, connected, viewer, path):
    connected((0, ""))
    assert page(browser(viewer), path).figures() == {}


def test_everybody_is_in_the_table_with_all_figures_and_the_totals(client):
    table = page(client, "/people/").one("table")
    assert [row.one("th").text for row in table.one("tbody").all("tr")] == [
        *("Ana Ruiz", "Björn Åkesson", "Chloé Martin", "No owner")
    ]
    first = table.one("tbody").all("tr")[0]
    assert [cell.text for cell in first.all("td")] == [
        *("500", "350", "140", "10", "220", "40", "540", "22"),
        *("30", "8", "$96,000", "0", "100% 8 of 8", "20", "$200,001"),
    ]
    assert table.one("tfoot").figures()["calls.total"] == "1262"


def test_the_order_is_in_the_address_and_survives_other_choices(client):
    shown = page(client, "/people/?sort=open&chart=won_amount&compare=none")
    assert shown.one("tbody").all("tr")[0].one("th").text == "Ana Ruiz"
    [sorted_by] = [heading for heading in shown.all("th") if heading.get("aria-sort")]
    assert (sorted_by["aria-sort"], sorted_by.one("a")["href"]) == (
        "ascending",
        "/people/?compare=none&sort=open&descending=true&chart=won_amount",
    )
    assert shown.one("a", data_key="w")["href"] == "/people/?period=this_week&compare=none&sort=open&chart=won_amount"
    bar = shown.one("select", id="compare")
    while bar.tag != "form":
        bar = bar.parent
    assert {field["name"]: field["value"] for field in bar.all("input")} == {"sort": "open", "chart": "won_amount"}


def test_the_chart_is_the_documents(client):
    chart = json.loads(page(client, "/people/").one("script", id="people").text)
    assert (chart["kind"], chart["labels"][0], chart["series"][0]["values"]) == (
        "rows",
        "Ana Ruiz",
        [500, 380, 260, 140],
    )


def test_the_sales_report_leads_to_the_persons_page(client):
    shown = page(client, "/?period=last_week&owner=11")
    hrefs = {link.text: link["href"] for link in shown.all("a") if link["href"].startswith("/people/")}
    assert hrefs == {
        "People": "/people/",
        "Ana Ruiz": "/people/11/?period=last_week",
        "Björn Åkesson": "/people/12/?period=last_week",
        "Chloé Martin": "/people/13/?period=last_week",
        "No owner": "/people/nobody/?period=last_week",
    }


def test_a_persons_page_is_about_that_person(report, client):
    shown = page(client, "/people/12/?period=last_week&team=North")
    assert report.asked[0] == Filters("last_week", owner=12, team="North").asked()
    assert shown.one("h1").text == "Björn Åkesson"
    assert shown.one("title").text.startswith("Björn Åkesson")
    assert shown.one("select", id="owner").one("option", selected="").text == "Björn Åkesson"
    ways = {link.text: link["href"] for link in shown.one("nav", class_="person-ways").all("a")}
    assert ways == {
        "Everybody": "/people/?period=last_week&team=North",
        "Previous person: Ana Ruiz": "/people/11/?period=last_week&team=North",
        "Next person: Chloé Martin": "/people/13/?period=last_week&team=North",
    }
    assert "2nd of 3 by calls" in shown.one("nav", class_="person-ways").text


def test_a_persons_files_and_refresh_are_the_persons(client):
    shown = page(client, "/people/12/?period=last_week")
    csv = next(link for link in shown.all("a") if link.text == "CSV")
    assert csv["href"] == "/report/csv/?period=last_week&owner=12"
    assert shown.one("input", name="next")["value"] == "/people/12/?period=last_week"
    assert shown.one("div", id="report")["hx-get"] == "/people/12/?period=last_week"


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("/people/?owner=12", "/people/12/"),
        ("/people/?owner=nobody&period=last_week&sort=won", "/people/nobody/?period=last_week"),
        ("/people/11/?owner=12&period=custom&from=2025-11-02&to=2025-11-05", None),
        ("/people/11/?owner=nobody", "/people/nobody/"),
        ("/people/nobody/?owner=11&compare=none&team=", "/people/11/?compare=none"),
        ("/people/11/?owner=&compare=none", "/people/?compare=none"),
    ],
)
def test_choosing_somebody_in_the_bar_leads_to_that_page(client, asked, leads_to):
    answer = client.get(asked)
    assert answer.status_code == 302
    assert answer["Location"] == (leads_to or "/people/12/?period=custom&from=2025-11-02&to=2025-11-05")


def test_below_an_organizations_own_address_the_ways_stay_there(client, organization):
    slug = organization.slug
    assert client.get(f"/o/{slug}/people/?owner=12")["Location"] == f"/o/{slug}/people/12/"
    shown = page(client, f"/o/{slug}/people/12/")
    assert all(link["href"].startswith(f"/o/{slug}/") for link in shown.one("nav", class_="person-ways").all("a"))


def test_choosing_everybody_stays_there(client):
    assert client.get("/people/?owner=").status_code == 200
    assert client.get("/people/11/?owner=11").status_code == 200


def test_a_swapped_page_brings_its_address_without_what_the_path_says(client):
    swap = HTMX | {"HX-Source": "form"}
    assert client.get("/people/11/?owner=11&period=last_week", headers=swap)["HX-Push-Url"] == (
        "/people/11/?period=last_week"
    )
    assert client.get("/people/?compare=previous_period&sort=won", headers=swap)["HX-Push-Url"] == "/people/?sort=won"


@pytest.mark.parametrize("path", ["/people/?owner=me", "/people/11/?owner=me", "/people/11/?from=yesterday"])
def test_a_filter_that_cannot_be_used_is_explained(report, client, path):
    shown = page(client, path, status=400)
    assert shown.one(role="alert").text
    assert report.asked[0]["owner"] == (11 if "/11/" in path else None)


def test_who_cannot_be_anybody_is_told_kindly(client):
    shown = page(client, "/people/somebody/?period=last_week", status=404)
    check(shown)
    assert "nobody with this number" in shown.one("main").text
    assert shown.one("a", class_="btn-main")["href"] == "/people/?period=last_week"


def test_who_may_not_see_records_gets_no_links_to_them(client, member, report):
    assert not page(client, "/people/").all("a", class_="figure-link")
    manager = browser(member("manager"))
    assert page(manager, "/people/").all("a", class_="figure-link")
    assert page(manager, "/people/11/").all("a", class_="figure-link")


def test_a_representative_has_the_own_page_only(report, connected, member):
    connected((3, "done"))
    person = member("representative")
    Membership.objects.filter(person=person).update(resource_id=11, is_resource_decided=True)
    report.document = sample.document(filters__confined_to=11, by_owner=sample.document()["by_owner"][:1])
    ways = page(browser(person), "/people/11/").one("nav", class_="person-ways")
    assert ways.text == "Everybody"
