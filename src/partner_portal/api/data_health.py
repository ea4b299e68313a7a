"""How healthy the data is."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from ninja import Router

from partner_portal.accounts.policy import find_organization
from partner_portal.accounts.tokens import Scope
from partner_portal.api.data_health_schemas import DataHealth
from partner_portal.api.entrance import open_to
from partner_portal.api.parameters import Slug
from partner_portal.api.problems import REFUSALS
from partner_portal.bootstrap import portal
from partner_portal.bootstrap.requests import actor_of
from partner_portal.usecases.data_health import read_data_health

router = Router()


@router.get(
    "",
    response={HTTPStatus.OK: DataHealth, **REFUSALS},
    summary="How healthy the data is",
    by_alias=True,
    auth=open_to(Scope.REPORT),
)
def data_health(request: HttpRequest, organization: Slug = None) -> dict[str, Any]:
    """Freshness and reconciliation of each entity, the last syncs, the call budget, what is unmapped."""
    actor = actor_of(request)
    return read_data_health(portal.parts(), find_organization(actor, organization), actor=actor)
