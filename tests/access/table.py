"""Who gets which answer where. One line per operation; whoever adds an operation adds its line.

`may` names the roles that are answered with `answer`; other members get 403; strangers, administrators of other
organizations and operators get 404; who is not logged in gets 401 from the API and the way to the login from pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

A = "administrator"
AM = "administrator manager"
AMV = "administrator manager viewer"
AMR = "administrator manager representative"
ALL = "administrator manager representative viewer"

QUERY = {"filter": [{"op": "exist", "field": "id"}]}
CREDENTIALS = {"username": "api@acme.example", "secret": "s3cret", "integration_code": "code"}


@dataclass(frozen=True)
class Line:
    """What members get. `path` stands for the pattern where that is not an address; `body` is what is sent.

    A `body` that is a string names what the test makes it of.
    """

    may: str
    answer: int = 200
    path: str = ""
    body: Any = None


OPERATIONS: dict[str, Line] = {
    "GET /api/v1/sales-report": Line(ALL),
    "GET /api/v1/export": Line(ALL, path="/api/v1/export?format=csv"),
    "GET /api/v1/records/{metric}": Line(AMR, path="/api/v1/records/calls"),
    "GET /api/v1/metrics": Line(ALL),
    "POST /api/v1/refresh": Line(ALL, 409),  # not connected
    "GET /api/v1/connection": Line(ALL),
    "PUT /api/v1/connection": Line(A, 422, body=CREDENTIALS),  # Autotask is not reached
    "DELETE /api/v1/connection": Line(A, 409, path="/api/v1/connection?confirm=Acme&data=keep"),  # not connected
    "POST /api/v1/connection/test": Line(A, 200, body=CREDENTIALS),
    "GET /api/v1/data-health": Line(ALL),
    "GET /api/v1/mapping": Line(AMV),
    "PUT /api/v1/mapping": Line(A, body="mapping"),
    "POST /api/v1/mapping/preview": Line(A, body="mapping"),
    "GET /api/v1/teams": Line(ALL),
    "PUT /api/v1/teams/{path:name}": Line(A, path="/api/v1/teams/East", body={"members": [8]}),
    "DELETE /api/v1/teams/{path:name}": Line(A, 204, path="/api/v1/teams/North"),
    "GET /api/v1/people": Line(A),
    "POST /api/v1/people": Line(A, 409, body={"email": "new@acme.example", "role": "viewer"}),  # no mail server
    "PATCH /api/v1/people/{int:id}": Line(A, path="/api/v1/people/{member}", body={"role": "viewer"}),
    "DELETE /api/v1/people/{int:id}": Line(A, 204, path="/api/v1/people/{member}"),
    "DELETE /api/v1/people/invitations/{int:id}": Line(A, 204, path="/api/v1/people/invitations/{invitation}"),
    "GET /api/v1/tokens": Line(ALL),
    "DELETE /api/v1/tokens/{int:id}": Line(ALL, 404, path="/api/v1/tokens/4711"),  # there is no such token
    "POST /api/v1/autotask/{entity}/query": Line(AM, 409, path="/api/v1/autotask/Tasks/query", body=QUERY),
    "POST /api/v1/autotask/{entity}/query/count": Line(AM, 409, path="/api/v1/autotask/Tasks/query/count", body=QUERY),
    "GET /api/v1/autotask/{entity}/{int:id}": Line(AM, 409, path="/api/v1/autotask/Tasks/1"),
}
"""The API, asked about the organization acme, which is not connected."""

NOT_TAKEN = Line("", 405)
PAGES: dict[str, tuple[Line, Line]] = {
    "": (Line(ALL), NOT_TAKEN),
    "freshness/": (Line(ALL), NOT_TAKEN),
    "refresh/": (NOT_TAKEN, Line(ALL, 302)),
    "activity/": (Line(ALL), NOT_TAKEN),
    "appointments/": (Line(ALL), NOT_TAKEN),
    "people/": (Line(ALL), NOT_TAKEN),
    "people/<slug:owner>/": (Line(ALL, path="people/8/"), NOT_TAKEN),  # which the representative is
    "pipeline/": (Line(ALL), NOT_TAKEN),
    "data-health/": (Line(ALL), NOT_TAKEN),
    "companies/": (Line(AMR), NOT_TAKEN),
    "report/<slug:format_name>/": (Line(ALL, path="report/csv/"), NOT_TAKEN),
    "records/<slug:metric>/": (Line(AMR, path="records/calls/"), NOT_TAKEN),
    "records/<slug:metric>/<slug:format_name>/": (Line(AMR, path="records/calls/csv/"), NOT_TAKEN),
    "definitions/": (Line(ALL), NOT_TAKEN),
    "settings/connection/": (Line(ALL), Line(A, 302, body={"act": "test_saved"})),
    "settings/mapping/": (Line(AMV), Line(A, 422, body={"action": "preview"})),  # nothing is chosen
    "settings/calendar/": (Line(ALL), Line(A, 302, body={"action": "save", "week_start": "6"})),
    "settings/teams/": (Line(AMV), Line(A, 302, body={"act": "add", "name": "South", "member": "8"})),
    "settings/people/": (Line(A), Line(A, 302, body={"act": "rules"})),
    "settings/audit/": (Line(A), NOT_TAKEN),
    "account/tokens/": (Line(ALL), Line(ALL, 422, body={"act": "revoke"})),
    "settings/audit/entries.csv": (Line(A), NOT_TAKEN),
}
"""The pages of an organization, below `/o/acme/`: what GET and POST are answered."""

OPERATORS: dict[str, tuple[int, int]] = {"operator/organizations/": (200, 422)}
"""Pages for operators alone: what they are answered to GET, and to an empty POST. To others these are not there."""

SAME_FOR_ALL: dict[str, int] = {
    "livez": 200,
    "readyz": 503,
    "metrics": 200,
    "api/v1/openapi.json": 200,
    "api/v1/": 404,
    "^api/": 404,
    "invitation/": 404,
    "accounts/inactive/": 200,
    "accounts/3rdparty/login/cancelled/": 200,
    "accounts/password/reset/done/": 200,
    "accounts/password/reset/key/done/": 200,
    r"accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": 200,
    **dict.fromkeys(
        (
            *("accounts/signup/", "accounts/email/", "accounts/confirm-email/", "accounts/confirm-email/<path:rest>"),
            *("accounts/password/set/", "accounts/login/code/confirm/", "accounts/2fa/recovery-codes/download/"),
            *("accounts/3rdparty/", "accounts/3rdparty/signup/", "accounts/3rdparty/login/error/"),
            *("accounts/social/login/cancelled/", "accounts/social/login/error/", "accounts/social/signup/"),
            "accounts/social/connections/",
            r"accounts/^confirm-email/(?P<key>[-:\w]+)/$",
            "accounts/oidc/<str:provider_id>/login/",
            "accounts/oidc/<str:provider_id>/login/callback/",
            r"accounts/oidc/^(?P<provider_id>[^/]+)/login/",
            r"accounts/oidc/^(?P<provider_id>[^/]+)/login/callback/",
        ),
        404,
    ),
}
"""What everybody is answered to GET, logged in or not."""

ACCOUNT: dict[str, tuple[int, int]] = {
    "accounts/": (302, 200),
    "accounts/sessions/": (302, 200),
    "accounts/login/": (200, 302),
    "accounts/logout/": (302, 200),
    "accounts/reauthenticate/": (302, 200),
    "accounts/password/change/": (302, 200),
    "accounts/password/reset/": (200, 200),
    "accounts/oidc/confirm/": (302, 404),
    "accounts/2fa/": (302, 200),
    "accounts/2fa/authenticate/": (302, 302),
    "accounts/2fa/reauthenticate/": (302, 302),
    "accounts/2fa/totp/activate/": (302, 200),
    "accounts/2fa/totp/deactivate/": (302, 404),
    "accounts/2fa/recovery-codes/": (302, 404),
    "accounts/2fa/recovery-codes/generate/": (302, 200),
    "accounts/2fa/webauthn/": (302, 200),
    "accounts/2fa/webauthn/add/": (302, 200),
    "accounts/2fa/webauthn/reauthenticate/": (302, 302),
    "accounts/2fa/webauthn/keys/<int:pk>/remove/": (302, 404),
    "accounts/2fa/webauthn/keys/<int:pk>/edit/": (302, 404),
    "accounts/2fa/webauthn/login/": (302, 302),
}
"""What GET of the pages of an own account is answered: to nobody, and to whoever is logged in, whatever their role."""

EXAMPLES = {
    "^api/": "api/nothing",
    "accounts/confirm-email/<path:rest>": "accounts/confirm-email/x",
    r"accounts/^confirm-email/(?P<key>[-:\w]+)/$": "accounts/confirm-email/x/",
    r"accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": "accounts/password/reset/key/1-x-y/",
    "accounts/oidc/<str:provider_id>/login/": "accounts/oidc/nobody/login/",
    "accounts/oidc/<str:provider_id>/login/callback/": "accounts/oidc/nobody/login/callback/",
    r"accounts/oidc/^(?P<provider_id>[^/]+)/login/": "accounts/oidc/nobody/login/",
    r"accounts/oidc/^(?P<provider_id>[^/]+)/login/callback/": "accounts/oidc/nobody/login/callback/",
    "accounts/2fa/webauthn/keys/<int:pk>/remove/": "accounts/2fa/webauthn/keys/4711/remove/",
    "accounts/2fa/webauthn/keys/<int:pk>/edit/": "accounts/2fa/webauthn/keys/4711/edit/",
}
"""An address for each pattern that is none itself."""
