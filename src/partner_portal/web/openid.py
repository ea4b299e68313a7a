"""The way to the company's OpenID provider and back."""

from __future__ import annotations

from urllib.parse import urlencode

from allauth.account.utils import get_next_redirect_url
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partner_portal.accounts import openid


@never_cache
@require_safe
def start(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Lead the browser to the provider.

    A link, not a form: browsers hold the redirects of a form to `form-action`, and where a provider sends people on to
    is for it to know. Nothing changes by it, and no other site may begin it.
    """
    _check(provider_id)
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return redirect("account_login")
    return openid.begin(request)


@never_cache
@require_safe
def callback(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Take the browser back from the provider."""
    _check(provider_id)
    return openid.finish(request)


@never_cache
@login_required
@require_safe
def confirm(request: HttpRequest) -> HttpResponse:
    """The page from which somebody without a password confirms who they are, at the provider."""
    _check(openid.PROVIDER_ID)
    way = reverse("openid_connect_login", kwargs={"provider_id": openid.PROVIDER_ID})
    asked = urlencode({openid.CONFIRM: "1", "next": get_next_redirect_url(request) or "/"})
    return render(request, "account/openid_confirm.html", {"link": f"{way}?{asked}"})


def _check(provider_id: str) -> None:
    if provider_id != openid.PROVIDER_ID or not openid.is_offered():
        raise Http404("There is no such provider.")
