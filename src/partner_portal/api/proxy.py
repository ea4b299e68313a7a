"""Autotask's own query endpoints, read-only: the guide's eight entities and the others that the portal reads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import WithJsonSchema

from partner_portal.accounts.policy import find_organization
from partner_portal.accounts.tokens import Scope
from partner_portal.api.entrance import open_to
from partner_portal.api.parameters import Slug
from partner_portal.api.problems import REFUSALS, Problem
from partner_portal.api.proxy_schemas import AutotaskCount, AutotaskItem, AutotaskNumber, AutotaskPage, AutotaskQuery
from partner_portal.bootstrap import portal
from partner_portal.bootstrap.requests import actor_of
from partner_portal.reports.inquiry import LARGEST_ID
from partner_portal.usecases.proxy import KEPT_FOR, Given, Proxy, Wish
from partner_portal.usecases.proxy_query import ENTITIES

router = Router()

Entity = Annotated[
    str,
    WithJsonSchema({"type": "string", "enum": list(ENTITIES), "description": "The entity, in any case."}),
    Path(),
]
Id = Annotated[int, Path(alias="id", ge=0, le=LARGEST_ID, description="The row's Autotask id.")]
Cursor = Annotated[
    str | None,
    Query(max_length=500, pattern=r"^[A-Za-z0-9_:=-]+$", description="From the nextPageUrl of the page before."),
]

_responses = {
    **REFUSALS,
    HTTPStatus.CONFLICT: Problem,
    HTTPStatus.UNPROCESSABLE_ENTITY: Problem,
    HTTPStatus.TOO_MANY_REQUESTS: Problem,
    HTTPStatus.BAD_GATEWAY: Problem,
    HTTPStatus.SERVICE_UNAVAILABLE: Problem,
}


@router.post(
    "/{entity}/query",
    response={HTTPStatus.OK: AutotaskPage, **_responses},
    summary="Query Autotask",
    auth=open_to(Scope.PROXY),
)
def query(
    request: HttpRequest, entity: Entity, asked: AutotaskQuery, cursor: Cursor = None, organization: Slug = None
) -> HttpResponse:
    """One page of an entity's rows, for administrators and managers; kept for five minutes unless told otherwise."""
    given = _proxy(request, organization).query(entity, asked.document(), cursor)
    details = {
        "count": given.rows,
        "requestCount": given.size,
        "prevPageUrl": None,
        "nextPageUrl": _next_url(request.path, given.cursor, organization),
    }
    return _answer(given, b'{"items":%b,"pageDetails":%b}' % (given.body, msgspec.json.encode(details)))


@router.post(
    "/{entity}/query/count",
    response={HTTPStatus.OK: AutotaskNumber, **_responses},
    summary="Count rows in Autotask",
    auth=open_to(Scope.PROXY),
)
def count(request: HttpRequest, entity: Entity, asked: AutotaskCount, organization: Slug = None) -> HttpResponse:
    """How many of an entity's rows pass a filter, by Autotask's own count."""
    given = _proxy(request, organization).count(entity, asked.document())
    return _answer(given, b'{"queryCount":%b}' % given.body)


@router.get(
    "/{entity}/{int:id}",
    response={HTTPStatus.OK: AutotaskItem, **_responses},
    summary="One row of Autotask",
    auth=open_to(Scope.PROXY),
)
def item(request: HttpRequest, entity: Entity, row: Id, organization: Slug = None) -> HttpResponse:
    """The row with this id; null where Autotask has none."""
    given = _proxy(request, organization).item(entity, row)
    return _answer(given, b'{"item":%b}' % given.body)


def _proxy(request: HttpRequest, organization: str | None) -> Proxy:
    actor = actor_of(request)
    return Proxy(portal.parts(), find_organization(actor, organization), actor, wish_of(request.headers))


def wish_of(headers: Mapping[str, str]) -> Wish:
    """What the request's Cache-Control wants; what cannot be read wants nothing."""
    said = headers.get("Cache-Control", "").casefold()
    age = re.search(r"\bmax-age\s*=\s*(\d{1,9})\b", said)
    oldest = KEPT_FOR if age is None else min(KEPT_FOR, timedelta(seconds=int(age[1])))
    if re.search(r"\bno-(cache|store)\b", said):
        oldest = timedelta(0)
    return Wish(oldest, may_keep=not re.search(r"\bno-store\b", said))


def _next_url(path: str, cursor: str | None, organization: str | None) -> str | None:
    """The address of the next page, at the portal's own public address whatever the request calls its host."""
    if cursor is None:
        return None
    named = {} if organization is None else {"organization": organization}
    return f"{settings.PORTAL_PUBLIC_URL}{path}?{urlencode({'cursor': cursor, **named})}"


def _answer(given: Given, body: bytes) -> HttpResponse:
    response = HttpResponse(body, content_type="application/json")
    response["Cache-Control"] = "no-store"
    response["Age"] = str(int(given.age.total_seconds()))
    return response
