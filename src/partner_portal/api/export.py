"""The report as a file."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from partner_portal.accounts.policy import find_organization
from partner_portal.accounts.tokens import Scope
from partner_portal.api.entrance import open_to
from partner_portal.api.parameters import ReportParameters, Slug
from partner_portal.api.problems import REFUSALS, Problem
from partner_portal.bootstrap import portal
from partner_portal.bootstrap.headers import download
from partner_portal.bootstrap.requests import actor_of
from partner_portal.usecases.export_report import REPORT_FORMATS, export_report

router = Router()

_CONTENT = {media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in REPORT_FORMATS.values()}

Format = Annotated[str, Query(alias="format", description=f"One of {', '.join(REPORT_FORMATS)}.")]


@router.get(
    "",
    response={HTTPStatus.OK: None, **REFUSALS, HTTPStatus.UNPROCESSABLE_ENTITY: Problem},
    summary="The sales report as a file",
    auth=open_to(Scope.REPORT),
    openapi_extra={"responses": {200: {"description": "The file.", "content": _CONTENT}}},
)
def export(
    request: HttpRequest, format_name: Format, asked: Query[ReportParameters], organization: Slug = None
) -> HttpResponse:
    """The sales report as CSV, XLSX or PDF; each export is written to the audit trail."""
    actor = actor_of(request)
    chosen = find_organization(actor, organization)
    return download(export_report(portal.parts(), chosen, format_name, actor=actor, **asked.asked()))
