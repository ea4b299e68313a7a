"""Sealing everything under another key: nothing is lost, whenever it is cut off, and old keys can go afterwards."""

from __future__ import annotations

from dataclasses import replace

import pytest

from partner_portal.audit.models import Entry
from partner_portal.usecases.errors import KeptElsewhere
from partner_portal.usecases.organizations import add_organization
from partner_portal.usecases.vault_keys import rotate_vault, vault_keys
from partner_portal.vault.models import SealedSecret
from partner_portal.vault.sealing import KeyMissing, Keyring, new_key
from partner_portal.vault.source import EnvironmentSource
from partner_portal.vault.vault import Vault

OLD, NEW = new_key(), new_key()


@pytest.fixture
def scopes(parts, organization):
    """Two organizations, each with two values under the old key."""
    other = add_organization(parts, slug="other", name="Other")
    before = Vault(Keyring([OLD]))
    for scope in (organization.scope, other.scope):
        before.keep(scope, "secret", f"secret of {scope.organization_id}")
        before.keep(scope, "code", f"code of {scope.organization_id}")
    return organization.scope, other.scope


def held(parts, *keys: str):
    return replace(parts, vault=Vault(Keyring(keys)))


def test_afterwards_the_new_key_alone_opens_everything(parts, scopes):
    assert rotate_vault(held(parts, NEW, OLD)).resealed == 4
    after = Vault(Keyring([NEW]))
    for scope in scopes:
        assert after.read(scope, "secret") == f"secret of {scope.organization_id}"
        assert after.read(scope, "code") == f"code of {scope.organization_id}"
    with pytest.raises(KeyMissing):
        Vault(Keyring([OLD])).read(scopes[0], "secret")


def test_a_second_rotation_has_nothing_to_do(parts, scopes):
    rotate_vault(held(parts, NEW, OLD))
    sealed = list(SealedSecret.objects.values("nonce", "ciphertext"))
    assert rotate_vault(held(parts, NEW, OLD)).resealed == 0
    assert list(SealedSecret.objects.values("nonce", "ciphertext")) == sealed


def test_a_rotation_that_was_cut_off_is_taken_up(parts, scopes):
    values = Vault(Keyring([NEW, OLD])).rotate()
    next(values), next(values)
    values.close()
    vault = Vault(Keyring([NEW, OLD]))
    assert all(vault.read(scope, field) for scope in scopes for field in ("secret", "code"))
    assert rotate_vault(held(parts, NEW, OLD)).resealed == 2


def test_a_value_that_is_replaced_meanwhile_stays_the_new_one(parts, scopes):
    values = Vault(Keyring([NEW, OLD])).rotate()
    next(values)
    for scope in scopes:
        Vault(Keyring([OLD])).keep(scope, "code", "newer")  # by a process that does not have the new key yet
    assert len(list(values)) == 3
    assert Vault(Keyring([NEW, OLD])).read(scopes[1], "code") == "newer"
    rotate_vault(held(parts, NEW, OLD))
    assert Vault(Keyring([NEW])).read(scopes[0], "code") == "newer"


def test_a_value_that_is_forgotten_meanwhile_does_not_come_back(parts, scopes):
    values = Vault(Keyring([NEW, OLD])).rotate()
    next(values)
    Vault(Keyring([OLD])).forget(scopes[1])
    assert len(list(values)) == 1
    assert SealedSecret.objects.count() == 2


def test_a_value_that_cannot_be_opened_is_told_and_left_and_hinders_no_other(parts, scopes, organization):
    Vault(Keyring([new_key()])).keep(organization.scope, "secret", "under a key that is gone")
    done = rotate_vault(held(parts, NEW, OLD))
    assert done.resealed == 3
    assert len(done.problems) == 1
    assert "PORTAL_VAULT_KEYS" in done.problems[0]


def test_a_value_that_was_moved_is_not_sealed_anew_in_its_wrong_place(parts, scopes):
    moved = SealedSecret.objects.filter(organization_id=scopes[1].organization_id, field="secret").get()
    SealedSecret.objects.filter(organization_id=scopes[0].organization_id, field="secret").update(
        nonce=moved.nonce, ciphertext=moved.ciphertext
    )
    done = rotate_vault(held(parts, NEW, OLD))
    assert (done.resealed, len(done.problems)) == (3, 1)


def test_the_status_counts_what_each_key_seals(parts, scopes):
    lost = Keyring([new_key()])
    Vault(lost).keep(scopes[0], "secret", "under a key that is gone")
    told = {key.key_id: (key.is_held, key.is_first, key.values) for key in vault_keys(held(parts, NEW, OLD))}
    ids = Keyring([NEW, OLD]).ids
    assert told == {ids[0]: (True, True, 0), ids[1]: (True, False, 3), lost.first_id: (False, False, 1)}
    assert OLD not in str(told)


def test_each_organization_reads_of_it_on_its_trail(parts, scopes):
    rotate_vault(held(parts, NEW, OLD))
    entries = Entry.objects.filter(action="vault.rotated")
    assert {entry.organization_id for entry in entries} == {scope.organization_id for scope in scopes}
    first = Keyring([NEW]).first_id
    assert all(entry.details == {"sealed_under": first, "resealed": 2, "failed": 0} for entry in entries)


def test_without_an_own_vault_there_is_nothing_to_rotate(parts):
    with pytest.raises(KeptElsewhere):
        rotate_vault(replace(parts, vault=EnvironmentSource({})))
