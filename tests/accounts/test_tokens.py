"""Access tokens: their keys, and when they die."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_portal.accounts.models import AccessToken, Membership
from partner_portal.accounts.tokens import PREFIX, Scope, find_token, make_token, note_use, scopes_of


@pytest.fixture
def now(parts):
    return parts.clock.now()


@pytest.fixture
def new(parts, organization, member, now):
    membership = Membership.objects.get(person=member("manager"))
    return make_token(membership, "nightly", frozenset({Scope.REPORT}), now, now + timedelta(days=1))


def test_a_key_finds_its_token_and_is_not_kept(new, now):
    token = find_token(new.key, now)
    assert token == new.token
    assert scopes_of(token) == {Scope.REPORT}
    assert new.key.startswith(PREFIX)
    kept = AccessToken.objects.values().get()
    assert all(new.key not in str(value) for value in kept.values())
    assert new.key.endswith(kept["hint"])
    assert len(kept["hint"]) == 4
    assert new.key not in repr(new)


def test_no_two_keys_are_alike(new, now):
    others = {make_token(new.token.membership, "x", frozenset(Scope), now, now).key for _ in range(50)}
    assert len(others | {new.key}) == 51


@pytest.mark.parametrize("spoil", [str.lower, lambda key: key[:-1], lambda key: key + "A", lambda key: f" {key}\n"])
def test_a_key_that_was_changed_finds_nothing(new, now, spoil):
    assert find_token(spoil(new.key), now) is None


@given(st.integers(0, 42), st.sampled_from("09AZaz"))
def test_a_changed_character_is_known_before_the_database_is_asked(place, character):
    key = f"{PREFIX}{'A' * 43}000000"
    spoilt = key[: len(PREFIX) + place] + character + key[len(PREFIX) + place + 1 :]
    assert find_token(spoilt, None) is None  # neither a database nor a clock is there


def test_an_expired_token_is_dead_from_that_instant_on(new, now):
    assert find_token(new.key, now + timedelta(days=1, seconds=-1)) is not None
    assert find_token(new.key, now + timedelta(days=1)) is None


def test_a_token_dies_with_what_it_hangs_on(new, now):
    AccessToken.objects.update(revoked_at=now)
    assert find_token(new.key, now) is None
    AccessToken.objects.update(revoked_at=None)
    assert find_token(new.key, now) is not None
    person = new.token.membership.person
    person.is_active = False
    person.save()
    assert find_token(new.key, now) is None
    person.is_active = True
    person.save()
    Membership.objects.update(is_active=False)
    assert find_token(new.key, now) is None
    Membership.objects.all().delete()
    assert not AccessToken.objects.exists()


def test_the_last_use_is_kept_to_the_hour(new, now):
    note_use(new.token, now + timedelta(minutes=20))
    new.token.refresh_from_db()
    assert new.token.last_used_at == now
    note_use(new.token, now + timedelta(minutes=59))
    new.token.refresh_from_db()
    assert new.token.last_used_at == now
    note_use(new.token, now + timedelta(minutes=61))
    new.token.refresh_from_db()
    assert new.token.last_used_at == now + timedelta(hours=1)


def test_every_scope_says_what_it_allows():
    assert all(scope.meaning for scope in Scope)


def test_whoever_is_put_to_rest_finds_no_token_again(parts, new, now):
    """Neither a person who was switched off and on again nor a member put to rest and back has a token that lives."""
    from partner_portal.usecases.add_person import switch_person

    person = new.token.membership.person
    switch_person(parts, person.email, on=False)
    switch_person(parts, person.email, on=True)
    assert find_token(new.key, now) is None


def test_a_member_put_to_rest_and_back_makes_a_new_token(parts, organization, new, now):
    from partner_portal.usecases.people import Wishes, change_person

    for active in (False, True):
        change_person(parts, organization, new.token.membership.pk, Wishes(is_active=active))
    assert find_token(new.key, now) is None
