"""GET /api/v1/sales-report: the document, its tag, and what it refuses."""

from __future__ import annotations

import pytest

from partner_portal.api.schemas import SalesReport
from partner_portal.usecases.add_person import add_person
from partner_portal.usecases.organizations import add_organization
from partner_portal.usecases.sales_report import read_sales_report
from usecases.mapped import fill

REPORT = "/api/v1/sales-report"


@pytest.fixture
def viewer(browser, member):
    return browser(member("viewer"))


def test_a_member_reads_the_document_that_everybody_gets(viewer, parts, organization):
    answer = viewer.get(REPORT)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert answer.json() == read_sales_report(parts, organization)
    assert answer.json()["schema"] == "sales-report/1"


def declared(document: dict) -> dict:
    """The document without what its schema does not declare."""
    return SalesReport.model_validate(document).model_dump(by_alias=True)


def test_every_field_of_the_document_is_declared(viewer, parts, organization):
    empty = viewer.get(REPORT).json()
    assert declared(empty) == empty
    fill(parts.warehouse.organization(organization.scope))
    whole = viewer.get(REPORT, {"compare": "none", "owner": "nobody"}).json()
    assert whole["pipeline"]["open_by_stage"]
    assert whole["pipeline"]["movement"]
    assert declared(whole) == whole


def test_the_parameters_reach_the_question(viewer, parts, organization):
    asked = {"from": "2026-01-15", "to": "2026-02-14", "compare": "previous_year"}
    answer = viewer.get(REPORT, asked).json()
    assert (answer["period"]["start"], answer["period"]["end"]) == ("2026-01-15", "2026-02-14")
    assert answer["comparison"]["start"] == "2025-01-15"
    assert answer == read_sales_report(
        parts,
        organization,
        period="custom",
        start="2026-01-15",
        end="2026-02-14",
        compare="previous_year",
    )


def test_a_known_tag_costs_no_document(viewer):
    first = viewer.get(REPORT)
    again = viewer.get(REPORT, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again["ETag"] == first["ETag"]
    assert "no-cache" in again["Cache-Control"]
    assert "Cookie" in again["Vary"]


def test_another_question_has_another_tag(viewer):
    tags = {viewer.get(REPORT, asked)["ETag"] for asked in ({}, {"period": "last_month"}, {"compare": "none"})}
    assert len(tags) == 3


def test_other_calendar_settings_have_another_tag(viewer, organization):
    before = viewer.get(REPORT)["ETag"]
    organization.time_zone = "Asia/Tokyo"
    organization.save()
    assert viewer.get(REPORT)["ETag"] != before


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({"period": "sometime"}, "sometime"),
        ({"from": "2026-02-30", "to": "2026-03-01"}, "2026-02-30"),
        ({"from": "2026-03-02", "to": "2026-03-01"}, "2026-03"),
        ({"from": "2026-03-02"}, ""),
        ({"compare": "with nothing"}, "with nothing"),
        ({"owner": "Ada"}, "Ada"),
        ({"owner": "-1"}, "-1"),
        ({"owner": "4711"}, "4711"),
    ],
)
def test_a_question_that_makes_no_sense_is_a_problem_with_its_remedy(viewer, asked, word):
    answer = viewer.get(REPORT, asked)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) == {"type", "title", "status", "detail"}
    assert problem["status"] == 422
    assert word in problem["detail"]
    assert "\n" not in problem["detail"]


def test_nobody_is_told_to_log_in(client, organization):
    answer = client.get(REPORT)
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert "Log in" in answer.json()["detail"]


def test_a_stranger_gets_the_answer_of_an_organization_that_is_not_there(browser, organization, stranger):
    client = browser(stranger)
    there = client.get(REPORT, {"organization": "acme"})
    nowhere = client.get(REPORT, {"organization": "nowhere"})
    assert there.status_code == nowhere.status_code == 404
    assert there.content.replace(b"acme", b"nowhere") == nowhere.content


def test_a_member_of_two_organizations_names_one(browser, parts, organization, member):
    person = member("viewer")
    add_person(parts, organization=add_organization(parts, slug="second", name="Second"), email=person.email)
    client = browser(person)
    assert client.get(REPORT).status_code == 404
    assert client.get(REPORT, {"organization": "second"}).json()["organization"]["slug"] == "second"


def test_a_deactivated_person_is_out_at_once(viewer, organization):
    organization.memberships.get().person.__class__.objects.update(is_active=False)
    assert viewer.get(REPORT).status_code == 401
