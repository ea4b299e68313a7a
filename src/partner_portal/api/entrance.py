"""Who may ask the API: somebody who is logged in, or a program with an access token that is good for the operation.

Every operation says by `auth=open_to(Scope...)` which scope opens it to tokens. One that says nothing has the API's
own entrance, `SESSION_ONLY`, and refuses every token: whoever adds an operation and forgets this adds none for tokens.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from ninja.errors import AuthenticationError, HttpError
from ninja.security import SessionAuth
from ninja.security.base import SecuritySchema

from partner_portal.accounts.tokens import Scope, find_token, note_use, scopes_of
from partner_portal.bootstrap import portal

TOKEN_REFUSED = "The access token is unknown, expired or revoked. Make another one under Access tokens."  # noqa: S105
SCHEME = "bearer "


class AccessToken:
    """The entrance for programs: `Authorization: Bearer <key>`. Beside it a session's cookie counts for nothing."""

    def __init__(self, scope: Scope | None) -> None:
        self.scope = scope
        if scope is not None:
            self.openapi_security_schema = SecuritySchema(
                type="http", scheme="bearer", description="An access token, made under Access tokens."
            )

    def __call__(self, request: HttpRequest) -> Any:
        """The token's person; None without a token. Raises HttpError for a token that is refused."""
        header = request.headers.get("Authorization", "")
        if not header.casefold().startswith(SCHEME):
            return None
        now = portal.parts(mirror=False).clock.now()
        token = find_token(header[len(SCHEME) :].strip(), now)
        if token is None:
            raise AuthenticationError(message=TOKEN_REFUSED)
        if self.scope is None:
            raise HttpError(HTTPStatus.FORBIDDEN, "An access token cannot be used here. Log in to do this")
        if self.scope not in scopes_of(token):
            raise HttpError(HTTPStatus.FORBIDDEN, f"The access token has no scope {self.scope.value!r}")
        note_use(token, now)
        request.user = token.membership.person
        request.access_token = token  # type: ignore[attr-defined]  # read by `bootstrap.requests.actor_of`
        return request.user


class Session(SessionAuth):
    """The entrance for people: the session's cookie, and for all but reading the CSRF token."""


SESSION_ONLY: tuple[Callable[[HttpRequest], Any], ...] = (AccessToken(None), Session())


def open_to(scope: Scope) -> tuple[Callable[[HttpRequest], Any], ...]:
    """The entrance of an operation that tokens with `scope` may use, too."""
    return (AccessToken(scope), Session())
