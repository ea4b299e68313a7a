"""The connection to Autotask: how it stands, testing, setting and ending it. Its secrets go in and never come out."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_variables
from ninja import Field, Query, Router, Schema
from pydantic import ConfigDict, SecretStr

from partner_portal.accounts.policy import Act, find_organization, require
from partner_portal.accounts.reauthentication import require_recent_authentication
from partner_portal.accounts.tokens import Scope
from partner_portal.api.entrance import open_to
from partner_portal.api.parameters import Slug
from partner_portal.api.problems import MEDIA_TYPE, REFUSALS, Problem
from partner_portal.api.schemas import Connection
from partner_portal.bootstrap import portal
from partner_portal.bootstrap.requests import actor_of
from partner_portal.organizations.models import Organization
from partner_portal.usecases.connect_autotask import ConnectionTest, Credentials, connect_autotask, enter_change
from partner_portal.usecases.connection_state import connection_state
from partner_portal.usecases.disconnect_autotask import disconnect_autotask
from partner_portal.usecases.test_connection import test_connection

router = Router()

_asking: dict[Any, Any] = {
    **REFUSALS,
    HTTPStatus.CONFLICT: Problem,
    HTTPStatus.UNPROCESSABLE_ENTITY: Problem,
    HTTPStatus.TOO_MANY_REQUESTS: Problem,
}


class EnteredCredentials(Schema):
    """What an API user of Autotask logs in with. What is left out stays as it is, for the API user of that name."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    username: str = Field("", max_length=254, description="The API user name (key).")
    secret: SecretStr = Field(SecretStr(""), max_length=500, description="The API secret.")
    integration_code: SecretStr = Field(SecretStr(""), max_length=500, description="The tracking identifier.")


class TestedItem(Schema):
    """One thing that was looked at; `message` is one line with a remedy."""

    key: str
    title: str
    outcome: Literal["ok", "empty", "warning", "failed", "skipped"]
    message: str


class TestedConnection(Schema):
    """A test of a connection, item by item; `problem` is the message of the first item that failed."""

    passed: bool
    problem: str | None
    is_refused: bool
    zone_name: str
    zone_url: str
    web_url: str
    tenant_number: int | None
    dialect: str
    items: list[TestedItem]


class ConnectionRefused(Problem):
    """Credentials that were not kept, with the test that they did not pass, where there was one."""

    test: TestedConnection | None = None


@router.get(
    "",
    response={HTTPStatus.OK: Connection, **REFUSALS},
    summary="How the connection stands",
    auth=open_to(Scope.REPORT),
)
def connection(request: HttpRequest, organization: Slug = None) -> dict[str, Any]:
    """State and progress of the connection to Autotask, without its secrets."""
    actor = actor_of(request)
    chosen = find_organization(actor, organization)
    require(actor, Act.SEE_CONNECTION, chosen)
    return connection_state(portal.parts(), chosen).document()


@router.post("/test", response={HTTPStatus.OK: TestedConnection, **_asking}, summary="Test the connection")
def try_connection(request: HttpRequest, entered: EnteredCredentials, organization: Slug = None) -> dict[str, Any]:
    """Try credentials, or with `{}` those of the connection, for administrators; keeps none.

    429 tells when the API user may be tried again: after two failed logins the portal waits, lest Autotask lock it.
    """
    actor = actor_of(request)
    chosen = find_organization(actor, organization)
    require(actor, Act.TEST_CONNECTION, chosen)
    typed = _typed(chosen, entered) if _is_anything(entered) else None
    return test_connection(portal.parts(), chosen, typed, actor).document()


@router.put(
    "",
    response={HTTPStatus.OK: TestedConnection, **_asking, HTTPStatus.UNPROCESSABLE_ENTITY: ConnectionRefused},
    summary="Connect, or replace the secret",
)
def set_connection(request: HttpRequest, entered: EnteredCredentials, organization: Slug = None) -> Any:
    """Test credentials and keep them once they pass, for administrators who confirmed lately who they are.

    Credentials that do not pass are not kept (422, with the test), and those of before stay in force. With `{}` the
    credentials of a place outside the portal are taken, where it has them.
    """
    actor = actor_of(request)
    chosen = find_organization(actor, organization)
    require(actor, Act.CONNECT, chosen)
    require_recent_authentication(request)
    parts = portal.parts()
    typed = None if parts.vault.where and not _is_anything(entered) else _typed(chosen, entered)
    test = connect_autotask(parts, chosen, typed, actor)
    return test.document() if test.passed else _refused(test)


@router.delete(
    "",
    response={
        HTTPStatus.NO_CONTENT: None,
        **REFUSALS,
        HTTPStatus.CONFLICT: Problem,
        HTTPStatus.UNPROCESSABLE_ENTITY: Problem,
    },
    summary="Disconnect",
)
def end_connection(
    request: HttpRequest,
    confirm: Annotated[str, Query(description="The organization's name, to confirm.")],
    data: Annotated[Literal["keep", "remove"], Query(description="What becomes of what was read from Autotask.")],
    organization: Slug = None,
) -> HttpResponse:
    """Remove the connection and its credentials, for administrators who confirmed lately who they are; syncs stop.

    Data that is to be removed is gone at once, or as soon as a sync that is under way has left off.
    """
    actor = actor_of(request)
    chosen = find_organization(actor, organization)
    require(actor, Act.CONNECT, chosen)
    require_recent_authentication(request)
    disconnect_autotask(portal.parts(), chosen, confirmed=confirm, removes_data=data == "remove", actor=actor)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _is_anything(entered: EnteredCredentials) -> bool:
    return bool(entered.username or entered.secret.get_secret_value() or entered.integration_code.get_secret_value())


@sensitive_variables()
def _typed(chosen: Organization, entered: EnteredCredentials) -> Credentials:
    secret, code = entered.secret.get_secret_value(), entered.integration_code.get_secret_value()
    return enter_change(portal.parts(), chosen, entered.username, secret, code)


def _refused(test: ConnectionTest) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    told = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": test.problem}
    body = msgspec.json.encode({**told, "test": test.document()})
    return HttpResponse(body, status=status, content_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})
