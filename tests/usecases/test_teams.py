"""Teams: set by administrators, of known resources, each name once; and the numbers of their members."""

from __future__ import annotations

import pytest

from partner_portal.accounts.actor import Actor
from partner_portal.accounts.policy import NotPermitted, OrganizationUnknown
from partner_portal.audit.models import Entry
from partner_portal.autotask.catalog import Resource
from partner_portal.organizations.models import Team
from partner_portal.usecases.errors import InputRefused
from partner_portal.usecases.sales_report import QuestionError, read_sales_report
from partner_portal.usecases.teams import TeamUnknown, describe_teams, list_teams, remove_team, set_team
from reports.stocked import add
from usecases.mapped import fill


@pytest.fixture
def store(store):
    add(store, "Resources", [Resource(id=9, first_name="Bo", last_name="M")])
    return store


def changes() -> list[dict]:
    return [entry.details for entry in Entry.objects.filter(action="team.changed").order_by("id")]


def test_a_team_is_set_changed_and_removed_and_the_trail_tells(parts, organization, store):
    set_team(parts, organization, " East ", [9, 8, 9])
    assert list_teams(parts, organization) == [{"name": "East", "members": [8, 9]}]
    set_team(parts, organization, "EAST", [8])
    assert list_teams(parts, organization) == [{"name": "East", "members": [8]}]
    remove_team(parts, organization, "east")
    assert list_teams(parts, organization) == []
    assert changes() == [
        {"name": "East", "before": None, "after": [8, 9]},
        {"name": "East", "before": [8, 9], "after": [8]},
        {"name": "East", "before": [8], "after": None},
    ]


def test_setting_what_is_set_changes_nothing(parts, organization, store):
    set_team(parts, organization, "East", [8])
    set_team(parts, organization, "East", [8])
    assert len(changes()) == 1


def test_a_team_of_nobody_is_a_team(parts, organization, store):
    set_team(parts, organization, "East", [])
    assert list_teams(parts, organization) == [{"name": "East", "members": []}]
    assert read_sales_report(parts, organization, team="East")["calls"]["total"] == 0


def test_a_new_team_takes_no_name_that_is_taken(parts, organization, store):
    set_team(parts, organization, "East", [8], must_be_new=True)
    with pytest.raises(InputRefused, match="There is a team 'East' already"):
        set_team(parts, organization, " EAST ", [9], must_be_new=True)
    assert list_teams(parts, organization) == [{"name": "East", "members": [8]}]


def test_members_and_resources_are_named_to_those_who_see_everybody(parts, organization, store, member):
    Team.objects.create(organization=organization, name="East", members=[9, 8, 77])
    ada, bo = {"id": 8, "name": "Ada L"}, {"id": 9, "name": "Bo M"}
    assert describe_teams(parts, organization, actor=Actor.of(member("viewer"))) == {
        "teams": [{"name": "East", "members": [{"id": 77, "name": None}, ada, bo]}],
        "resources": [ada, bo],
    }
    with pytest.raises(NotPermitted, match="who is in which team"):
        describe_teams(parts, organization, actor=Actor.of(member("representative")))


def test_the_case_of_any_letter_makes_no_other_team(parts, organization, store):
    set_team(parts, organization, "Süden", [8])
    set_team(parts, organization, "SÜDEN", [9])
    assert list_teams(parts, organization) == [{"name": "Süden", "members": [9]}]


def test_a_report_counts_the_records_of_a_teams_members(parts, organization, store):
    set_team(parts, organization, "East", [8])
    set_team(parts, organization, "West", [9])
    assert read_sales_report(parts, organization, team="east")["calls"]["total"] == 1
    assert read_sales_report(parts, organization, team="west")["calls"]["total"] == 0


def test_a_member_that_autotask_lost_may_stay(parts, organization, store):
    Team.objects.create(organization=organization, name="East", members=[77])
    set_team(parts, organization, "East", [77, 8])
    assert list_teams(parts, organization) == [{"name": "East", "members": [8, 77]}]
    with pytest.raises(InputRefused, match="78"):
        set_team(parts, organization, "East", [77, 78])


@pytest.mark.parametrize("name", ["", "  ", "two\nlines", "nul\0", "x" * 101])
def test_a_name_that_cannot_be_used_is_refused(parts, organization, store, name):
    with pytest.raises(InputRefused):
        set_team(parts, organization, name, [8])
    assert list_teams(parts, organization) == []


@pytest.mark.parametrize("member", [4711, -1, 2**70])
def test_an_unknown_resource_is_refused_with_its_id(parts, organization, store, member):
    with pytest.raises(InputRefused, match=rf"the id {member}\."):
        set_team(parts, organization, "East", [8, member])
    assert list_teams(parts, organization) == []


def test_a_resource_of_another_organization_is_unknown(parts, organization, store, stranger):
    elsewhere = parts.warehouse.organization(stranger.memberships.get().organization.scope)
    fill(elsewhere)
    add(elsewhere, "Resources", [Resource(id=99, first_name="Their", last_name="Own")])
    with pytest.raises(InputRefused, match="99"):
        set_team(parts, organization, "East", [99])


def test_another_organizations_team_is_unknown_and_not_named(parts, organization, store, stranger):
    other = stranger.memberships.get().organization
    fill(parts.warehouse.organization(other.scope))
    set_team(parts, other, "Theirs", [8])
    for act in (
        lambda: read_sales_report(parts, organization, team="Theirs"),
        lambda: remove_team(parts, organization, "Theirs"),
    ):
        with pytest.raises(QuestionError, match=r"There is no team 'Theirs'; there are: none yet\."):
            act()
    set_team(parts, organization, "Theirs", [])
    assert list_teams(parts, other) == [{"name": "Theirs", "members": [8]}]


@pytest.mark.parametrize("role", ["viewer", "representative", "manager"])
def test_everybody_reads_and_only_administrators_change(parts, organization, store, member, role):
    actor = Actor.of(member(role))
    set_team(parts, organization, "East", [8])
    assert bool(list_teams(parts, organization, actor=actor)) == (role != "representative")
    with pytest.raises(NotPermitted, match="you may not change the teams"):
        set_team(parts, organization, "East", [], actor=actor)
    with pytest.raises(NotPermitted):
        remove_team(parts, organization, "East", actor=actor)
    assert list_teams(parts, organization) == [{"name": "East", "members": [8]}]


def test_a_stranger_does_not_learn_which_teams_there_are(parts, organization, store, stranger):
    actor = Actor.of(stranger)
    set_team(parts, organization, "East", [8])
    for act in (
        lambda: list_teams(parts, organization, actor=actor),
        lambda: describe_teams(parts, organization, actor=actor),
        lambda: set_team(parts, organization, "East", [], actor=actor),
        lambda: remove_team(parts, organization, "East", actor=actor),
        lambda: read_sales_report(parts, organization, team="East", actor=actor),
    ):
        with pytest.raises(OrganizationUnknown):
            act()
    assert list_teams(parts, organization) == [{"name": "East", "members": [8]}]


def test_of_two_that_make_a_team_at_once_one_is_refused(parts, organization, store, monkeypatch):
    monkeypatch.setattr("partner_portal.usecases.teams._find_team", lambda *_: None)
    monkeypatch.setattr(Team, "full_clean", lambda _team: None)
    set_team(parts, organization, "East", [8])
    with pytest.raises(InputRefused, match="Load the teams again"):
        set_team(parts, organization, "EAST", [9])
    assert len(changes()) == 1


def test_an_unknown_team_cannot_be_removed(parts, organization, store):
    set_team(parts, organization, "East", [8])
    with pytest.raises(TeamUnknown, match="there are: East"):
        remove_team(parts, organization, "Eats")
