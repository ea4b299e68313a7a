"""The bar over a report: what it narrows to, how it is taken away, and what it is compared with."""

from __future__ import annotations

from datetime import timedelta

import pytest

from partner_portal.audit.models import Entry
from partner_portal.autotask.catalog import Company, Opportunity
from partner_portal.organizations.models import Team
from reports.stocked import add
from web import sample
from web.conftest import browser, page

HTMX = {"HX-Request": "true"}


@pytest.fixture
def warehouse(empty_warehouse):
    """A warehouse of the test's own: it holds companies."""
    return empty_warehouse


@pytest.fixture
def customers(parts, organization):
    names = ("Acme Dental", "Dental 100%", "Nordwind")
    store = parts.warehouse.organization(organization.scope)
    add(store, "Companies", [Company(id=number, company_name=name) for number, name in enumerate(names, 7)])
    add(store, "Opportunities", [Opportunity(id=1, opportunity_category_id=3), Opportunity(id=2)])
    return names


def test_a_company_is_found_by_a_part_of_its_name(customers, member):
    client = browser(member("manager"))
    found = page(client, "/companies/?q=dENT&at=/pipeline/&period=last_week&company=7").one("main")
    assert [(link.text, link["href"]) for link in found.all("a", class_="menu-item")] == [
        ("Acme Dental", "/pipeline/?period=last_week&company=7"),
        ("Dental 100%", "/pipeline/?period=last_week&company=8"),
    ]
    assert [link.text for link in page(client, "/companies/?q=100%25").all("a", class_="menu-item")][-1:] == [
        "Dental 100%"
    ]
    assert "No company is called so" in page(client, "/companies/?q=100_").one("main").text


def test_a_company_keeps_what_else_the_page_was_asked_for(customers, member):
    client = browser(member("manager"))
    found = page(client, "/companies/?q=nord&at=/people/&owner=7&sort=won&chart=%22%3E").one("main")
    assert found.one("a", class_="menu-item")["href"] == "/people/?owner=7&company=9&sort=won&chart=%22%3E"
    hidden = {field["name"]: field["value"] for field in found.all("input", type="hidden")}
    assert hidden == {"owner": "7", "sort": "won", "chart": '">', "at": "/people/"}


@pytest.mark.parametrize(
    "to", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", "/\\x", ""]
)
def test_a_company_leads_to_pages_of_ours_only(customers, member, to):
    client = browser(member("manager"))
    shown = client.get("/companies/", {"q": "nord", "at": to}, headers=HTMX).content.decode()
    assert "elsewhere" not in shown
    assert "javascript" not in shown
    assert 'href="/' in shown


def test_customers_are_not_listed_for_who_is_confined_or_sees_no_records(customers, member):
    assert browser(member("viewer")).get("/companies/?q=a").status_code == 403
    shown = browser(member("representative")).get("/companies/?q=a", headers=HTMX)
    assert "Acme" not in shown.content.decode()


def test_what_is_chosen_is_shown_and_can_be_left_out(report, connected, customers, organization, member):
    connected((3, "done"))
    Team.objects.create(organization=organization, name="North", members=[11])
    shown = page(browser(member("manager")), "/?company=7&category=3&team=North&owner=nobody")
    assert report.asked[0] | {"owner": "nobody", "team": "North", "company": 7, "category": 3} == report.asked[0]
    chosen = {
        link["href"]: link.text.removeprefix("Leave out the filter ") for link in shown.all("a", class_="chosen-filter")
    }
    assert chosen == {
        "/?owner=nobody&company=7&category=3": "Team North",
        "/?owner=nobody&team=North&category=3": "Acme Dental",
        "/?owner=nobody&team=North&company=7": "Category 3",
    }
    assert shown.one("select", id="team").one("option", selected="").text == "North"
    assert shown.one("select", id="owner").one("option", selected="").text == "No owner"


def test_the_days_compared_with_are_drawn_as_a_line(report, connected, viewer):
    connected((3, "done"))
    shown = page(browser(viewer))
    earlier = [asked for asked in report.asked if asked["start"] == "2025-10-01"]
    assert earlier[0]["end"] == "2025-10-20"
    assert earlier[0]["compare"] == "none"
    assert "Calls of the comparison" in shown.one("section", aria_labelledby="trend-title").text


def test_the_report_is_taken_as_a_file(connected, viewer, parts):
    connected((3, "done"))
    client = browser(viewer)
    links = [link["href"] for link in page(client, "/?period=last_week").one("details", id="export").all("a")]
    assert links == [f"/report/{name}/?period=last_week" for name in ("pdf", "xlsx", "csv")]
    answer = client.get(links[2])
    assert answer["Content-Disposition"].startswith("attachment")
    assert Entry.objects.filter(action="report.exported").count() == 1
    for wrong in ("/report/docx/", "/report/csv/?from=yesterday"):
        refused = client.get(wrong)
        assert (refused.status_code, refused["Content-Type"]) == (400, "text/plain; charset=utf-8")


def test_a_year_is_shown_by_week(report, connected, viewer):
    connected((3, "done"))
    first = sample.NOW.date() - timedelta(days=363)
    blank = report.document["by_day"][0]
    report.document["by_day"] = [
        blank | {"date": (first + timedelta(days=day)).isoformat(), "calls": 1} for day in range(364)
    ]
    shown = page(browser(viewer), "/?period=last_12_months&compare=none")
    table = shown.one("section", aria_labelledby="trend-title").one("table")
    rows = [row.one("data", data_figure=row.all("data")[0]["data-figure"]) for row in table.all("tr")[1:]]
    assert sum(int(figure["data-value"]) for figure in rows) == 364
    assert rows[1]["data-figure"].startswith("by_day.")
    assert "-" in rows[1]["data-figure"]
