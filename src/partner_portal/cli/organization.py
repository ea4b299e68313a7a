"""Which organization a command is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from partner_portal.cli.failure import WrongUse

if TYPE_CHECKING:
    from partner_portal.organizations.models import Organization

Slug = Annotated[str | None, typer.Option("--organization", help="Slug; may be left out where there is one.")]


def chosen_organization(slug: str | None) -> Organization:
    """The organization named, or the only one there is. Needs a prepared portal."""
    from partner_portal.organizations.models import Organization

    known = list(Organization.objects.order_by("slug"))
    if slug is None and len(known) == 1:
        return known[0]
    for organization in known:
        if organization.slug == slug:
            return organization
    if not known:
        raise WrongUse("There is no organization yet. Connect one with `portal connect`.")
    slugs = ", ".join(organization.slug for organization in known)
    wrong = f"Unknown organization {slug!r}." if slug else "There are several organizations."
    raise WrongUse(f"{wrong} Name one of these with --organization: {slugs}.")
