"""Settings > Connection: Configure Autotask, test it, and see how it stands."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from partner_portal.accounts.policy import Act
from partner_portal.usecases.connect_autotask import connect_autotask
from partner_portal.usecases.connection_state import connection_state
from partner_portal.usecases.connection_test import ConnectionTest
from partner_portal.usecases.credentials import enter_credentials
from partner_portal.usecases.errors import InputRefused, NotConnected
from partner_portal.usecases.test_connection import test_connection
from partner_portal.web.access import Visit, go_to, organization_page
from partner_portal.web.frame import HOME, show
from partner_portal.web.sales_report import administrators_of
from partner_portal.web.view.connection import findings, standing

PAGE = "connection"
SECRETS = ("secret", "integration_code")


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


@sensitive_variables()
@sensitive_post_parameters(*SECRETS)
@require_http_methods(["GET", "POST"])
@cache_control(private=True, no_store=True)
@organization_page
def connection(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the connection; on POST do what `act` says: test, save, or test_saved."""
    if request.method == "GET":
        return _page(request, visit, CredentialsForm())
    if request.POST.get("act") == "test_saved":
        try:
            test = test_connection(visit.parts, visit.organization, actor=visit.actor)
        except NotConnected:
            return go_to(request, visit.address(PAGE))
        return _page(request, visit, CredentialsForm(), test)
    return _try_entered(request, visit, CredentialsForm(request.POST), saves=request.POST.get("act") == "save")


def _try_entered(request: HttpRequest, visit: Visit, form: CredentialsForm, *, saves: bool) -> HttpResponse:
    """Test what was entered, and keep it when that was asked for and the test passed."""
    if not form.is_valid():
        return _page(request, visit, form, status=422)
    entered = form.cleaned_data
    try:
        credentials = enter_credentials(entered["username"], entered["secret"], entered["integration_code"])
    except InputRefused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        return _page(request, visit, form, status=422)
    if not saves:
        return _page(request, visit, form, test_connection(visit.parts, visit.organization, credentials, visit.actor))
    test = connect_autotask(visit.parts, visit.organization, credentials, visit.actor)
    return go_to(request, visit.address(HOME)) if test.passed else _page(request, visit, form, test)


def _page(
    request: HttpRequest, visit: Visit, form: CredentialsForm, test: ConnectionTest | None = None, *, status: int = 200
) -> HttpResponse:
    may_connect = visit.may(Act.CONNECT)
    state = connection_state(visit.parts, visit.organization)
    context: dict[str, Any] = {
        "state": standing(state, visit.parts.clock.now(), ZoneInfo(visit.organization.time_zone)),
        "form": form,
        "result": findings(test) if test else None,
        "may_connect": may_connect,
        "administrators": [] if may_connect else administrators_of(visit.organization),
        "links": {"connection": visit.address(PAGE)},
    }
    return show(request, visit, PAGE, "web/connection.html", context, status=status)
