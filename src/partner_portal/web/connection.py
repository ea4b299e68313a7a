"""Settings > Connection: Configure Autotask, test it, replace its secret, end it, and see how it stands.

Whoever changes the connection must have confirmed lately who they are: before that the page offers the way to do so in
the place of the forms, so that nothing is typed in vain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from partner_portal.accounts.policy import Act
from partner_portal.accounts.rates import TooManyRequests
from partner_portal.accounts.reauthentication import was_authenticated_recently
from partner_portal.usecases.connect_autotask import Credentials, connect_autotask, enter_change
from partner_portal.usecases.connection_state import NOT_CONNECTED, ConnectionState, connection_state
from partner_portal.usecases.connection_test import ConnectionTest
from partner_portal.usecases.disconnect_autotask import disconnect_autotask
from partner_portal.usecases.errors import InputRefused, LogInsPaused, NotConfirmed, NotConnected, UseCaseError
from partner_portal.usecases.test_connection import test_connection
from partner_portal.web.access import Visit, go_to, organization_page
from partner_portal.web.frame import HOME, show
from partner_portal.web.reauthentication import confirmation
from partner_portal.web.reporting import administrators_of
from partner_portal.web.view.connection import findings, standing

PAGE = "connection"
SECRETS = ("secret", "integration_code")
CHANGES = ("save", "connect_source", "disconnect")
"""What may be done on the page that changes the connection."""
KEPT = "Leave it empty to keep the one in use."


class CredentialsForm(forms.Form):
    """What an API user of Autotask logs in with. What is secret is never written back into the page."""

    username = forms.CharField(
        label="API username (key)",
        max_length=254,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off", "spellcheck": "false"}),
    )
    secret = forms.CharField(
        label="API secret",
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"class": "form-control", "autocomplete": "new-password"}),
    )
    integration_code = forms.CharField(
        label="Integration code (tracking identifier)",
        max_length=500,
        widget=forms.PasswordInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )

    @classmethod
    def for_state(cls, state: ConnectionState, entered: Any = None) -> CredentialsForm:
        """The form for a connection as it stands: once there is one, what does not change may be left empty."""
        form = cls(entered, initial={"username": state.username or ""})
        if state.stage != NOT_CONNECTED:
            for name in SECRETS:
                form.fields[name].required = False
                form.fields[name].help_text = KEPT
        return form


class DisconnectForm(forms.Form):
    """What becomes of the data, and the organization's name to confirm."""

    data_after = forms.ChoiceField(
        label="What was read from Autotask",
        choices=(("keep", "Keep it"), ("remove", "Remove it for good")),
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    confirm = forms.CharField(
        label="Type the organization's name to confirm",
        max_length=200,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off", "spellcheck": "false"}),
    )


@dataclass
class _Shown:
    """What one answer shows besides the state: forms as they were sent, a test, a refusal, a status."""

    form: CredentialsForm | None = None
    disconnect: DisconnectForm | None = None
    test: ConnectionTest | None = None
    refusal: str = ""
    status: int = 200


@sensitive_variables()
@sensitive_post_parameters(*SECRETS)
@require_http_methods(["GET", "POST"])
@cache_control(private=True, no_store=True)
@organization_page
def connection(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the connection; on POST do what `act` says: test, test_saved, or one of CHANGES."""
    if request.method == "GET":
        return _page(request, visit, _Shown())
    act = request.POST.get("act", "")
    if act in CHANGES and visit.may(Act.CONNECT) and (way := confirmation(request)) is not None:
        return way
    try:
        return _done(request, visit, act)
    except NotConnected:
        return go_to(request, visit.address(PAGE))
    except (LogInsPaused, TooManyRequests) as paused:
        return _page(request, visit, _Shown(refusal=str(paused), status=429))
    except UseCaseError as refused:
        return _page(request, visit, _Shown(refusal=str(refused), status=409))


@sensitive_variables()
def _done(request: HttpRequest, visit: Visit, act: str) -> HttpResponse:
    if act == "disconnect":
        return _disconnect(request, visit, DisconnectForm(request.POST))
    if act == "test_saved":
        return _page(request, visit, _Shown(test=test_connection(visit.parts, visit.organization, actor=visit.actor)))
    if act == "connect_source":
        return _connect(request, visit, None, _Shown())
    state = connection_state(visit.parts, visit.organization)
    return _try_entered(request, visit, CredentialsForm.for_state(state, request.POST), saves=act == "save")


@sensitive_variables()
def _try_entered(request: HttpRequest, visit: Visit, form: CredentialsForm, *, saves: bool) -> HttpResponse:
    """Test what was entered, and keep it when that was asked for and the test passed."""
    if not form.is_valid():
        return _page(request, visit, _Shown(form, status=422))
    entered = form.cleaned_data
    try:
        credentials = enter_change(
            visit.parts, visit.organization, entered["username"], entered["secret"], entered["integration_code"]
        )
    except InputRefused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        return _page(request, visit, _Shown(form, status=422))
    if saves:
        return _connect(request, visit, credentials, _Shown(form))
    test = test_connection(visit.parts, visit.organization, credentials, visit.actor)
    return _page(request, visit, _Shown(form, test=test))


def _connect(request: HttpRequest, visit: Visit, credentials: Credentials | None, shown: _Shown) -> HttpResponse:
    shown.test = connect_autotask(visit.parts, visit.organization, credentials, visit.actor)
    return go_to(request, visit.address(HOME)) if shown.test.passed else _page(request, visit, shown)


def _disconnect(request: HttpRequest, visit: Visit, form: DisconnectForm) -> HttpResponse:
    if not form.is_valid():
        return _page(request, visit, _Shown(disconnect=form, status=422))
    removes = form.cleaned_data["data_after"] == "remove"
    try:
        disconnect_autotask(
            visit.parts,
            visit.organization,
            confirmed=form.cleaned_data["confirm"],
            removes_data=removes,
            actor=visit.actor,
        )
    except NotConfirmed as refused:
        form.add_error("confirm", str(refused))
        return _page(request, visit, _Shown(disconnect=form, status=422))
    return go_to(request, visit.address(PAGE))


def _page(request: HttpRequest, visit: Visit, shown: _Shown) -> HttpResponse:
    may_connect = visit.may(Act.CONNECT)
    state = connection_state(visit.parts, visit.organization)
    context: dict[str, Any] = {
        "state": standing(state, visit.parts.clock.now(), ZoneInfo(visit.organization.time_zone)),
        "form": shown.form or CredentialsForm.for_state(state),
        "disconnect": shown.disconnect or DisconnectForm(),
        "result": findings(shown.test) if shown.test else None,
        "refusal": shown.refusal,
        "may_connect": may_connect,
        "is_confirmed": may_connect and was_authenticated_recently(request),
        "administrators": [] if may_connect else administrators_of(visit.organization),
        "links": {"connection": visit.address(PAGE)},
    }
    return show(request, visit, PAGE, "web/connection.html", context, status=shown.status)
