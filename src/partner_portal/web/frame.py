"""What every page of an organization shows around its content: navigation, and the way to other organizations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from partner_portal.accounts.policy import Act
from partner_portal.organizations.models import Organization
from partner_portal.web.access import Visit, address

HOME = "sales_report"
NAVIGATION = (
    (HOME, "Sales report"),
    ("activity", "Activity"),
    ("appointments", "Appointments"),
    ("pipeline", "Pipeline"),
    ("owners", "People"),
    ("data_health", "Data health"),
    ("definitions", "Definitions"),
    ("connection", "Settings"),
)
"""The pages that exist, as they are called in the urlconf and to people."""
SETTINGS = (
    ("connection", "Connection", Act.SEE_CONNECTION),
    ("mapping", "Mapping", Act.SEE_MAPPING),
    ("calendar", "Calendar", Act.READ_REPORT),
    ("teams", "Teams", Act.SEE_TEAMS),
    ("people", "People", Act.SEE_PEOPLE),
    ("audit_log", "Audit log", Act.SEE_AUDIT),
    ("access_tokens", "Access tokens", Act.HAVE_TOKENS),
)
"""The pages below Settings likewise, each with the act that it takes."""
TITLES = {name: title for name, title, _ in SETTINGS} | dict(NAVIGATION)


@dataclass(frozen=True)
class Link:
    """A named address, and whether it is where the visitor is."""

    name: str
    href: str
    is_current: bool


@dataclass(frozen=True)
class Frame:
    """The frame of one page. `switches` are the visitor's organizations, empty when there is only one.

    `settings` are the pages below Settings that the visitor may see, on one of these and where there are several.
    """

    organization: Organization
    home: str
    pages: tuple[Link, ...]
    switches: tuple[Link, ...]
    settings: tuple[Link, ...]


def frame_of(visit: Visit, page: str) -> Frame:
    """The frame of `page` for this visit."""
    several = visit.organizations if len(visit.organizations) > 1 else ()
    below = _settings(visit, page)
    shared = page if page in TITLES else HOME  # what else a page's address names is of one organization
    return Frame(
        organization=visit.organization,
        home=visit.address(HOME),
        pages=tuple(Link(title, visit.address(name), _is_here(name, page)) for name, title in NAVIGATION),
        switches=tuple(
            Link(organization.name, address(shared, organization.slug), organization == visit.organization)
            for organization in several
        ),
        settings=below if len(below) > 1 else (),
    )


def _settings(visit: Visit, page: str) -> tuple[Link, ...]:
    if page not in {name for name, _, _ in SETTINGS}:
        return ()
    return tuple(Link(title, visit.address(name), name == page) for name, title, act in SETTINGS if visit.may(act))


def _is_here(name: str, page: str) -> bool:
    """Whether the page called `name` in the navigation is `page`, or the one that it is below."""
    return name == page or (name == SETTINGS[0][0] and page in {below for below, _, _ in SETTINGS})


def show(
    request: HttpRequest, visit: Visit, page: str, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render `template` in the frame of `page`."""
    whole = {"frame": frame_of(visit, page), "title": TITLES.get(page, ""), **context}
    return render(request, template, whole, status=status)
