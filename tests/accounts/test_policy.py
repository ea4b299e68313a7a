"""Who may do what, and who may not even know."""

from __future__ import annotations

import pytest

from partner_portal.accounts.actor import CLOCK, SHELL, Actor
from partner_portal.accounts.models import Role
from partner_portal.accounts.policy import (
    PERMITTED,
    Act,
    NotPermitted,
    OrganizationUnknown,
    find_organization,
    may,
    organizations_of,
    require,
)
from partner_portal.usecases.add_person import add_person
from partner_portal.usecases.organizations import add_organization

FOR_ADMINISTRATORS = {
    *(Act.CONNECT, Act.TEST_CONNECTION, Act.SET_CALENDAR, Act.SET_MAPPING, Act.SET_TEAMS),
    *(Act.SEE_PEOPLE, Act.SET_PEOPLE, Act.SEE_AUDIT),
}
NOT_FOR = {
    Role.ADMINISTRATOR: set(),
    Role.MANAGER: FOR_ADMINISTRATORS,
    Role.REPRESENTATIVE: {*FOR_ADMINISTRATORS, Act.SEE_MAPPING, Act.SEE_TEAMS, Act.USE_PROXY},
    Role.VIEWER: {*FOR_ADMINISTRATORS, Act.SEE_RECORDS, Act.USE_PROXY},
}


def test_every_act_is_decided():
    assert set(PERMITTED) == set(Act)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("act", list(Act))
def test_each_role_may_do_its_own(organization, member, role, act):
    assert may(Actor.of(member(role)), act, organization) is (act not in NOT_FOR[role])


@pytest.mark.parametrize("act", list(Act))
def test_a_stranger_does_not_learn_that_the_organization_exists(organization, stranger, act):
    with pytest.raises(OrganizationUnknown) as hidden:
        require(Actor.of(stranger), act, organization)
    with pytest.raises(OrganizationUnknown) as missing:
        find_organization(Actor.of(stranger), "nowhere")
    assert str(hidden.value) == str(missing.value).replace("nowhere", "acme")


def test_a_member_without_the_right_is_told_whom_to_ask(organization, member):
    with pytest.raises(NotPermitted, match="As viewer you may not change the connection"):
        require(Actor.of(member("viewer")), Act.CONNECT, organization)


@pytest.mark.parametrize("machine", [SHELL, CLOCK])
def test_the_machine_may_do_everything(organization, machine):
    assert all(may(machine, act, organization) for act in Act)


def test_a_deactivated_person_is_a_stranger(organization, member):
    person = member("administrator")
    person.is_active = False
    person.save()
    assert not may(Actor.of(person), Act.READ_REPORT, organization)
    assert not organizations_of(Actor.of(person)).exists()


def test_the_only_organization_need_not_be_named(organization, member):
    assert find_organization(Actor.of(member("viewer"))) == organization


def test_one_of_several_must_be_named(parts, organization, member):
    person = member("viewer")
    other = add_organization(parts, slug="second", name="Second")
    add_person(parts, organization=other, email=person.email)
    with pytest.raises(OrganizationUnknown, match="Name the one"):
        find_organization(Actor.of(person))
    assert find_organization(Actor.of(person), "second") == other


def test_a_stranger_does_not_find_it_by_name(organization, stranger):
    with pytest.raises(OrganizationUnknown):
        find_organization(Actor.of(stranger), "acme")


def test_somebody_without_any_organization_is_told_so(organization, member):
    person = member("viewer")
    person.memberships.all().delete()
    with pytest.raises(OrganizationUnknown, match="no organization yet"):
        find_organization(Actor.of(person))
