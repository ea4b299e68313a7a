"""Sealing: what is sealed opens in its own place only, under a key that is there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partner_portal.vault.sealing import KeyMissing, Keyring, KeyUnusable, SealBroken, new_key

KEY = new_key()
RING = Keyring([KEY])


@given(value=st.text(max_size=50), place=st.text(max_size=20))
@settings(deadline=None, max_examples=25)
def test_what_was_sealed_opens_again(value, place):
    assert RING.open(RING.seal(value, place), place) == value


@given(place=st.text(max_size=20))
@settings(deadline=None, max_examples=25)
def test_a_value_moved_elsewhere_stays_shut(place):
    sealed = RING.seal("hunter2", "here")
    if place != "here":
        with pytest.raises(SealBroken):
            RING.open(sealed, place)


@given(position=st.integers(0, 10_000), bit=st.integers(0, 7))
@settings(deadline=None, max_examples=25)
def test_one_changed_bit_is_noticed(position, bit):
    sealed = RING.seal("hunter2", "here")
    broken = bytearray(sealed.ciphertext)
    broken[position % len(broken)] ^= 1 << bit
    with pytest.raises(SealBroken):
        RING.open(replace(sealed, ciphertext=bytes(broken)), "here")


def test_the_same_value_never_looks_the_same():
    assert RING.seal("hunter2", "here").ciphertext != RING.seal("hunter2", "here").ciphertext


def test_the_first_key_seals_and_the_others_still_open():
    old = RING.seal("hunter2", "here")
    rotated = Keyring([new_key(), KEY])
    assert rotated.open(old, "here") == "hunter2"
    assert rotated.seal("hunter2", "here").key_id != old.key_id


def test_without_its_key_a_value_stays_shut_and_the_remedy_is_told():
    sealed = RING.seal("hunter2", "here")
    with pytest.raises(KeyMissing, match="Add that key again, or connect Autotask anew"):
        Keyring([new_key()]).open(sealed, "here")


@pytest.mark.parametrize("keys", [[], [""], ["no base64!"], ["c2hvcnQ="]])
def test_an_unusable_key_is_refused_without_repeating_it(keys):
    with pytest.raises(KeyUnusable) as refused:
        Keyring(keys)
    assert "PORTAL_VAULT_KEYS" in str(refused.value)
    assert not any(key and key in str(refused.value) for key in keys)


def test_a_keyring_prints_no_key():
    assert KEY not in repr(RING)
