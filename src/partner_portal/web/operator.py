"""Operator > Organizations: those of the installation, for whoever operates it. Shows nothing of what they hold."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from partner_portal.accounts.actor import Actor
from partner_portal.accounts.policy import is_operator
from partner_portal.bootstrap import portal
from partner_portal.bootstrap.requests import actor_of
from partner_portal.usecases.errors import InputRefused, MailNotSent
from partner_portal.usecases.organizations import (
    add_organization,
    invite_first_administrator,
    list_organizations,
    switch_organization,
)
from partner_portal.web.reauthentication import confirmation

PAGE = "operator_organizations"


def operator_page(page: Callable[[HttpRequest, Actor], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A view for operators; for everybody else it is not there."""

    @wraps(page)
    def view(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        actor = actor_of(request)
        if not is_operator(actor):
            raise Http404("There is no such page.")
        return page(request, actor)

    return view


@require_http_methods(["GET", "POST"])
@cache_control(private=True, no_store=True)
@operator_page
def organizations(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the organizations; on POST do what `act` says: add, invite, deactivate or reactivate."""
    if request.method == "GET":
        return _page(request, actor)
    if answer := confirmation(request):
        return answer
    try:
        said = _act(request, actor)
    except (InputRefused, MailNotSent) as refused:
        return _page(request, actor, problem=str(refused), status=422)
    messages.success(request, said)
    return redirect(PAGE)


def _act(request: HttpRequest, actor: Actor) -> str:
    parts, posted = portal.parts(mirror=False), request.POST
    act, slug = posted.get("act", ""), posted.get("slug", "").strip()
    if act == "add":
        name, time_zone = posted.get("name", "").strip() or slug, posted.get("time_zone", "").strip() or "UTC"
        currency = posted.get("currency", "").strip() or "USD"
        add_organization(parts, slug=slug, name=name, time_zone=time_zone, currency=currency, actor=actor)
        return f"{slug} was added. Invite its first administrator."
    if act == "invite":
        invite_first_administrator(parts, slug, posted.get("email", ""), actor=actor)
        return f"An invitation to administer {slug} was sent."
    if act not in {"deactivate", "reactivate"}:
        raise InputRefused("act", "It is not clear what to do. Load the list of organizations again.")
    switch_organization(parts, slug, on=act == "reactivate", actor=actor)
    return f"{slug} is {'active again' if act == 'reactivate' else 'deactivated: served to nobody and not synced'}."


def _page(request: HttpRequest, actor: Actor, *, problem: str = "", status: int = 200) -> HttpResponse:
    context = {"title": "Organizations", "organizations": list_organizations(actor=actor), "problem": problem}
    return render(request, "web/operator.html", context, status=status)
