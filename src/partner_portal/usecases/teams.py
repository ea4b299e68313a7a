"""The teams of an organization: resources whose records are read together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.accounts.policy import Act, require, sight_of
from partner_portal.audit.events import TeamChanged
from partner_portal.audit.trail import record
from partner_portal.organizations.models import Organization, Team
from partner_portal.reports.question import QuestionError
from partner_portal.reports.question import Team as TeamAsked
from partner_portal.usecases.errors import InputRefused
from partner_portal.usecases.names import in_name_order, resource_names
from partner_portal.usecases.own_resource import resource_of
from partner_portal.usecases.parts import Parts


class TeamUnknown(QuestionError):
    """The organization has no such team."""

    def __init__(self, name: str, there: Iterable[str]) -> None:
        super().__init__(f"There is no team {name!r}; there are: {', '.join(there) or 'none yet'}.")


def list_teams(parts: Parts, organization: Organization, *, actor: Actor = SHELL) -> list[dict[str, Any]]:
    """The teams that `actor` may ask for, each with the Autotask ids of its members. Raises as `require` does."""
    require(actor, Act.READ_REPORT, organization)
    sight = sight_of(actor, organization)
    own = None if sight.own is None else resource_of(parts, organization, sight.own)
    if sight.own is not None and own is None:
        return []
    seen = _seen_teams(organization, own, shows_teams=sight.shows_teams)
    return [{"name": team.name, "members": sorted(team.members)} for team in seen]


def describe_teams(parts: Parts, organization: Organization, *, actor: Actor = SHELL) -> dict[str, Any]:
    """`{"teams": [{"name", "members": [{"id", "name"}]}], "resources": [{"id", "name"}]}`, each by name.

    A member that Autotask has lost has no name. Raises OrganizationUnknown for strangers, NotPermitted.
    """
    require(actor, Act.SEE_TEAMS, organization)
    names = resource_names(parts, organization)
    return {
        "teams": [
            {"name": team.name, "members": in_name_order({number: names.get(number) for number in team.members})}
            for team in organization.teams.all()
        ],
        "resources": in_name_order(names),
    }


def team_called(
    organization: Organization, name: str, own: int | None = None, *, shows_teams: bool = True
) -> TeamAsked:
    """The team that a question names, of those that may be seen by whoever is confined to the resource `own`.

    Raises TeamUnknown naming these: to whoever may not see it a team does not exist.
    """
    seen = _seen_teams(organization, own, shows_teams=shows_teams)
    team = _named(seen, name)
    if team is None:
        raise TeamUnknown(name, [team.name for team in seen])
    return TeamAsked(team.name, frozenset(team.members))


def _seen_teams(organization: Organization, own: int | None, *, shows_teams: bool) -> list[Team]:
    teams = list(organization.teams.all())
    return teams if own is None else [team for team in teams if shows_teams and own in team.members]


def set_team(
    parts: Parts,
    organization: Organization,
    name: str,
    members: Iterable[int],
    *,
    must_be_new: bool = False,
    actor: Actor = SHELL,
) -> None:
    """Make the team `name` consist of the resources `members`, new or not; with `must_be_new` a new one only.

    Raises InputRefused for a name that cannot be used and for ids that no resource of the mirror has, NotPermitted.
    """
    require(actor, Act.SET_TEAMS, organization)
    ids = sorted(set(members))
    team = _find_team(organization, name) or Team(organization=organization, name=name.strip())
    if must_be_new and team.pk is not None:
        raise InputRefused("name", f"There is a team {team.name!r} already. Change that one, or choose another name.")
    before = None if team.pk is None else sorted(team.members)
    if before == ids:
        return
    _must_be_known(parts, organization, set(ids) - set(before or ()))
    _must_be_printable(team.name)
    team.members = ids
    try:
        team.full_clean()
        with transaction.atomic():
            team.save()
            record(TeamChanged(team.name, before, ids), actor, parts.clock.now(), organization.scope)
    except ValidationError as wrong:
        raise InputRefused.of(wrong) from None
    except IntegrityError:
        raise InputRefused("name", f"Somebody else has just made a team {team.name!r}. Load the teams again.") from None


def remove_team(parts: Parts, organization: Organization, name: str, *, actor: Actor = SHELL) -> None:
    """Remove the team `name`; its members keep their records. Raises TeamUnknown, NotPermitted."""
    require(actor, Act.SET_TEAMS, organization)
    team = _known_team(organization, name)
    with transaction.atomic():
        team.delete()
        record(TeamChanged(team.name, sorted(team.members), None), actor, parts.clock.now(), organization.scope)


def _find_team(organization: Organization, name: str) -> Team | None:
    """The team called so, in whatever case. Compared here: SQLite knows the case of ASCII letters only."""
    return _named(organization.teams.all(), name)


def _named(teams: Iterable[Team], name: str) -> Team | None:
    wanted = name.strip().casefold()
    return next((team for team in teams if team.name.casefold() == wanted), None)


def _known_team(organization: Organization, name: str) -> Team:
    team = _find_team(organization, name)
    if team is None:
        raise TeamUnknown(name, organization.teams.values_list("name", flat=True))
    return team


def _must_be_printable(name: str) -> None:
    if not name.isprintable():
        raise InputRefused("name", "A team's name is one line of printable characters. Choose another one.")


def _must_be_known(parts: Parts, organization: Organization, ids: set[int]) -> None:
    """Refuse ids of no resource. Members from before may stay: Autotask may have lost them since."""
    if not ids:
        return
    store = parts.warehouse.organization(organization.scope)
    unknown = sorted(ids - {resource for (resource,) in store.rows("SELECT id FROM resources")})
    if unknown:
        named = ", ".join(map(str, unknown))
        raise InputRefused("members", f"No resource has the id {named}. Use ids from the report's owners.")
