"""Pages that change a connection or people: whoever asks must have proved lately who they are."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from partner_portal.accounts.reauthentication import was_authenticated_recently
from partner_portal.web.access import go_to

P = ParamSpec("P")


def recently_authenticated(
    page: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """A view for those who proved lately who they are; the others are led to do so, and come back.

    Goes below `organization_page`, which finds out first who asks. A form that was sent too late is not kept: it may
    hold a secret, and a session is no place for one.
    """

    @wraps(page)
    def view(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return confirmation(request) or page(request, *args, **kwargs)

    return view


def confirmation(request: HttpRequest) -> HttpResponse | None:
    """The way to the page where the person confirms who they are; None for those who did so lately.

    For a view of which only some acts need it: `if answer := confirmation(request): return answer`.
    """
    if was_authenticated_recently(request):
        return None
    if request.method != "GET":
        messages.info(request, "Confirm who you are first. Nothing was changed: fill in the form again afterwards.")
    return go_to(request, f"{reverse('account_reauthenticate')}?{urlencode({'next': _way_back(request)})}")


def _way_back(request: HttpRequest) -> str:
    """The page to come back to: with its query when it was only looked at."""
    return request.get_full_path() if request.method == "GET" else request.path
