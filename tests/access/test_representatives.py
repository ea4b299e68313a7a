"""Representatives see own numbers and records, and totals of own teams where these are shown: nowhere more."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

import partner_portal
from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.accounts.policy import NotPermitted
from partner_portal.autotask.catalog import CompanyNote, Resource
from partner_portal.reports.question import Question
from partner_portal.usecases.export_report import export_report
from partner_portal.usecases.people import BY_ADDRESS, NO_RESOURCE, Wishes, change_person, set_people_rules
from partner_portal.usecases.records import export_records, read_records
from partner_portal.usecases.sales_report import read_sales_report, tagged_sales_report
from partner_portal.usecases.teams import list_teams, set_team
from reports.stocked import add
from usecases.mapped import DONE

SOURCE = Path(partner_portal.__file__).parent
OWN, OTHER = 8, 9


@pytest.fixture
def rep(parts, organization, store, member):
    """A representative who is resource 8 by address; 8 made one call, 9 made two."""
    add(
        store,
        "Resources",
        [
            Resource(id=OWN, first_name="Ada", email="Representative@acme.example ", is_active=True),
            Resource(id=OTHER, first_name="Bob", email="bob@acme.example", is_active=True),
        ],
    )
    note = {"action_type": 30, "company_id": 4, "start_date_time": DONE}
    add(store, "CompanyNotes", [CompanyNote(id=number, assigned_resource_id=OTHER, **note) for number in (21, 22)])
    return Actor.of(member("representative"))


@pytest.fixture
def teams(parts, organization, rep):
    """Two teams, of one of which the representative is a member."""
    set_team(parts, organization, "East", [OWN, OTHER])
    set_team(parts, organization, "West", [OTHER])


def shown(parts, organization, **rules):
    set_people_rules(parts, organization, **rules)


def test_the_report_is_about_the_own_numbers_whatever_is_left_out(parts, organization, rep):
    told = read_sales_report(parts, organization, actor=rep)
    assert told["filters"] == {"owner": OWN, "team": None, "company": None, "category": None, "confined_to": OWN}
    assert told["calls"]["total"] == 1
    assert [row["owner"]["id"] for row in told["by_owner"]] == [OWN]
    assert {row["owner"]["id"] for row in told["recent_activity"]} == {OWN}
    assert {source["rows"] for source in told["data"]["sources"]} == {None}
    own = read_sales_report(parts, organization, owner=OWN)
    assert {key: told[key] for key in ("calls", "pipeline", "funnel", "by_day", "recent_activity")} == {
        key: own[key] for key in ("calls", "pipeline", "funnel", "by_day", "recent_activity")
    }


ENTRANCES = {
    "report": lambda *where, **asked: read_sales_report(*where, **asked),
    "tag": lambda *where, **asked: tagged_sales_report(*where, **asked),
    "file": lambda parts, organization, **asked: export_report(parts, organization, "csv", **asked),
    "records": lambda parts, organization, **asked: read_records(parts, organization, "calls", **asked),
    "records file": lambda parts, organization, **asked: export_records(parts, organization, "calls", "csv", **asked),
}


@pytest.mark.parametrize("entrance", ENTRANCES)
@pytest.mark.parametrize("asked", [{"owner": OTHER}, {"owner": str(OTHER)}, {"owner": "nobody"}, {"owner": 4711}])
def test_others_are_refused_at_every_entrance(parts, organization, rep, entrance, asked):
    with pytest.raises(NotPermitted, match="your own numbers"):
        ENTRANCES[entrance](parts, organization, actor=rep, **asked)


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_somebody_who_is_nobody_in_autotask_has_no_numbers(parts, organization, rep, entrance):
    decide(parts, organization, rep, NO_RESOURCE)
    with pytest.raises(NotPermitted, match="Ask an administrator"):
        ENTRANCES[entrance](parts, organization, actor=rep)


def test_the_records_are_the_own_ones(parts, organization, rep):
    told = read_records(parts, organization, "calls", actor=rep)
    assert [row["owner"]["id"] for row in told["rows"]] == [OWN]
    assert read_records(parts, organization, "calls", actor=rep, company=4)["total"]["value"] == 1


def test_teams_are_hidden_until_they_are_shown(parts, organization, rep, teams):
    assert list_teams(parts, organization, actor=rep) == []
    with pytest.raises(ValueError, match="there are: none yet"):
        read_sales_report(parts, organization, actor=rep, team="East")
    shown(parts, organization, shows_team_totals=True)
    assert [team["name"] for team in list_teams(parts, organization, actor=rep)] == ["East"]
    with pytest.raises(ValueError, match="there are: East") as unknown:
        read_sales_report(parts, organization, actor=rep, team="West")
    assert "West" not in str(unknown.value).partition("there are")[2]


def test_of_a_team_totals_are_told_and_nothing_of_others(parts, organization, rep, teams):
    shown(parts, organization, shows_team_totals=True)
    told = read_sales_report(parts, organization, actor=rep, team="East")
    whole = read_sales_report(parts, organization, team="East")
    assert told["calls"] == whole["calls"]
    assert told["calls"]["total"] == 3
    assert [row["owner"]["id"] for row in told["by_owner"]] == [OWN]
    assert (told["recent_activity"], told["appointments"]["upcoming"]) == ([], [])
    assert "Bob" not in str(told)
    assert "Bob" in str(whole)
    assert any("totals of the team" in note for note in told["notes"])


@pytest.mark.parametrize("entrance", ["records", "records file"])
def test_a_team_leads_to_no_records(parts, organization, rep, teams, entrance):
    shown(parts, organization, shows_team_totals=True)
    with pytest.raises(NotPermitted, match="Of a team you see totals"):
        ENTRANCES[entrance](parts, organization, actor=rep, team="East")


@pytest.mark.parametrize("more", [{"company": 4}, {"category": 1}])
def test_a_teams_totals_are_not_cut_smaller(parts, organization, rep, teams, more):
    shown(parts, organization, shows_team_totals=True)
    with pytest.raises(NotPermitted, match="company and category"):
        read_sales_report(parts, organization, actor=rep, team="East", **more)


def test_own_numbers_within_a_team_stay_own(parts, organization, rep, teams):
    shown(parts, organization, shows_team_totals=True)
    assert read_sales_report(parts, organization, actor=rep, team="East", owner=OWN)["calls"]["total"] == 1


def test_a_kept_report_of_somebody_else_is_not_served(parts, organization, rep, teams, member):
    shown(parts, organization, shows_team_totals=True)
    manager = Actor.of(member("manager"))
    for asked in ({}, {"owner": OWN}, {"team": "East"}):
        theirs = tagged_sales_report(parts, organization, actor=manager, **asked)
        mine = tagged_sales_report(parts, organization, actor=rep, **asked)
        assert mine.tag != theirs.tag
        assert b"Bob" not in (mine.content or b"")
        again = tagged_sales_report(parts, organization, held=[theirs.tag], actor=rep, **asked)
        assert again.content == mine.content


def test_every_part_of_a_question_is_in_the_tag():
    written = (SOURCE / "usecases" / "sales_report.py").read_text("utf-8")
    placed = {"now", "period_name", "start", "end", "compare"}  # the frame's today, period and comparison
    missing = {f.name for f in fields(Question)} - placed - set(re.findall(r"question\.(\w+)", written))
    assert missing == set()


def test_questions_are_made_where_the_policy_is_asked():
    makers = {path.name for path in (SOURCE / "usecases").glob("*.py") if re.search(r"\bQuestion\(", path.read_text())}
    assert makers == {"asking.py", "mapping.py"}  # the mapping's preview is for administrators
    above = [path for name in ("web", "api", "cli", "workers") for path in (SOURCE / name).rglob("*.py")]
    assert [path.name for path in above if re.search(r"\bQuestion\(|sales_report\(store", path.read_text())] == []


def decide(parts, organization, rep, resource, actor=SHELL):
    member_id = organization.memberships.get(person=rep.person).pk
    change_person(parts, organization, member_id, Wishes(resource=resource), actor=actor)


def test_an_administrator_decides_who_somebody_is(parts, organization, rep):
    decide(parts, organization, rep, OTHER)
    assert read_sales_report(parts, organization, actor=rep)["calls"]["total"] == 2
    decide(parts, organization, rep, BY_ADDRESS)
    assert read_sales_report(parts, organization, actor=rep)["calls"]["total"] == 1


def test_an_address_that_two_resources_have_is_nobodys(parts, organization, rep, store):
    add(store, "Resources", [Resource(id=OTHER, email="representative@acme.example", is_active=True)])
    with pytest.raises(NotPermitted, match="not known who you are"):
        read_sales_report(parts, organization, actor=rep)


def test_an_inactive_resource_is_nobody_by_address(parts, organization, rep, store):
    add(store, "Resources", [Resource(id=OWN, email="representative@acme.example", is_active=False)])
    with pytest.raises(NotPermitted):
        read_sales_report(parts, organization, actor=rep)


@pytest.mark.parametrize("role", ["administrator", "manager", "viewer"])
def test_others_see_everybody(parts, organization, rep, member, role):
    told = read_sales_report(parts, organization, actor=Actor.of(member(role)))
    assert told["filters"]["confined_to"] is None
    assert told["calls"]["total"] == 3
