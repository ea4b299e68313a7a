"""Adding organizations and people."""

from __future__ import annotations

import pytest

from partner_portal.accounts.models import Membership, Person
from partner_portal.audit.models import Entry
from partner_portal.usecases.add_person import add_person
from partner_portal.usecases.errors import InputRefused
from partner_portal.usecases.organizations import add_organization

PASSWORD = "correct horse battery"


def test_an_organization_is_added_and_noted(parts):
    made = add_organization(parts, slug="acme", name="Acme", time_zone="Europe/Berlin", currency="EUR")
    assert made.scope.organization_id == made.pk
    [entry] = Entry.objects.all()
    assert (entry.action, entry.actor, entry.organization_id) == ("organization.added", "command line", made.pk)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"time_zone": "CEST"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"currency": "usd"}, "currency"),
        ({"currency": "DOLLAR"}, "currency"),
        ({"slug": "no spaces"}, "slug"),
        ({"slug": ""}, "slug"),
        ({"name": ""}, "name"),
        ({"week_start": 7}, "week_start"),
        ({"fiscal_year_start": 13}, "fiscal_year_start"),
        ({"fiscal_year_start": 0}, "fiscal_year_start"),
    ],
)
def test_what_cannot_be_used_is_named(parts, wrong, field):
    with pytest.raises(InputRefused) as refused:
        add_organization(parts, **{"slug": "acme", "name": "Acme", **wrong})
    assert refused.value.field == field
    assert not Entry.objects.exists()


def test_a_slug_is_taken_once(parts, organization):
    with pytest.raises(InputRefused, match="already exists"):
        add_organization(parts, slug="acme", name="Another")


def test_a_person_is_added_with_a_role(parts, organization):
    person = add_person(
        parts, organization=organization, email="Ada@Acme.Example", name="Ada", role="manager", password=PASSWORD
    )
    assert person.email == "ada@acme.example"
    assert person.check_password(PASSWORD)
    assert Membership.objects.get(person=person).role == "manager"
    entry = Entry.objects.get(action="person.added")
    assert entry.details == {"email": "ada@acme.example", "role": "manager", "is_new": True}
    assert PASSWORD not in str(entry.details)


def test_a_known_person_joins_a_second_organization_with_their_own_password(parts, organization):
    add_person(parts, organization=organization, email="ada@acme.example", name="Ada", password=PASSWORD)
    other = add_organization(parts, slug="other", name="Other")
    person = add_person(parts, organization=other, email="ADA@acme.example", name="Eve", password="another long one")
    assert person.check_password(PASSWORD)
    assert person.name == "Ada"
    assert Person.objects.count() == 1


def test_nobody_is_added_twice(parts, organization):
    add_person(parts, organization=organization, email="ada@acme.example")
    with pytest.raises(InputRefused, match="belongs to acme already"):
        add_person(parts, organization=organization, email="ada@acme.example")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"role": "king"}, "role"),
        ({"email": "no address"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "password1234"}, "password"),
        ({"password": "ada@acme.example"}, "password"),
    ],
)
def test_a_person_with_wrong_values_is_refused(parts, organization, wrong, field):
    with pytest.raises(InputRefused) as refused:
        add_person(parts, **{"organization": organization, "email": "ada@acme.example", **wrong})
    assert refused.value.field == field
    assert not Person.objects.exists()


def test_a_person_without_a_password_cannot_log_in(parts, organization):
    person = add_person(parts, organization=organization, email="ada@acme.example")
    assert not person.has_usable_password()
