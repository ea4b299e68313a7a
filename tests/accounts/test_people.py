"""People: one address each, whatever its case."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from partner_portal.accounts.models import Membership, Person


def test_an_address_is_one_person_in_any_case(db):
    Person.objects.add("Ada@Acme.Example", "Ada", None)
    with pytest.raises(ValidationError):
        Person.objects.add("ada@acme.example", "Eve", None)
    assert Person.objects.get_by_natural_key("ADA@acme.example").name == "Ada"


def test_the_database_refuses_it_too(db):
    Person.objects.create(email="ada@acme.example", name="Ada")
    with pytest.raises(IntegrityError):
        Person.objects.create(email="Ada@acme.example", name="Eve")


def test_a_person_has_one_role_in_an_organization(organization, member):
    person = member("viewer")
    with pytest.raises(IntegrityError):
        Membership.objects.create(person=person, organization=organization, role="manager")
