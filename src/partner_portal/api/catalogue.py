"""The metrics that there are."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from ninja import Router

from partner_portal.accounts.policy import Act, find_organization, require
from partner_portal.accounts.tokens import Scope
from partner_portal.api.entrance import open_to
from partner_portal.api.parameters import Slug
from partner_portal.api.problems import REFUSALS
from partner_portal.api.records_schemas import Metrics
from partner_portal.bootstrap.requests import actor_of
from partner_portal.reports.catalogue import CATALOGUE

router = Router()


@router.get(
    "",
    response={HTTPStatus.OK: Metrics, **REFUSALS},
    summary="What every figure means",
    auth=open_to(Scope.REPORT),
)
def metrics(request: HttpRequest, organization: Slug = None) -> dict[str, Any]:
    """Every metric: its formula in words, what it reads and leaves out, and where the report shows it."""
    actor = actor_of(request)
    require(actor, Act.READ_REPORT, find_organization(actor, organization))
    return {
        "metrics": [
            {
                "slug": metric.slug,
                "title": metric.title,
                "unit": metric.unit.value,
                "formula": metric.formula,
                "exclusions": metric.exclusions,
                "subject": metric.selection.subject.value,
                "reads": list(metric.reads),
                "figures": list(metric.figures),
            }
            for metric in CATALOGUE
        ]
    }
