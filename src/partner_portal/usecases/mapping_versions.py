"""The versions of an organization's mapping: kept one after the other, the newest in force."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from partner_portal.lib.remembered import remembered
from partner_portal.organizations.models import MappingVersion, Organization
from partner_portal.reports.mapping import TenantMapping
from partner_portal.reports.mapping_document import document_of, mapping_from
from partner_portal.usecases.errors import MappingStale


def newest(organization: Organization) -> MappingVersion | None:
    """The version in force; None as long as nobody has confirmed one."""
    return MappingVersion.objects.filter(organization=organization).order_by("-version").first()


def confirmed_mapping(organization: Organization) -> TenantMapping | None:
    """The mapping in force; None while the one that the labels propose is."""
    kept = newest(organization)
    return None if kept is None else mapping_of(kept)


def mapping_numbered(organization: Organization, version: int) -> TenantMapping | None:
    """The mapping of a `version` that was given; None for 0, the labels' proposal."""
    if not version:
        return None
    return mapping_of(MappingVersion.objects.get(organization=organization, version=version))


def mapping_of(kept: MappingVersion) -> TenantMapping:
    """The mapping that a version holds."""
    return mapping_from(kept.document, kept.version)


def mapping_version(organization: Organization) -> int:
    """The number of the version in force; 0 while the labels' proposal is."""
    versions = MappingVersion.objects.filter(organization=organization).order_by("-version")
    return remembered(
        ("mapping version", organization.pk), lambda: versions.values_list("version", flat=True).first() or 0
    )


def keep(organization: Organization, mapping: TenantMapping, at: datetime, by: str) -> MappingVersion:
    """Keep `mapping` under its own version. Raises MappingStale when somebody else was first."""
    try:
        with transaction.atomic():
            return MappingVersion.objects.create(
                organization=organization,
                version=mapping.version,
                document=document_of(mapping),
                saved_at=at,
                saved_by=by,
            )
    except IntegrityError:
        raise MappingStale(mapping.version - 1, mapping_version(organization)) from None
