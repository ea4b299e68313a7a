"""`portal records`: the records that a number of the report is made of."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from partner_portal.cli.asking import Category, Company, Compare, End, Owner, Period, Start, Team, asked_for
from partner_portal.cli.failure import WrongUse
from partner_portal.cli.opened import opened_portal
from partner_portal.cli.organization import Slug
from partner_portal.cli.report import TEXTS, Output, refuse_what_cannot_be_written, rendered, write

FILES = ("csv", "xlsx")
FORMATS = (*TEXTS, *FILES)
PERIODS = ("period", "comparison")
USUAL_LIMIT = 100


def records(
    metric: Annotated[str, typer.Argument(help="The number's metric, such as calls or open_amount.")],
    organization: Slug = None,
    period: Period = None,
    start: Start = None,
    end: End = None,
    compare: Compare = "previous_period",
    owner: Owner = None,
    team: Team = None,
    company: Company = None,
    category: Category = None,
    of: Annotated[
        str, typer.Option(help="period, or comparison for the records of the range compared with.")
    ] = "period",
    only: Annotated[
        str | None, typer.Option(help="One entry of a list in the report: stage:ID, month:YYYY-MM, reason:won:ID.")
    ] = None,
    search: Annotated[
        str | None, typer.Option(help="Only records with this text in their title, texts or names.")
    ] = None,
    sort: Annotated[str | None, typer.Option(help="The key of a column; see the error for the list.")] = None,
    descending: Annotated[
        bool | None, typer.Option("--descending/--ascending", help="From the highest down, or from the lowest up.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help=f"The most records to print, {USUAL_LIMIT} if left out; files hold all.")
    ] = None,
    format: Annotated[str, typer.Option("--format", help=f"{', '.join(FORMATS)}.")] = "table",  # noqa: A002 - the option's name
    output: Output = None,
) -> None:
    """Print the very records behind a number of the report; their count is the number."""
    refuse_what_cannot_be_written(format, output, to_terminal=sys.stdout.isatty(), formats=FORMATS)
    if of not in PERIODS:
        raise WrongUse(f"Unknown range {of!r}. Choose one of: {', '.join(PERIODS)}.")
    if format in FILES and limit is not None:
        raise WrongUse(f"A {format.upper()} file holds all records. Leave out --limit, or print a table or JSON.")
    asked = asked_for(
        period=period,
        start=start,
        end=end,
        compare=compare,
        owner=owner,
        team=team,
        company=company,
        category=category,
    )
    parts = opened_portal()
    from partner_portal.cli.organization import chosen_organization
    from partner_portal.usecases.records import Page, export_records, read_records

    chosen = chosen_organization(organization)
    page = Page(0, limit or USUAL_LIMIT, sort, descending, of_comparison=of == "comparison", only=only, search=search)
    if format in FILES:
        write(export_records(parts, chosen, metric, format, page, **asked).content, output)
    else:
        document = read_records(parts, chosen, metric, page, **asked)
        write(rendered(document, format, width=None if output is None else 100).encode(), output)
