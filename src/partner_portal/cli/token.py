"""`portal token`: keys with which people's programs ask the API."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from partner_portal.cli.failure import WrongUse, say
from partner_portal.cli.opened import opened_portal
from partner_portal.cli.organization import Slug

token_app = typer.Typer(help="Access tokens of the organization's people, for the API.", no_args_is_help=True)


@token_app.command("list")
def list_tokens_command(organization: Slug = None) -> None:
    """Print every token without its key: number, person, name, what it is good for, until when."""
    opened_portal(mirror=False)
    from partner_portal.cli.organization import chosen_organization
    from partner_portal.usecases.access_tokens import list_tokens

    tokens = list_tokens(chosen_organization(organization))
    if not tokens:
        say("There are no access tokens yet. Make one with `portal token add`.")
    for token in tokens:
        state = "revoked" if token.revoked_at else f"until {token.expires_at:%Y-%m-%d}"
        email, scopes = token.membership.person.email, ",".join(token.scopes)
        sys.stdout.write(f"{token.pk}\t{email}\t{token.name}\t…{token.hint}\t{scopes}\t{state}\n")


@token_app.command("add")
def add_token_command(
    email: Annotated[str, typer.Argument(help="Whose token it is, by the address they log in with.")],
    scope: Annotated[list[str], typer.Option(help="report, records, proxy or refresh; may be given several times.")],
    name: Annotated[str, typer.Option(help="What the token is for.")] = "command line",
    days: Annotated[int, typer.Option(help="How long it is good, 365 at most.")] = 90,
    organization: Slug = None,
) -> None:
    """Make a token and print its key, which is shown this once and kept nowhere."""
    parts = opened_portal(mirror=False)
    from partner_portal.cli.organization import chosen_organization
    from partner_portal.usecases.access_tokens import add_token

    new = add_token(parts, chosen_organization(organization), name=name, scopes=scope, days=days, email=email)
    sys.stdout.write(f"{new.key}\n")
    say(f"Token {new.token.pk} of {email} is good until {new.token.expires_at:%Y-%m-%d}. Its key is not shown again.")


@token_app.command("revoke")
def revoke_token_command(
    number: Annotated[int, typer.Argument(help="The token's number, from `portal token list`.")],
    organization: Slug = None,
) -> None:
    """Revoke a token for good."""
    parts = opened_portal(mirror=False)
    from partner_portal.cli.organization import chosen_organization
    from partner_portal.usecases.access_tokens import TokenUnknown, revoke_token

    try:
        token = revoke_token(parts, chosen_organization(organization), number)
    except TokenUnknown as unknown:
        raise WrongUse(str(unknown)) from None
    say(f"Token {token.pk} of {token.membership.person.email} is revoked.")
