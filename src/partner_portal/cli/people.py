"""`portal organization add` and `portal user add`: who uses this installation."""

from __future__ import annotations

import getpass
import sys
from typing import Annotated

import typer

from partner_portal.cli.failure import WrongUse, say
from partner_portal.cli.opened import opened_portal

organization_app = typer.Typer(help="The organizations of this installation.", no_args_is_help=True)
user_app = typer.Typer(help="The people of this installation.", no_args_is_help=True)


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
    from partner_portal.usecases.add_organization import add_organization

    add_organization(parts, slug=slug, name=name or slug, time_zone=time_zone, currency=currency)
    say(f"Organization {slug} added.")


@user_app.command("add")
def add_user_command(
    email: Annotated[str, typer.Argument(help="The address the person logs in with.")],
    organization: Annotated[str | None, typer.Option(help="Slug; may be left out where there is one.")] = None,
    role: Annotated[str, typer.Option(help="administrator, manager, representative or viewer.")] = "viewer",
    name: Annotated[str, typer.Option(help="The person's name.")] = "",
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from a pipe.")] = False,
) -> None:
    """Add a person to an organization. Asks for a password."""
    parts = opened_portal(mirror=False)
    from partner_portal.cli.organization import chosen_organization
    from partner_portal.usecases.add_person import add_person

    password = read_secret("Password: ", from_pipe=password_stdin)
    add_person(
        parts,
        organization=chosen_organization(organization),
        email=email,
        name=name,
        role=role,
        password=password,
    )
    say(f"{email} added as {role}.")


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
