"""The pages by person over a mirror: whose may be seen by whom, and who is not there."""

from __future__ import annotations

import pytest
from django.test import Client

from partner_portal.accounts.models import Membership
from partner_portal.autotask.catalog import CompanyNote, Resource
from reports.stocked import add
from usecases.mapped import DONE
from web.conftest import page

OWN, OTHER = 8, 9


@pytest.fixture
def people(store):
    """Ada, who made one call, and Bob, who made two."""
    add(store, "Resources", [Resource(id=OWN, first_name="Ada"), Resource(id=OTHER, first_name="Bob")])
    note = {"action_type": 30, "company_id": 4, "start_date_time": DONE}
    add(store, "CompanyNotes", [CompanyNote(id=number, assigned_resource_id=OTHER, **note) for number in (21, 22)])


def logged_in(person):
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def rep(member, people):
    """A representative who is Ada."""
    person = member("representative")
    Membership.objects.filter(person=person).update(resource_id=OWN, is_resource_decided=True)
    return logged_in(person)


def names(shown):
    return [row.one("th").text for row in shown.one("table", class_="people").one("tbody").all("tr")]


def test_everybody_is_seen_by_who_sees_everybody(member, people):
    client = logged_in(member("viewer"))
    shown = page(client, "/people/")
    assert names(shown)[:2] == ["Bob", "Ada"]
    assert shown.one("tfoot").figures()["calls.total"] == "3"
    ways = page(client, f"/people/{OWN}/").one("nav", class_="person-ways")
    assert "2nd of 2 by calls" in ways.text
    assert "Next person: Bob" in ways.text


def test_a_representative_sees_the_own_row_and_page(rep):
    shown = page(rep, "/people/")
    assert names(shown) == ["Ada"]
    assert shown.one("tfoot").figures()["calls.total"] == "1"
    own = page(rep, f"/people/{OWN}/")
    assert own.figures()["calls.total"] == "1"
    assert own.one("nav", class_="person-ways").text == "Everybody"
    assert "Bob" not in own.text


@pytest.mark.parametrize("path", [f"/people/{OTHER}/", "/people/nobody/", "/people/4711/"])
def test_others_pages_are_refused_to_a_representative_whether_they_are_there_or_not(rep, path):
    answer = rep.get(path)
    assert answer.status_code == 403
    assert "your own numbers" in answer.content.decode()
    assert "Bob" not in answer.content.decode()


@pytest.mark.parametrize("asked", [f"/people/?owner={OTHER}", f"/people/{OWN}/?owner={OTHER}"])
def test_no_way_leads_around_the_refusal(rep, asked):
    assert rep.get(asked, follow=True).status_code == 403


@pytest.mark.parametrize("number", [4711, 10**18, 0])
def test_who_is_not_there_is_told_kindly(member, people, number):
    shown = page(logged_in(member("viewer")), f"/people/{number}/?period=last_week", status=404)
    assert "nobody with this number" in shown.one("main").text
    assert shown.one("main").one("a")["href"] == "/people/?period=last_week"


def test_a_wrong_range_is_explained_on_the_persons_page(member, people):
    shown = page(logged_in(member("viewer")), f"/people/{OTHER}/?period=never", status=400)
    assert "never" in shown.one(role="alert").text
    assert (shown.one("h1").text, shown.figures()["calls.total"]) == ("Bob", "2")


def test_somebody_without_a_figure_in_the_range_has_a_page_with_the_own_name(member, people):
    shown = page(logged_in(member("viewer")), f"/people/{OTHER}/?period=custom&from=1999-01-01&to=1999-01-31")
    assert (shown.one("h1").text, shown.figures()["calls.total"]) == ("Bob", "0")
    assert shown.one("select", id="owner").one("option", selected="").text == "Bob"
