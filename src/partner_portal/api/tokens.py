"""The caller's own access tokens: listed, revoked. They are made on a page, by somebody who is logged in."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router, Schema

from partner_portal.accounts.policy import find_organization
from partner_portal.api.parameters import Slug
from partner_portal.api.problems import REFUSALS
from partner_portal.bootstrap import portal
from partner_portal.bootstrap.requests import actor_of
from partner_portal.reports.wire import instant_text
from partner_portal.usecases.access_tokens import list_tokens, revoke_token

router = Router()

Id = Annotated[int, Path(alias="id", ge=1, le=2**63 - 1, description="The token's number.")]


class TokenPart(Schema):
    """An access token without its key, of which `hint` are the last characters. `last_used_at` is to the hour."""

    id: int
    name: str
    hint: str
    scopes: list[str]
    created_at: str
    expires_at: str
    last_used_at: str | None
    revoked_at: str | None


class Tokens(Schema):
    """The caller's access tokens in the organization, newest first."""

    tokens: list[TokenPart]


@router.get("", response={HTTPStatus.OK: Tokens, **REFUSALS}, summary="Your access tokens")
def tokens(request: HttpRequest, organization: Slug = None) -> dict[str, Any]:
    """The caller's own tokens, revoked and expired ones included."""
    actor = actor_of(request)
    held = list_tokens(find_organization(actor, organization), actor=actor)
    instants = ("created_at", "expires_at", "last_used_at", "revoked_at")
    return {
        "tokens": [
            {"id": token.pk, "name": token.name, "hint": token.hint, "scopes": token.scopes}
            | {name: instant_text(getattr(token, name)) for name in instants}
            for token in held
        ]
    }


@router.delete("/{int:id}", response={HTTPStatus.NO_CONTENT: None, **REFUSALS}, summary="Revoke an access token")
def revoke(request: HttpRequest, token_id: Id, organization: Slug = None) -> HttpResponse:
    """Revoke one of the caller's own tokens, for good; its key is refused from the next request on."""
    actor = actor_of(request)
    revoke_token(portal.parts(), find_organization(actor, organization), token_id, actor=actor)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)
