"""Passwords: long, without rules of composition, and not what a guesser tries first."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from django.contrib.auth import password_validation
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from partner_portal.accounts.models import Person

ADA = Person(email="ada.lovelace@acme.example", name="Ada Lovelace")
COMMON = Path(password_validation.__file__).with_name("common-passwords.txt.gz")


def is_refused(password: str, person: Person | None = ADA) -> bool:
    try:
        validate_password(password, person)
    except ValidationError:
        return True
    return False


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "kettle moss ninety drum",
        "nurfuerdichheuteabend",
        "läßt sich's merken, 雨が降る",
        "x" * 20 + " four unrelated garden chairs " + "y" * 100,
        "    spaces count too    ",
    ],
)
def test_long_passwords_pass_whatever_they_are_made_of(password):
    assert not is_refused(password)


def test_fourteen_characters_are_too_few():
    assert is_refused("kettlemoss90dr")
    assert not is_refused("kettlemoss90dru")


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "Password1234567",
        "password password password",
        "111111111111111111",
        "abcabcabcabcabcabc",
        "qwertyuiopasdfgh",
        "1qaz2wsx3edc4rfv",
        "123456789123456",
        "partnerportal2026",
        "Autotask-Autotask",
        "autotaskpartnerportal",
        "adalovelaceacme",
        "ada.lovelace@acme.example",
        "iloveyouiloveyou",
        "sales report 2026",
    ],
)
def test_what_a_guesser_tries_first_is_refused_though_it_is_long(password):
    assert is_refused(password)


def test_the_names_of_the_person_s_organizations_are_guessed_first(organization, member):
    organization.name = "Kumquat Broadband"
    organization.save()
    person = member("viewer")
    assert is_refused("kumquatbroadband", person)
    assert not is_refused("kumquat drum under the stairs", person)


def test_every_common_password_of_enough_length_is_refused():
    listed = gzip.decompress(COMMON.read_bytes()).decode().split("\n")
    long = [password for password in listed if len(password) >= 15]
    assert len(long) > 40
    assert all(is_refused(password) for password in long)


@pytest.mark.slow
def test_common_passwords_are_no_better_for_being_repeated():
    """A sample of the 3000 most common ones, each repeated until it is long enough."""
    listed = gzip.decompress(COMMON.read_bytes()).decode().split("\n")
    repeated = [word * -(-15 // len(word)) for word in listed[:3000:40]]
    assert [password for password in repeated if not is_refused(password)] == []
