"""Accepting an invitation: looking at the page spends nothing, as mail scanners look; only its button does."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from partner_portal.accounts.adapter import client_address
from partner_portal.accounts.models import Invitation
from partner_portal.bootstrap import portal
from partner_portal.usecases.errors import InputRefused, InvitationSpent
from partner_portal.usecases.invitations import accept_invitation, find_invitation, is_known
from partner_portal.usecases.parts import Parts


class JoinForm(forms.Form):
    """What a person who is new says of themselves."""

    name = forms.CharField(
        label="Your name",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "name"}),
    )
    password = forms.CharField(
        label="Password",
        max_length=500,
        strip=False,
        help_text="Twelve characters or more; a few words are easy to remember and hard to guess.",
        widget=forms.PasswordInput(attrs={"class": "form-control", "autocomplete": "new-password"}),
    )


@sensitive_variables()
@sensitive_post_parameters("token", "password")
@require_http_methods(["GET", "POST"])
@cache_control(private=True, no_store=True)
def invitation(request: HttpRequest) -> HttpResponse:
    """Show to whom the link belongs and what it leads to; on POST let them join, then log in."""
    asked = request.POST if request.method == "POST" else request.GET
    token, parts = asked.get("token", ""), portal.parts(mirror=False)
    try:
        found = find_invitation(parts, token)
        form = None if is_known(found) else JoinForm(request.POST if request.method == "POST" else None)
        if request.method == "GET" or (form is not None and not form.is_valid()):
            return _page(request, found, token, form, status=200 if request.method == "GET" else 422)
        entered = {} if form is None else form.cleaned_data
        problem = _join(parts, token, client_address(request), entered)
        if problem is not None:
            if form is not None:
                form.add_error(problem.field if problem.field in form.fields else None, str(problem))
            return _page(request, found, token, form, status=422)
    except InvitationSpent as spent:
        context = {"title": "Invitation", "problem": str(spent)}
        return render(request, "web/invitation.html", context, status=404)
    messages.success(request, f"You belong to {found.organization.name} now. Log in to go on.")
    return redirect("account_login")


def _join(parts: Parts, token: str, address: str, entered: dict[str, str]) -> InputRefused | None:
    """Let them join; what was wrong with what they entered, if anything."""
    try:
        accept_invitation(parts, token, address=address, **entered)
    except InputRefused as refused:
        return refused
    return None


def _page(
    request: HttpRequest, found: Invitation, token: str, form: JoinForm | None, *, status: int = 200
) -> HttpResponse:
    context = {"invitation": found, "form": form, "token": token}
    return render(request, "web/invitation.html", context, status=status)
