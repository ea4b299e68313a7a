"""The mapping of the tenant's ids: read, tried, changed."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from ninja import Router

from partner_portal.accounts.policy import find_organization
from partner_portal.api.mapping_schemas import Mapping, MappingChange, MappingPreview
from partner_portal.api.parameters import Slug
from partner_portal.api.problems import REFUSALS, Problem
from partner_portal.bootstrap import portal
from partner_portal.bootstrap.requests import actor_of
from partner_portal.usecases.mapping import preview_mapping, read_mapping, save_mapping

router = Router()

_refusals: dict[Any, Any] = {**REFUSALS, HTTPStatus.CONFLICT: Problem, HTTPStatus.UNPROCESSABLE_ENTITY: Problem}


@router.get("", response={HTTPStatus.OK: Mapping, **REFUSALS}, summary="What the tenant's ids mean", by_alias=True)
def mapping(request: HttpRequest, organization: Slug = None) -> dict[str, Any]:
    """Every action type, stage and status with its label, count, proposed meaning and meaning in force."""
    actor = actor_of(request)
    return read_mapping(portal.parts(), find_organization(actor, organization), actor=actor)


@router.put("", response={HTTPStatus.OK: Mapping, **_refusals}, summary="Change the mapping", by_alias=True)
def change_mapping(request: HttpRequest, change: MappingChange, organization: Slug = None) -> dict[str, Any]:
    """Put a mapping in force, for administrators; 409 when another version than `based_on` is in force."""
    actor = actor_of(request)
    chosen = find_organization(actor, organization)
    save_mapping(portal.parts(), chosen, change.model_dump(by_alias=True), actor=actor)
    return read_mapping(portal.parts(), chosen, actor=actor)


@router.post("/preview", response={HTTPStatus.OK: MappingPreview, **_refusals}, summary="Try a mapping")
def try_mapping(request: HttpRequest, change: MappingChange, organization: Slug = None) -> dict[str, Any]:
    """What a mapping would make of this month's figures, for administrators. Changes nothing."""
    actor = actor_of(request)
    chosen = find_organization(actor, organization)
    return preview_mapping(portal.parts(), chosen, change.model_dump(by_alias=True), actor=actor)
