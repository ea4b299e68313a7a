"""The table of mapping versions: added to, never changed."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from partner_portal.organizations.kept_rows import RowIsKept
from partner_portal.organizations.models import MappingVersion


@pytest.fixture
def first(parts, organization):
    return MappingVersion.objects.create(
        organization=organization, version=1, document={}, saved_at=parts.clock.now(), saved_by="ada@acme.example"
    )


def test_a_kept_version_is_never_changed(first, organization):
    first.saved_by = "somebody else"
    with pytest.raises(RowIsKept, match="never changed"):
        first.save()
    for rows in (MappingVersion.objects.all(), organization.mapping_versions.filter(version=1)):
        with pytest.raises(RowIsKept):
            rows.update(saved_by="somebody else")
    assert MappingVersion.objects.get().saved_by == "ada@acme.example"
    with pytest.raises(RowIsKept):
        MappingVersion.objects.bulk_update([first], ["saved_by"])


def test_a_kept_version_is_never_removed(first, organization):
    with pytest.raises(RowIsKept, match="never removed"):
        first.delete()
    with pytest.raises(RowIsKept):
        organization.mapping_versions.all().delete()
    assert MappingVersion.objects.exists()


def test_it_goes_with_its_organization(first, organization):
    organization.delete()
    assert not MappingVersion.objects.exists()


def test_a_version_is_given_once(first, organization):
    with pytest.raises(IntegrityError):
        MappingVersion.objects.create(
            organization=organization, version=1, document={}, saved_at=first.saved_at, saved_by="b"
        )
