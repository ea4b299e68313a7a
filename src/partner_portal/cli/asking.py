"""What may be asked of reports on the command line: the options that commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from partner_portal.cli.failure import WrongUse

if TYPE_CHECKING:
    from partner_portal.usecases.asking import Asked

Period = Annotated[str | None, typer.Option(help="A preset such as this_month; see the error for the list.")]
Start = Annotated[str | None, typer.Option("--from", help="First day of a custom range, YYYY-MM-DD.")]
End = Annotated[str | None, typer.Option("--to", help="Last day of a custom range, YYYY-MM-DD.")]
Compare = Annotated[str, typer.Option(help="previous_period, previous_year or none.")]
Owner = Annotated[str | None, typer.Option(help="Only this resource's records, by its Autotask id; or nobody.")]
Team = Annotated[str | None, typer.Option(help="Only the records of this team, by its name; see `portal team list`.")]
Company = Annotated[str | None, typer.Option(help="Only this company's records, by its Autotask id.")]
Category = Annotated[str | None, typer.Option(help="Only deals of this opportunity category, by its Autotask id.")]


def asked_for(
    *,
    period: str | None,
    start: str | None,
    end: str | None,
    compare: str,
    owner: str | None,
    team: str | None,
    company: str | None,
    category: str | None,
) -> Asked:
    """The options as use cases take them. Raises WrongUse for a preset with dates of its own."""
    if period and (start or end):
        raise WrongUse("Give either --period or --from and --to, not both.")
    return {
        "period": period or ("custom" if start or end else "this_month"),
        "start": start,
        "end": end,
        "compare": compare,
        "owner": owner,
        "team": team,
        "company": company,
        "category": category,
    }
