"""`portal team`: resources whose records are read together."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Annotated

import typer

from partner_portal.cli.failure import WrongUse, say
from partner_portal.cli.opened import opened_portal
from partner_portal.cli.organization import Slug

team_app = typer.Typer(help="The organization's teams, for --team of reports.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The team's name, in whatever case.")]


@team_app.command("list")
def list_teams_command(
    organization: Slug = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the teams as JSON.")] = False,
) -> None:
    """Print the teams, each with the Autotask ids of its members."""
    parts = opened_portal(mirror=False)
    from partner_portal.cli.organization import chosen_organization
    from partner_portal.usecases.teams import list_teams

    teams = list_teams(parts, chosen_organization(organization))
    if as_json:
        sys.stdout.write(json.dumps({"teams": teams}, indent=2) + "\n")
        return
    if not teams:
        say("There are no teams yet. Make one with `portal team set`.")
    for team in teams:
        sys.stdout.write(f"{team['name']}: {_listed(team['members'])}\n")


@team_app.command("set")
def set_team_command(
    name: Name,
    members: Annotated[str, typer.Option(help="Autotask ids of resources, such as 7,8,12; empty for none.")],
    organization: Slug = None,
) -> None:
    """Make a team, new or not, consist of these resources."""
    ids = ids_in(members)
    parts = opened_portal()
    from partner_portal.cli.organization import chosen_organization
    from partner_portal.usecases.errors import InputRefused
    from partner_portal.usecases.teams import set_team

    chosen = chosen_organization(organization)
    try:
        set_team(parts, chosen, name, ids)
    except InputRefused as refused:
        raise WrongUse(str(refused)) from None
    say(f"Team {name} of {chosen.slug}: {_listed(ids)}.")


@team_app.command("remove")
def remove_team_command(name: Name, organization: Slug = None) -> None:
    """Remove a team; its members keep their records."""
    parts = opened_portal(mirror=False)
    from partner_portal.cli.organization import chosen_organization
    from partner_portal.usecases.teams import remove_team

    chosen = chosen_organization(organization)
    remove_team(parts, chosen, name)
    say(f"Team {name} of {chosen.slug} removed.")


def ids_in(text: str) -> set[int]:
    """The ids in a list such as `7,8,12`; raises WrongUse where it is none."""
    from partner_portal.reports.question import id_from

    ids = [id_from(entry) for entry in text.split(",") if entry.strip()]
    known = {member for member in ids if member is not None}
    if None in ids:
        raise WrongUse(f"{text!r} is no list of ids. Write Autotask ids of resources, such as --members 7,8,12.")
    return known


def _listed(ids: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(ids))) or "nobody"
