"""GET /api/v1/teams, PUT and DELETE /api/v1/teams/{name}."""

from __future__ import annotations

import pytest
from django.test import Client

from partner_portal.audit.models import Entry
from partner_portal.organizations.models import Team
from partner_portal.usecases.teams import list_teams

TEAMS = "/api/v1/teams"
JSON = "application/json"


@pytest.fixture
def administrator(browser, member, store):
    return browser(member("administrator"))


def put(client, name: str = "East", members: object = (8,), **more):
    return client.put(f"{TEAMS}/{name}", {"members": members, **more}, content_type=JSON)


def test_a_team_is_set_listed_and_removed(administrator, parts, organization):
    assert put(administrator).json() == {"teams": [{"name": "East", "members": [8]}]}
    assert administrator.get(TEAMS).json() == {"teams": list_teams(parts, organization)}
    assert administrator.get("/api/v1/sales-report?team=east").json()["filters"]["team"] == "East"
    removed = administrator.delete(f"{TEAMS}/East")
    assert (removed.status_code, removed.content) == (204, b"")
    assert administrator.get(TEAMS).json() == {"teams": []}
    actions = Entry.objects.filter(action="team.changed", actor="administrator@acme.example")
    assert actions.count() == 2


@pytest.mark.parametrize("name", ["Süd", "North and West", "Sales/East", "50%25"])
def test_any_name_has_its_address(administrator, name, parts, organization):
    assert put(administrator, name).status_code == 200
    assert administrator.delete(f"{TEAMS}/{name}").status_code == 204
    assert list_teams(parts, organization) == []


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("East", {"members": [4711]}),
        ("East", {"members": [2**70]}),
        ("East", {"members": ["8"]}),
        ("East", {"members": [True]}),
        ("East", {"members": 8}),
        ("East", {"members": list(range(1_001))}),
        ("East", {"members": [8], "colour": "red"}),
        ("East", {}),
        ("%20", {"members": [8]}),
        ("x" * 101, {"members": [8]}),
    ],
)
def test_a_team_that_cannot_be_is_a_problem_with_its_remedy(administrator, name, body):
    answer = administrator.put(f"{TEAMS}/{name}", body, content_type=JSON)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert set(answer.json()) == {"type", "title", "status", "detail"}
    assert "\n" not in answer.json()["detail"]
    assert not Team.objects.exists()


def test_an_unknown_team_is_not_removed(administrator):
    answer = administrator.delete(f"{TEAMS}/West")
    assert answer.status_code == 404
    assert "none yet" in answer.json()["detail"]


@pytest.mark.parametrize("role", ["viewer", "representative", "manager"])
def test_others_read_and_are_told_to_ask_an_administrator(administrator, browser, member, role):
    put(administrator)
    client = browser(member(role))
    assert client.get(TEAMS).status_code == 200
    for answer in (put(client, members=[]), put(client, "West"), client.delete(f"{TEAMS}/East")):
        assert answer.status_code == 403
        assert "Ask an administrator" in answer.json()["detail"]
    assert client.get(TEAMS).json() == {"teams": [{"name": "East", "members": [8]}] * (role != "representative")}


def test_a_stranger_gets_the_answer_of_an_organization_that_is_not_there(administrator, browser, stranger):
    put(administrator)
    client = browser(stranger)
    for send in (
        lambda slug: client.get(f"{TEAMS}?organization={slug}"),
        lambda slug: put(client, f"East?organization={slug}", []),
        lambda slug: client.delete(f"{TEAMS}/East?organization={slug}"),
    ):
        there, nowhere = send("acme"), send("nowhere")
        assert there.status_code == nowhere.status_code == 404
        assert there.content.replace(b"acme", b"nowhere") == nowhere.content
    assert [team.members for team in Team.objects.all()] == [[8]]


def test_another_organizations_team_is_no_filter_here(administrator, browser, stranger):
    put(administrator)
    client = browser(stranger)
    assert client.get(TEAMS).json() == {"teams": []}
    for address in ("/api/v1/sales-report", "/api/v1/records/calls"):
        answer = client.get(address, {"team": "East"})
        assert answer.status_code == 422
        assert answer.json()["detail"] == "There is no team 'East'; there are: none yet."


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_nobody_is_told_to_log_in(parts, organization, method):
    address = TEAMS if method == "get" else f"{TEAMS}/East"
    assert getattr(Client(), method)(address, content_type=JSON).status_code == 401


def test_a_change_needs_a_csrf_token(store, browser, member):
    client = browser(member("administrator"), enforce_csrf_checks=True)
    for answer in (put(client), client.delete(f"{TEAMS}/East")):
        assert answer.status_code == 403
        assert "CSRF" in answer.json()["detail"]
    assert not Team.objects.exists()
