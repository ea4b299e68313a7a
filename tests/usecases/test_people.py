"""Members changed, put to rest and removed; accounts switched; operators; what the audit trail tells of it."""

from __future__ import annotations

from functools import partial

import pytest
from django.test import Client

from partner_portal.accounts.actor import Actor
from partner_portal.accounts.models import Membership, Person
from partner_portal.accounts.policy import NotPermitted, OrganizationUnknown
from partner_portal.audit.models import Entry
from partner_portal.usecases.add_person import add_operator, add_person, switch_person
from partner_portal.usecases.due import enqueue_due_syncs
from partner_portal.usecases.errors import InputRefused, PersonUnknown, SyncPaused
from partner_portal.usecases.organizations import add_organization, list_organizations, switch_organization
from partner_portal.usecases.people import Wishes, change_person, list_people, remove_person, set_people_rules
from partner_portal.usecases.sync_organization import sync_organization

RULES = {"shows_team_totals", "requires_mfa"}


@pytest.fixture
def administrator(member):
    return Actor.of(member("administrator"))


def id_of(organization, person) -> int:
    return Membership.objects.get(organization=organization, person=person).pk


def change(parts, organization, person, actor, **wishes):
    change_person(parts, organization, id_of(organization, person), Wishes(**wishes), actor=actor)


def test_a_changed_role_counts_at_once_and_the_trail_tells_before_and_after(
    parts, organization, administrator, member, store
):
    person = member("viewer")
    change(parts, organization, person, administrator, role="manager", resource=8)
    assert id_of(organization, person) == Membership.objects.get(role="manager", resource_id=8).pk
    entry = Entry.objects.get(action="person.changed")
    assert entry.actor == administrator.name
    assert entry.details == {
        "email": person.email,
        "before": {"role": "viewer", "resource": "by_address"},
        "after": {"role": "manager", "resource": 8},
    }


def test_no_change_leaves_no_trace(parts, organization, administrator, member):
    change(parts, organization, member("viewer"), administrator, role="viewer", is_active=True)
    assert not Entry.objects.filter(action="person.changed").exists()


@pytest.mark.parametrize(
    ("wishes", "field"), [({"role": "king"}, "role"), ({"resource": 4711}, "resource"), ({"resource": "x"}, "resource")]
)
def test_what_cannot_be_is_refused(parts, organization, administrator, member, store, wishes, field):
    with pytest.raises(InputRefused) as refused:
        change(parts, organization, member("viewer"), administrator, **wishes)
    assert refused.value.field == field


def test_a_deactivated_member_is_logged_out_at_once_and_stays_out(parts, organization, administrator, member):
    person = member("manager")
    client = Client()
    client.force_login(person)
    assert client.get("/definitions/").status_code == 200
    change(parts, organization, person, administrator, is_active=False)
    assert client.get("/definitions/")["Location"].startswith("/accounts/login/")
    assert client.get("/api/v1/connection").status_code == 401
    change(parts, organization, person, administrator, is_active=True)
    assert client.get("/definitions/").status_code == 302, "an ended session stays ended"


def test_a_deactivated_member_who_logs_in_again_finds_no_organization(parts, organization, administrator, member):
    person = member("manager")
    change(parts, organization, person, administrator, is_active=False)
    client = Client()
    client.force_login(Person.objects.get(pk=person.pk))
    assert client.get("/o/acme/").status_code == 404


def test_a_removed_member_is_out_with_the_next_request(parts, organization, administrator, member):
    person = member("manager")
    client = Client()
    client.force_login(person)
    remove_person(parts, organization, id_of(organization, person), actor=administrator)
    assert client.get("/o/acme/definitions/").status_code == 404
    assert Entry.objects.get(action="person.removed").details["before"]["role"] == "manager"


@pytest.mark.parametrize("wishes", [{"role": "manager"}, {"is_active": False}, None])
def test_the_last_administrator_stays(parts, organization, administrator, member, wishes):
    person = administrator.person
    resting = add_person(parts, organization=organization, email="b@acme.example", role="administrator")
    change(parts, organization, resting, administrator, is_active=False)
    act = remove_person if wishes is None else partial(change_person, wishes=Wishes(**wishes))
    with pytest.raises(InputRefused, match="last administrator"):
        act(parts, organization, id_of(organization, person), actor=administrator)
    assert Membership.objects.get(person=person).role == "administrator"


def test_the_last_administrator_is_not_switched_off_either(parts, organization, administrator):
    with pytest.raises(InputRefused, match="last administrator of acme"):
        switch_person(parts, administrator.name, on=False)


def test_one_of_two_administrators_may_go(parts, organization, administrator):
    add_person(parts, organization=organization, email="b@acme.example", role="administrator")
    remove_person(parts, organization, id_of(organization, administrator.person), actor=administrator)
    assert organization.memberships.count() == 1


def test_an_organization_without_administrators_can_change_its_members(parts, organization, member):
    change_person(parts, organization, id_of(organization, member("viewer")), Wishes(role="manager"))
    assert organization.memberships.get().role == "manager"


def test_members_of_others_are_unknown(parts, organization, administrator, stranger):
    theirs = Membership.objects.get(person=stranger).pk
    for act in (
        lambda: change_person(parts, organization, theirs, Wishes(role="viewer"), actor=administrator),
        lambda: remove_person(parts, organization, theirs, actor=administrator),
    ):
        with pytest.raises(PersonUnknown):
            act()
    with pytest.raises(OrganizationUnknown):
        list_people(parts, organization, actor=Actor.of(stranger))


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_rule_is_changed_alone_and_the_trail_tells_before_and_after(parts, organization, administrator, rule):
    [other] = RULES - {rule}
    set_people_rules(parts, organization, **{rule: True}, actor=administrator)
    told = list_people(parts, organization)
    assert (told[rule], told[other]) == (True, False)
    assert getattr(organization, rule) is True
    entry = Entry.objects.get(action="organization.rules_changed")
    assert (entry.actor, entry.details) == (administrator.name, {"before": {rule: False}, "after": {rule: True}})


def test_rules_that_stay_leave_no_trace(parts, organization, administrator):
    set_people_rules(parts, organization, shows_team_totals=False, requires_mfa=False, actor=administrator)
    set_people_rules(parts, organization, actor=administrator)
    assert not Entry.objects.filter(action="organization.rules_changed").exists()


@pytest.mark.parametrize("role", ["manager", "representative", "viewer"])
def test_only_administrators_see_and_change_people(parts, organization, administrator, member, role):
    actor = Actor.of(member(role))
    with pytest.raises(NotPermitted):
        list_people(parts, organization, actor=actor)
    with pytest.raises(NotPermitted):
        change(parts, organization, actor.person, actor, role="administrator")
    with pytest.raises(NotPermitted):
        set_people_rules(parts, organization, requires_mfa=True, actor=actor)


def test_a_switched_off_account_is_logged_out_everywhere(parts, organization, administrator, member):
    person = member("viewer")
    client = Client()
    client.force_login(person)
    switch_person(parts, person.email.upper(), on=False)
    assert client.get("/definitions/").status_code == 302
    switch_person(parts, person.email, on=True)
    assert client.get("/definitions/").status_code == 302
    assert [e.details["after"] for e in Entry.objects.filter(action="person.switched")] == [False, True]


def test_an_operator_belongs_to_none_and_a_member_operates_nothing(parts, organization, member):
    operator = add_operator(parts, email="op@portal.example", password="correct horse battery")
    with pytest.raises(InputRefused, match="operator"):
        add_person(parts, organization=organization, email=operator.email)
    with pytest.raises(InputRefused, match="belongs to an organization"):
        add_operator(parts, email=member("administrator").email)
    with pytest.raises(OrganizationUnknown):
        add_organization(parts, slug="mine", name="Mine", actor=Actor.of(member("manager")))
    with pytest.raises(OrganizationUnknown):
        list_organizations(actor=Actor.of(member("viewer")))


def test_a_membership_of_an_operator_counts_for_nothing(parts, organization):
    operator = add_operator(parts, email="op@portal.example", password="correct horse battery")
    Membership.objects.create(person=operator, organization=organization, role="administrator")
    client = Client()
    client.force_login(operator)
    assert client.get("/o/acme/").status_code == 404
    assert client.get("/api/v1/sales-report", {"organization": "acme"}).status_code == 404


def test_a_deactivated_organization_is_served_to_nobody_and_not_synced(parts, organization, administrator, connected):
    client = Client()
    client.force_login(administrator.person)
    operator = Actor.of(add_operator(parts, email="op@portal.example", password="correct horse battery"))
    switch_organization(parts, "acme", on=False, actor=operator)
    assert client.get("/o/acme/definitions/").status_code == 404
    assert client.get("/api/v1/connection").status_code == 404
    assert enqueue_due_syncs(parts) == 0
    with pytest.raises(SyncPaused, match="deactivated"):
        sync_organization(parts, organization)
    switch_organization(parts, "acme", on=True, actor=operator)
    assert client.get("/definitions/").status_code == 200
    assert enqueue_due_syncs(parts) == 1
    assert [e.actor for e in Entry.objects.filter(action="organization.switched")] == ["op@portal.example"] * 2


@pytest.fixture
def connected(organization, parts):
    from partner_portal.organizations.models import Connection

    now = parts.clock.now()
    return Connection.objects.create(organization=organization, username="api", connected_at=now, secret_set_at=now)
