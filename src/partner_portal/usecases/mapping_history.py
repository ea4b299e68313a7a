"""The versions of an organization's mapping: what each changed, and how a change goes on when another came first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.accounts.policy import Act, require
from partner_portal.organizations.models import MappingVersion, Organization
from partner_portal.reports.labels import mapping_in_force
from partner_portal.reports.mapping_document import MappingError, change_from, differences, document_of
from partner_portal.reports.mapping_merge import join_documents
from partner_portal.reports.sources import ground_of
from partner_portal.reports.wire import instant_text
from partner_portal.usecases.mapping_versions import mapping_of, mapping_version
from partner_portal.usecases.parts import Parts

LISTED_VERSIONS = 20


@dataclass(frozen=True)
class JoinedChange:
    """A change based on the version in force; `before` and `after` are what others changed since its first base."""

    change: dict[str, Any]
    before: dict[str, Any]
    after: dict[str, Any]


def mapping_history(organization: Organization, *, actor: Actor = SHELL) -> list[dict[str, Any]]:
    """The newest versions, newest first, each as `{"version", "saved_at", "saved_by", "before", "after"}`.

    `before` and `after` hold the entries in which a version differs from the one before it; both are None for the
    first, which differs from what the labels proposed at that time. Raises OrganizationUnknown, NotPermitted.
    """
    require(actor, Act.SEE_MAPPING, organization)
    kept = list(MappingVersion.objects.filter(organization=organization).order_by("-version")[: LISTED_VERSIONS + 1])
    documents = {each.version: document_of(mapping_of(each)) for each in kept}
    listed = []
    for each in kept[:LISTED_VERSIONS]:
        earlier = documents.get(each.version - 1)
        before, after = (None, None) if earlier is None else differences(earlier, documents[each.version])
        saved = {"version": each.version, "saved_at": instant_text(each.saved_at), "saved_by": each.saved_by}
        listed.append({**saved, "before": before, "after": after})
    return listed


def join_change(
    parts: Parts, organization: Organization, change: dict[str, Any], *, actor: Actor = SHELL
) -> JoinedChange:
    """`change`, as for `save_mapping`, joined with what others saved since the version that it is based on.

    Where both changed the same entry, `change` has its way. Saves nothing. Raises MappingError for a mapping that
    cannot be read or a version that never was, OrganizationUnknown for strangers, NotPermitted.
    """
    require(actor, Act.SET_MAPPING, organization)
    asked = change_from(change)
    version = mapping_version(organization)
    base = _document_at(parts, organization, asked.based_on)
    theirs = _document_at(parts, organization, version)
    joined = join_documents(base, theirs, document_of(asked.mapping))
    before, after = differences(base, theirs)
    return JoinedChange({"based_on": version, "mapping": joined}, before, after)


def _document_at(parts: Parts, organization: Organization, version: int) -> dict[str, Any]:
    """The document of a version; that of the labels' proposal, as it is now, for 0."""
    if not version:
        ground = ground_of(parts.warehouse.organization(organization.scope))
        return document_of(mapping_in_force(ground, None))
    kept = MappingVersion.objects.filter(organization=organization, version=version).first()
    if kept is None:
        raise MappingError(f"There is no version {version} of the mapping. Load the page again.")
    return document_of(mapping_of(kept))
