"""The vault in the database."""

from __future__ import annotations

import pytest

from partner_portal.organizations.scope import OrganizationScope
from partner_portal.usecases.organizations import add_organization
from partner_portal.vault.models import SealedSecret
from partner_portal.vault.sealing import SealBroken
from stores import database_bytes

SECRET = "a-secret-that-must-not-be-found"


def test_what_is_kept_can_be_read(parts, organization):
    parts.vault.keep(organization.scope, "secret", SECRET)
    assert parts.vault.read(organization.scope, "secret") == SECRET


def test_a_later_value_replaces_the_earlier_one(parts, organization):
    parts.vault.keep(organization.scope, "secret", "earlier")
    parts.vault.keep(organization.scope, "secret", SECRET)
    assert parts.vault.read(organization.scope, "secret") == SECRET
    assert SealedSecret.objects.count() == 1


def test_another_organization_has_none_of_it(parts, organization):
    other = add_organization(parts, slug="other", name="Other")
    parts.vault.keep(organization.scope, "secret", SECRET)
    assert parts.vault.read(other.scope, "secret") is None


def test_a_row_copied_to_another_organization_does_not_open(parts, organization):
    other = add_organization(parts, slug="other", name="Other")
    parts.vault.keep(organization.scope, "secret", SECRET)
    SealedSecret.objects.update(organization=other)
    with pytest.raises(SealBroken):
        parts.vault.read(other.scope, "secret")


def test_the_database_holds_nothing_in_clear(parts, organization):
    parts.vault.keep(organization.scope, "secret", SECRET)
    assert SECRET.encode() not in database_bytes()
    assert organization.slug.encode() in database_bytes()


def test_forgetting_leaves_nothing(parts, organization):
    parts.vault.keep(organization.scope, "secret", SECRET)
    parts.vault.forget(organization.scope)
    assert parts.vault.read(organization.scope, "secret") is None


def test_nobody_has_a_secret(parts):
    assert parts.vault.read(OrganizationScope(12345), "secret") is None
