"""`portal organization ...` and `portal user ...`: who uses this installation."""

from __future__ import annotations

import getpass
import json
import sys
from typing import Annotated

import typer

from partner_portal.cli.failure import WrongUse, say
from partner_portal.cli.opened import opened_portal
from partner_portal.cli.organization import Slug

organization_app = typer.Typer(help="The organizations of this installation.", no_args_is_help=True)
user_app = typer.Typer(help="The people of this installation.", no_args_is_help=True)

Email = Annotated[str, typer.Argument(help="The address the person logs in with.")]
OfOrganization = Annotated[str, typer.Argument(help="The organization's short name.")]
NameOption = Annotated[str, typer.Option("--name", help="The person's name.")]
RoleOption = Annotated[str, typer.Option("--role", help="administrator, manager, representative or viewer.")]
Json = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]
Everywhere = Annotated[bool, typer.Option("--everywhere", help="The account as such, in every organization.")]


@organization_app.callback()
def organizations() -> None:
    """The organizations of this installation."""


@user_app.callback()
def users() -> None:
    """The people of this installation."""


@organization_app.command("add")
def add_organization_command(
    slug: Annotated[str, typer.Argument(help="Short name for addresses and --organization: letters, digits, hyphens.")],
    name: Annotated[str | None, typer.Option(help="The name people read; the slug if left out.")] = None,
    time_zone: Annotated[str, typer.Option(help="IANA name, such as America/New_York.")] = "UTC",
    currency: Annotated[str, typer.Option(help="ISO 4217 code.")] = "USD",
) -> None:
    """Add an organization."""
    parts = opened_portal(mirror=False)
    from partner_portal.usecases.organizations import add_organization

    add_organization(parts, slug=slug, name=name or slug, time_zone=time_zone, currency=currency)
    say(f"Organization {slug} added.")


@organization_app.command("list")
def list_organizations_command(as_json: Json = False) -> None:
    """Print the organizations, each with how many people and administrators it has."""
    opened_portal(mirror=False)
    from partner_portal.usecases.organizations import list_organizations

    found = list_organizations()
    if as_json:
        sys.stdout.write(json.dumps({"organizations": found}, indent=2) + "\n")
        return
    for each in found:
        state = "" if each["is_active"] else ", deactivated"
        sys.stdout.write(f"{each['slug']}: {each['people']} people, {each['administrators']} administrators{state}\n")


@organization_app.command("deactivate")
def deactivate_organization_command(slug: OfOrganization) -> None:
    """Serve an organization to nobody and sync it no more; what it holds stays."""
    _switch_organization(slug, on=False)


@organization_app.command("reactivate")
def reactivate_organization_command(slug: OfOrganization) -> None:
    """Serve and sync an organization again."""
    _switch_organization(slug, on=True)


@user_app.command("add")
def add_user_command(
    email: Email,
    organization: Slug = None,
    role: RoleOption = "viewer",
    name: NameOption = "",
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from a pipe.")] = False,
    operator: Annotated[
        bool, typer.Option("--operator", help="Make somebody who manages organizations and belongs to none.")
    ] = False,
) -> None:
    """Add a person to an organization, or an operator. Asks for a password."""
    parts = opened_portal(mirror=False)
    from partner_portal.cli.organization import chosen_organization
    from partner_portal.usecases.add_person import add_operator, add_person

    if operator and organization is not None:
        raise WrongUse("An operator belongs to no organization. Leave --organization or --operator out.")
    password = read_secret("Password: ", from_pipe=password_stdin)
    if operator:
        add_operator(parts, email=email, name=name, password=password)
        say(f"{email} added as operator.")
        return
    add_person(
        parts,
        organization=chosen_organization(organization),
        email=email,
        name=name,
        role=role,
        password=password,
    )
    say(f"{email} added as {role}.")


@user_app.command("list")
def list_users_command(organization: Slug = None, as_json: Json = False) -> None:
    """Print the people of an organization and who was invited."""
    parts = opened_portal()
    from partner_portal.cli.organization import chosen_organization
    from partner_portal.usecases.people import list_people

    found = list_people(parts, chosen_organization(organization))
    if as_json:
        sys.stdout.write(json.dumps(found, indent=2) + "\n")
        return
    for person in found["people"]:
        known = person["resource"]
        resource = f", {known['name'] or known['id']} in Autotask" if known else ""
        state = "" if person["is_active"] else ", deactivated"
        sys.stdout.write(f"{person['email']}: {person['role']}{resource}{state}\n")
    for invitation in found["invitations"]:
        sys.stdout.write(f"{invitation['email']}: invited as {invitation['role']}\n")


@user_app.command("invite")
def invite_user_command(
    email: Email, organization: Slug = None, role: RoleOption = "viewer", name: NameOption = ""
) -> None:
    """Send somebody a link by which they join; without a mail server the link is printed instead."""
    parts = opened_portal(mirror=False)
    from django.conf import settings

    from partner_portal.cli.organization import chosen_organization
    from partner_portal.usecases.invitations import invite_person, make_invitation

    chosen = chosen_organization(organization)
    if settings.PORTAL_SENDS_MAIL:
        invite_person(parts, chosen, email=email, role=role, name=name)
        say(f"An invitation was sent to {email}.")
        return
    _, link = make_invitation(parts, chosen, email=email, role=role, name=name)
    sys.stdout.write(f"{link}\n")
    say(f"No mail server is set. Hand this link to {email} only: it is worth their account.")


@user_app.command("change")
def change_user_command(
    email: Email,
    organization: Slug = None,
    role: Annotated[str | None, typer.Option(help="administrator, manager, representative or viewer.")] = None,
    resource: Annotated[
        str | None, typer.Option(help="Who they are in Autotask: an id, none, or by_address for the same e-mail.")
    ] = None,
) -> None:
    """Give a member another role, or match them to another resource of Autotask."""
    _change(email, organization, role=role, resource=resource)
    say(f"{email} was changed.")


@user_app.command("deactivate")
def deactivate_user_command(email: Email, organization: Slug = None, everywhere: Everywhere = False) -> None:
    """Log a member out at once and let them in no more, until they are reactivated."""
    _switch_user(email, organization, everywhere=everywhere, on=False)


@user_app.command("reactivate")
def reactivate_user_command(email: Email, organization: Slug = None, everywhere: Everywhere = False) -> None:
    """Let a member in again."""
    _switch_user(email, organization, everywhere=everywhere, on=True)


@user_app.command("remove")
def remove_user_command(email: Email, organization: Slug = None) -> None:
    """Take a member out of an organization; their account stays."""
    parts = opened_portal(mirror=False)
    from partner_portal.cli.organization import chosen_organization
    from partner_portal.usecases.people import member_with_address, remove_person

    chosen = chosen_organization(organization)
    remove_person(parts, chosen, member_with_address(chosen, email))
    say(f"{email} was removed from {chosen.slug}.")


def _change(
    email: str,
    slug: str | None,
    *,
    role: str | None = None,
    resource: str | None = None,
    is_active: bool | None = None,
) -> None:
    number = int(resource) if resource is not None and resource.isdecimal() else resource
    parts = opened_portal(mirror=isinstance(number, int))
    from partner_portal.cli.organization import chosen_organization
    from partner_portal.usecases.people import Wishes, change_person, member_with_address

    chosen = chosen_organization(slug)
    change_person(parts, chosen, member_with_address(chosen, email), Wishes(role, number, is_active))


def _switch_user(email: str, slug: str | None, *, everywhere: bool, on: bool) -> None:
    if everywhere:
        parts = opened_portal(mirror=False)
        from partner_portal.usecases.add_person import switch_person

        switch_person(parts, email, on=on)
    else:
        _change(email, slug, is_active=on)
    say(f"{email} is {'active again' if on else 'deactivated and logged out'}.")


def _switch_organization(slug: str, *, on: bool) -> None:
    parts = opened_portal(mirror=False)
    from partner_portal.usecases.organizations import switch_organization

    switch_organization(parts, slug, on=on)
    say(f"{slug} is {'active again' if on else 'deactivated'}.")


def read_secret(prompt: str, *, from_pipe: bool) -> str:
    """A secret from standard input's first line, or asked for without echo on a terminal."""
    if from_pipe:
        secret = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        secret = getpass.getpass(prompt, stream=sys.stderr)
    else:
        raise WrongUse("There is no terminal to ask for the secret on. Pipe it in and name the --…-stdin option.")
    if not secret:
        raise WrongUse("An empty secret was given. Enter it, or pipe it in as one line.")
    return secret
