"""Your account: the name, the ways to log in, the sessions."""

from __future__ import annotations

from typing import cast

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partner_portal.accounts.models import Person
from partner_portal.accounts.policy import organizations_of
from partner_portal.bootstrap.requests import actor_of
from partner_portal.usecases.account_changes import change_name, revoke_sessions


class NameForm(forms.Form):
    """What others call the person."""

    name = forms.CharField(
        max_length=200, widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "name"})
    )


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Show the account; on POST change the name."""
    person = cast("Person", request.user)
    form = NameForm(request.POST or None, initial={"name": person.name})
    if request.method == "POST" and form.is_valid():
        change_name(request, person, form.cleaned_data["name"])
        messages.success(request, "Your name was changed.")
        return redirect("account")
    kinds = list(Authenticator.objects.filter(user_id=person.pk).values_list("type", flat=True))
    context = {
        "form": form,
        "has_password": person.has_usable_password(),
        "has_app": Authenticator.Type.TOTP in kinds,
        "passkeys": kinds.count(Authenticator.Type.WEBAUTHN),
        "has_codes": Authenticator.Type.RECOVERY_CODES in kinds,
        "has_company_account": SocialAccount.objects.filter(user_id=person.pk).exists(),
        "has_organization": organizations_of(actor_of(request)).exists(),
        "sessions": len(UserSession.objects.purge_and_list(person)),
    }
    return render(request, "account/account.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Show where the person is logged in; on POST end one session, or all but the present one."""
    person = cast("Person", request.user)
    held = sorted(UserSession.objects.purge_and_list(person), key=lambda session: session.last_seen_at, reverse=True)
    if request.method == "POST":
        chosen = request.POST.get("session", "")
        ending = [session for session in held if str(session.pk) == chosen or (not chosen and not _is_here(session))]
        ended = revoke_sessions(request, person, ending)
        if request.user.is_authenticated:
            messages.success(request, "1 session ended." if ended == 1 else f"{ended} sessions ended.")
        return redirect("usersessions_list")
    return render(request, "account/sessions.html", {"sessions": held})


def _is_here(session: UserSession) -> bool:
    return bool(session.is_current())
