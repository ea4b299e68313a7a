"""Who looks at a page, and at which organization: every page of an organization begins here.

Somebody who belongs to one organization sees it at the plain addresses. Whoever belongs to several sees each under
`/o/<slug>/`. To strangers an organization does not exist: 404.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec

import structlog
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import resolve, reverse

from partner_portal.accounts.actor import Actor
from partner_portal.accounts.policy import (
    Act,
    NotPermitted,
    OrganizationUnknown,
    is_operator,
    lacks_second_factor,
    may,
    organizations_of,
)
from partner_portal.bootstrap import portal
from partner_portal.bootstrap.requests import actor_of
from partner_portal.organizations.models import Organization
from partner_portal.usecases.audit_log import note_refusal
from partner_portal.usecases.parts import Parts

P = ParamSpec("P")


@dataclass(frozen=True)
class Visit:
    """One look at one organization. `slug` is the one in the address, None at the plain addresses."""

    actor: Actor
    organization: Organization
    organizations: tuple[Organization, ...]
    slug: str | None

    @property
    def parts(self) -> Parts:
        """The parts of the running portal."""
        return portal.parts()

    def address(self, page: str, **rest: object) -> str:
        """The address of `page` for the organization looked at; `rest` is what else its pattern names."""
        return address(page, self.slug, **rest)

    def may(self, act: Act) -> bool:
        """Whether the visitor may do `act` here."""
        return may(self.actor, act, self.organization)


def address(page: str, slug: str | None, **rest: object) -> str:
    """The address of `page`, below the organization's own when `slug` is given."""
    return reverse(page, kwargs=rest if slug is None else {"slug": slug, **rest})


def organization_page(
    page: Callable[Concatenate[HttpRequest, Visit, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """A view for members: finds the organization and hands it over as a `Visit`."""

    @wraps(page)
    def view(request: HttpRequest, slug: str | None = None, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_login(request)
        actor = actor_of(request)
        if is_operator(actor) and slug is None and request.method in {"GET", "HEAD"}:
            return redirect("operator_organizations")
        organizations = tuple(organizations_of(actor))
        if slug is None and len(organizations) != 1:
            return _without_choice(request, organizations)
        visit = Visit(actor, _chosen(organizations, slug), organizations, slug)
        structlog.contextvars.bind_contextvars(organization=visit.organization.slug)
        if lacks_second_factor(actor, visit.organization):
            return _to_second_factor(request, visit.organization)
        try:
            return page(request, visit, *args, **kwargs)
        except OrganizationUnknown as unknown:
            raise Http404(str(unknown)) from None
        except NotPermitted as refusal:
            note_refusal(visit.parts, actor, refusal)
            raise PermissionDenied(str(refusal)) from None

    return view


def is_partial(request: HttpRequest) -> bool:
    """Whether the page's own script asks, and will swap in a part of the answer."""
    return request.headers.get("HX-Request") == "true"


def go_to(request: HttpRequest, url: str) -> HttpResponse:
    """Lead the browser to `url`; a script that asked for a part is told to load the page."""
    if is_partial(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)


def _to_login(request: HttpRequest) -> HttpResponse:
    if is_partial(request):
        return go_to(request, reverse("account_login"))
    return redirect_to_login(request.get_full_path())


def _to_second_factor(request: HttpRequest, organization: Organization) -> HttpResponse:
    if not is_partial(request):
        messages.info(request, f"{organization.name} asks its members for a second factor. Set one up to go on.")
    return go_to(request, reverse("mfa_index"))


def _chosen(organizations: tuple[Organization, ...], slug: str | None) -> Organization:
    for organization in organizations:
        if slug is None or organization.slug == slug:
            return organization
    raise Http404("There is no such organization here.")


def _without_choice(request: HttpRequest, organizations: tuple[Organization, ...]) -> HttpResponse:
    """At a plain address: no organization to show, or several, of which the first by name is taken."""
    if not organizations:
        context = {"title": "No organization", "reason": "An administrator has to add you to one."}
        return render(request, "web/no_organization.html", context, status=403)
    if request.method not in {"GET", "HEAD"}:
        raise Http404("There are several organizations. Name the one that is meant.")
    found = resolve(request.path_info)
    return redirect(address(found.view_name, organizations[0].slug, **found.kwargs) + _query(request))


def _query(request: HttpRequest) -> str:
    return f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
