"""The list of teams, and the form in which the members of one are chosen."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from partner_portal.web.view.members import Option
from partner_portal.web.view.people import owner_name


@dataclass(frozen=True)
class TeamRow:
    """One team; `href` leads to its form, `report` to its numbers."""

    name: str
    members: Sequence[str]
    href: str
    report: str


@dataclass(frozen=True)
class TeamForm:
    """The form of a team; `changed` is the name of the one that is changed, empty for a new one."""

    changed: str
    name: str
    members: Sequence[Option]


def team_rows(described: Mapping[str, Any], here: str, report: str) -> tuple[TeamRow, ...]:
    """The teams of `describe_teams`; `here` and `report` are the addresses of this page and of the report."""
    return tuple(
        TeamRow(
            team["name"],
            tuple(owner_name(member) for member in team["members"]),
            f"{here}?{urlencode({'team': team['name']})}#form",
            f"{report}?{urlencode({'team': team['name']})}",
        )
        for team in described["teams"]
    )


def team_form(
    described: Mapping[str, Any], changed: str, *, entered: str = "", members: Collection[int] | None = None
) -> TeamForm:
    """The form of the team called `changed`, of a new one where there is none; filled in as `entered`, if it was."""
    team = next((team for team in described["teams"] if team["name"].casefold() == changed.strip().casefold()), None)
    held = team["members"] if team else []
    chosen = {member["id"] for member in held} if members is None else members
    known = {each["id"] for each in described["resources"]}
    lost = [member for member in held if member["id"] not in known]
    return TeamForm(
        changed=team["name"] if team else "",
        name=team["name"] if team else entered,
        members=tuple(
            Option(str(each["id"]), owner_name(each), each["id"] in chosen) for each in (*described["resources"], *lost)
        ),
    )
