"""Schemathesis makes requests out of the OpenAPI document, good ones and bad ones, and holds the answers against it.

All checks are on: no 5xx, no status, media type, header or body that is not documented, bad data refused, good data
accepted, and nothing answered without a session or a token.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import hypothesis
import pytest
import schemathesis
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.middleware.csrf import _get_new_csrf_string
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import ignored_auth

from partner_portal.accounts.models import Membership
from partner_portal.accounts.tokens import Scope, make_token
from partner_portal.autotask.asgi_transport import AsgiTransport
from partner_portal.autotask.client import AutotaskClient
from partner_portal.autotask.credentials import Credentials
from partner_portal.bootstrap import portal
from partner_portal.sandbox.app import build
from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME
from partner_portal.sandbox.options import Options
from partner_portal.sandbox.world import World
from partner_portal.usecases import proxy
from partner_portal.usecases.connect_autotask import connect_autotask
from partner_portal.usecases.teams import set_team
from proofs import prove

pytestmark = pytest.mark.slow

ENTRY_URL = "http://127.0.0.1:9"
FEW = hypothesis.settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)


def described(**coverage):
    """The operations, with Schemathesis's systematic requests as `coverage` says, beside those it makes up."""
    # what the schema cannot say is a 422 (an operator must suit its field) or, of control characters, a 400
    accepted = ["2xx", "304", "400", "403", "404", "409", "422", "429"]
    config = {
        "parameters": {"query.organization": "acme"},
        "generation": {"with-security-parameters": False},
        "phases": {"coverage": coverage},
        "checks": {"positive_data_acceptance": {"expected-statuses": accepted}},
    }
    application = get_wsgi_application()
    return schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json", application, config=SchemathesisConfig.from_dict(config)
    )


@pytest.fixture
def one_connection():
    """Let requests leave the test's connection open, as Django's own test client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def installation(one_connection, parts, organization, store, monkeypatch):
    """An organization with rows and a team, connected to a sandbox; limits that no test reaches."""
    world = World.empty(now=None)
    world.insert("Companies", {"companyName": "First"})
    sandbox = build(world, options=Options(release_seconds=0.0))

    async def open_client(credentials, limits, known=None):
        return await AutotaskClient.connect(
            credentials, entry_url=ENTRY_URL, limits=limits, transport=AsgiTransport(sandbox), known=known
        )

    wired = replace(parts, open_client=open_client, entry_url=ENTRY_URL)
    portal.hold(wired)
    assert connect_autotask(wired, organization, Credentials(USERNAME, SECRET, INTEGRATION_CODE)).passed
    set_team(wired, organization, "East", [8])
    for name in ("OF_A_PERSON", "OF_AN_ORGANIZATION", "TO_AUTOTASK"):
        monkeypatch.setattr(proxy, name, replace(getattr(proxy, name), most=1_000_000))
    yield wired
    assert sandbox.state.counters.writes == 0
    world.close()


@pytest.fixture
def by_session(installation, browser, member):
    """The cookies and headers of an administrator's session."""
    person = member("administrator")
    client = prove(browser(person), person)
    csrf = _get_new_csrf_string()
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookies = {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: csrf}
    return {"cookies": cookies, "headers": {"X-CSRFToken": csrf}}


@pytest.fixture
def by_token(installation, member):
    """The headers of an administrator's program."""
    now = installation.clock.now()
    membership = Membership.objects.get(person=member("administrator"))
    made = make_token(membership, "tests", frozenset(Scope), now, now + timedelta(days=1))
    return {"Authorization": f"Bearer {made.key}"}


# all methods that are not declared: test_attacks
schema = described(**{"unexpected-methods": ["TRACE"]})
open_to_tokens = described(enabled=False).include(
    func=lambda context: any("AccessToken" in way for way in context.operation.definition.raw.get("security", []))
)


@schema.parametrize()
@FEW
def test_an_administrators_session(case, by_session):
    # that nothing is answered without a session is for `test_shape`: this check does not see the session's cookie
    case.call_and_validate(excluded_checks=[ignored_auth], **by_session)


@open_to_tokens.parametrize()
@FEW
def test_a_token(case, by_token):
    case.call_and_validate(headers=by_token)
