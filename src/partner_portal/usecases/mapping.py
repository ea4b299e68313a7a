"""Reading, trying and changing what an organization's action types, stages and statuses mean."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.accounts.policy import Act, require
from partner_portal.audit.events import MappingChanged
from partner_portal.audit.trail import record
from partner_portal.organizations.models import Organization
from partner_portal.reports.labels import mapping_in_force
from partner_portal.reports.mapping import TenantMapping
from partner_portal.reports.mapping_check import check_mapping
from partner_portal.reports.mapping_document import Change, MappingError, change_from, differences, document_of
from partner_portal.reports.mapping_listing import mapping_listing
from partner_portal.reports.mapping_preview import mapping_preview
from partner_portal.reports.question import Question
from partner_portal.reports.sources import ground_of
from partner_portal.reports.wire import instant_text
from partner_portal.usecases.errors import MappingStale, NothingRead
from partner_portal.usecases.mapping_versions import confirmed_mapping, keep, mapping_of, newest
from partner_portal.usecases.parts import Parts
from partner_portal.usecases.sales_report import facts_of
from partner_portal.warehouse.store import OrganizationStore

__all__ = ["MappingError", "preview_mapping", "read_mapping", "save_mapping"]


def read_mapping(parts: Parts, organization: Organization, *, actor: Actor = SHELL) -> dict[str, Any]:
    """The mapping in force and the proposed one, entry by entry with how often each occurs, JSON-able.

    Raises OrganizationUnknown for strangers, NotPermitted.
    """
    require(actor, Act.SEE_MAPPING, organization)
    kept = newest(organization)
    confirmed = None if kept is None else mapping_of(kept)
    store = parts.warehouse.organization(organization.scope)
    listing = mapping_listing(store, facts_of(organization), parts.clock.now(), confirmed)
    return {
        "organization": organization.slug,
        "saved_at": None if kept is None else instant_text(kept.saved_at),
        "saved_by": None if kept is None else kept.saved_by,
        **listing,
    }


def preview_mapping(
    parts: Parts, organization: Organization, change: object, *, actor: Actor = SHELL
) -> dict[str, Any]:
    """What `change`, as for `save_mapping`, would make of this month's figures. Changes nothing.

    Raises as `save_mapping` does.
    """
    require(actor, Act.SET_MAPPING, organization)
    with parts.warehouse.organization(organization.scope).snapshot() as store:
        asked, confirmed, in_force = _asked(store, organization, change)
        question = Question(facts_of(organization), now=parts.clock.now(), compare="none")
        preview = mapping_preview(store, question, confirmed, asked.mapping)
    before, after = differences(document_of(in_force), document_of(asked.mapping))
    return {"based_on": asked.based_on, "changes": {"before": before, "after": after}, **preview}


def save_mapping(parts: Parts, organization: Organization, change: object, *, actor: Actor = SHELL) -> int:
    """Put the mapping of `change`, `{"based_on": version, "mapping": {...}}`, in force; the version it got.

    A mapping that is confirmed and in force already gets no other version. Raises MappingError for a mapping that
    cannot be used, MappingStale when another version than `based_on` is in force, NothingRead before the first sync,
    OrganizationUnknown for strangers, NotPermitted.
    """
    require(actor, Act.SET_MAPPING, organization)
    with parts.warehouse.organization(organization.scope).snapshot() as store:
        asked, confirmed, in_force = _asked(store, organization, change)
    before, after = differences(document_of(in_force), document_of(asked.mapping))
    if confirmed is not None and not after:
        return confirmed.version
    now = parts.clock.now()
    with transaction.atomic():
        kept = keep(organization, asked.mapping, now, actor.name)
        record(MappingChanged(kept.version, before, after), actor, now, organization.scope)
    return kept.version


def _asked(
    store: OrganizationStore, organization: Organization, change: object
) -> tuple[Change, TenantMapping | None, TenantMapping]:
    """The change, checked against the tenant; the confirmed mapping, if there is one; the one in force."""
    asked = change_from(change)
    ground = ground_of(store)
    if ground.tenant is None:
        raise NothingRead(organization.slug)
    confirmed = confirmed_mapping(organization)
    in_force = mapping_in_force(ground, confirmed)
    if asked.based_on != in_force.version:
        raise MappingStale(asked.based_on, in_force.version)
    check_mapping(store, ground, asked.mapping, in_force)
    return asked, confirmed, in_force
