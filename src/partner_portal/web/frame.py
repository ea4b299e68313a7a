"""What every page of an organization shows around its content: navigation, and the way to other organizations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from partner_portal.organizations.models import Organization
from partner_portal.web.access import Visit, address

HOME = "sales_report"
NAVIGATION = ((HOME, "Sales report"), ("definitions", "Definitions"), ("connection", "Settings"))
"""The pages that exist, as they are called in the urlconf and to people."""


@dataclass(frozen=True)
class Link:
    """A named address, and whether it is where the visitor is."""

    name: str
    href: str
    is_current: bool


@dataclass(frozen=True)
class Frame:
    """The frame of one page. `switches` are the visitor's organizations, empty when there is only one."""

    organization: Organization
    home: str
    pages: tuple[Link, ...]
    switches: tuple[Link, ...]


def frame_of(visit: Visit, page: str) -> Frame:
    """The frame of `page` for this visit."""
    several = visit.organizations if len(visit.organizations) > 1 else ()
    return Frame(
        organization=visit.organization,
        home=visit.address(HOME),
        pages=tuple(Link(title, visit.address(name), name == page) for name, title in NAVIGATION),
        switches=tuple(
            Link(organization.name, address(page, organization.slug), organization == visit.organization)
            for organization in several
        ),
    )


def show(
    request: HttpRequest, visit: Visit, page: str, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render `template` in the frame of `page`."""
    titles = dict(NAVIGATION)
    whole = {"frame": frame_of(visit, page), "title": titles[page], **context}
    return render(request, template, whole, status=status)
