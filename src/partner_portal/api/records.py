"""The records behind the numbers: lists of them, and files."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from partner_portal.accounts.policy import find_organization
from partner_portal.accounts.tokens import Scope
from partner_portal.api.entrance import open_to
from partner_portal.api.parameters import ReportParameters, Slug
from partner_portal.api.problems import REFUSALS, Problem
from partner_portal.api.records_schemas import Records
from partner_portal.bootstrap import portal
from partner_portal.bootstrap.headers import download
from partner_portal.bootstrap.requests import actor_of
from partner_portal.usecases.records import (
    LONGEST_PAGE,
    LONGEST_SEARCH,
    RECORDS_FORMATS,
    Page,
    export_records,
    read_records,
)

router = Router()

_refusals: dict[Any, Any] = {**REFUSALS, HTTPStatus.CONFLICT: Problem, HTTPStatus.UNPROCESSABLE_ENTITY: Problem}


class PageParameters(Schema):
    """Which page of the records, and in which order."""

    offset: int = Field(0, ge=0, description="How many records to pass over.")
    limit: int = Field(100, ge=1, le=LONGEST_PAGE, description="The most records to answer.")
    sort: str | None = Field(None, description="The key of a sortable column; the usual order without it.")
    descending: bool | None = Field(None, description="From the highest down.")
    of: str = Field("period", pattern="^(period|comparison)$", description="Whose records: period or comparison.")
    version: int | None = Field(None, description="The report's data version; 409 when the data has moved on.")

    only: str | None = Field(
        None,
        max_length=100,
        description="One entry of a list in the report: stage:ID, month:YYYY-MM, reason:won:ID or reason:lost:ID; "
        "with none for records without a stage or reason.",
    )
    search: str | None = Field(
        None, max_length=LONGEST_SEARCH, description="Only records with this text in their title, texts or names."
    )

    def page(self) -> Page:
        """The same, for the use cases."""
        return Page(
            self.offset,
            self.limit,
            self.sort,
            self.descending,
            of_comparison=self.of == "comparison",
            version=self.version,
            only=self.only,
            search=self.search,
        )


Format = Annotated[str | None, Query(alias="format", description=f"One of {', '.join(RECORDS_FORMATS)} for a file.")]


@router.get(
    "/{metric}",
    response={HTTPStatus.OK: Records, **_refusals},
    summary="The records behind a number",
    by_alias=True,
    auth=open_to(Scope.RECORDS),
)
def records(
    request: HttpRequest,
    metric: str,
    asked: Query[ReportParameters],
    page: Query[PageParameters],
    format_name: Format = None,
    organization: Slug = None,
) -> HttpResponse:
    """The very rows that a figure of the report is made of, for the same filters; with `format` all of them."""
    actor = actor_of(request)
    chosen = find_organization(actor, organization)
    parts = portal.parts()
    if format_name is not None:
        return download(export_records(parts, chosen, metric, format_name, page.page(), actor=actor, **asked.asked()))
    document = read_records(parts, chosen, metric, page.page(), actor=actor, **asked.asked())
    return HttpResponse(msgspec.json.encode(document), content_type="application/json")
