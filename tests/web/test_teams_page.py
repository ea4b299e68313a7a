"""Settings > Teams: listed with their members' names, made, changed, removed."""

from __future__ import annotations

import pytest

from doubles import held_parts
from partner_portal.organizations.models import Team
from partner_portal.usecases.teams import list_teams, set_team
from partner_portal.web.view.teams import team_form
from web import sample
from web.conftest import browser, page
from web.reading import Element, read

TEAMS = "/settings/teams/"


@pytest.fixture
def parts(db, empty_warehouse):
    """Parts with a warehouse of their own: this page reads the resources in it."""
    with held_parts(empty_warehouse, sample.NOW) as made:
        yield made


@pytest.fixture
def client(store, administrator):
    return browser(administrator)


def checked(shown: Element) -> list[str]:
    return [box["value"] for box in shown.all("input", name="member") if "checked" in box.attributes]


def test_a_team_is_made_changed_and_removed(client, parts, organization):
    assert "There is no team yet." in page(client, TEAMS).one("main").text
    assert client.post(TEAMS, {"act": "add", "name": "East", "member": ["8"]})["Location"] == TEAMS
    shown = page(client, TEAMS)
    assert "The team East was saved." in shown.one("p", role="status").text
    [row] = shown.one("tbody").all("tr")
    assert "Ada L" in row.text
    assert row.one("th").one("a")["href"] == "/?team=East"
    form = page(client, row.all("a")[1]["href"].partition("#")[0])
    assert checked(form) == ["8"]
    client.post(TEAMS, {"act": "change", "name": "East"})
    assert list_teams(parts, organization) == [{"name": "East", "members": []}]
    client.post(TEAMS, {"act": "remove", "name": "East"})
    assert list_teams(parts, organization) == []


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"act": "add", "name": "east"}, "already"),
        ({"act": "add", "name": " "}, "Name"),
        ({"act": "change", "name": "East", "member": ["4711"]}, "4711"),
        ({"act": "remove", "name": "West"}, "There is no team 'West'"),
        ({"name": "East"}, "Load the list of teams again"),
    ],
)
def test_what_cannot_be_done_is_told_and_what_was_entered_stays(client, parts, organization, sent, told):
    set_team(parts, organization, "East", [8])
    answer = client.post(TEAMS, {"member": ["8"]} | sent)
    shown = read(answer.content.decode())
    assert answer.status_code == 422
    assert told in shown.one("main").one(role="alert").text
    assert checked(shown) == (["8"] if "4711" not in told else [])
    assert list_teams(parts, organization) == [{"name": "East", "members": [8]}]
    if sent.get("act") == "add":
        assert shown.one("input", id="team-name")["value"] == sent["name"]


def test_a_member_that_autotask_has_lost_can_stay(client, parts, organization):
    Team.objects.create(organization=organization, name="East", members=[8, 77])
    shown = page(client, f"{TEAMS}?team=east")
    assert checked(shown) == ["8", "77"]
    assert "Resource 77" in shown.one("tbody").text
    client.post(TEAMS, {"act": "change", "name": "East", "member": checked(shown)})
    assert list_teams(parts, organization) == [{"name": "East", "members": [8, 77]}]


def test_who_may_only_see_gets_the_list_alone(store, viewer, parts, organization):
    set_team(parts, organization, "East", [8])
    shown = page(browser(viewer), TEAMS).one("main")
    assert "Ada L" in shown.one("tbody").text
    assert not shown.all("form")
    assert browser(viewer).post(TEAMS, {"act": "remove", "name": "East"}).status_code == 403


def test_before_the_first_sync_nobody_can_be_chosen(organization, administrator):
    shown = page(browser(administrator), TEAMS).one("main")
    assert "read with the first sync" in shown.text
    assert not shown.all("form")


def test_a_team_that_is_not_there_is_a_new_one():
    form = team_form({"teams": [], "resources": [{"id": 8, "name": None}]}, "Gone")
    assert (form.changed, form.name) == ("", "")
    assert [option.name for option in form.members] == ["Resource 8"]
