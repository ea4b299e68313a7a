"""`portal report`: the sales report on the terminal or as a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from partner_portal.cli.failure import CommandFailed, WrongUse
from partner_portal.cli.opened import opened_portal
from partner_portal.cli.organization import Slug

FORMATS = ("table", "json", "csv")


def report(
    organization: Slug = None,
    period: Annotated[str | None, typer.Option(help="A preset such as this_month; see the error for the list.")] = None,
    start: Annotated[str | None, typer.Option("--from", help="First day of a custom range, YYYY-MM-DD.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last day of a custom range, YYYY-MM-DD.")] = None,
    compare: Annotated[str, typer.Option(help="previous_period, previous_year or none.")] = "previous_period",
    owner: Annotated[int | None, typer.Option(help="Only this resource's numbers, by its Autotask id.")] = None,
    format: Annotated[str, typer.Option("--format", help="table, json or csv.")] = "table",  # noqa: A002 - the option's name
    output: Annotated[Path | None, typer.Option(help="A file instead of standard output.")] = None,
) -> None:
    """Print the sales report of a period. Reads the mirror only; costs no Autotask request."""
    if format not in FORMATS:
        raise WrongUse(f"Unknown format {format!r}. Choose one of: {', '.join(FORMATS)}.")
    if period and (start or end):
        raise WrongUse("Give either --period or --from and --to, not both.")
    parts = opened_portal()
    from partner_portal.cli.organization import chosen_organization
    from partner_portal.usecases.sales_report import read_sales_report

    document = read_sales_report(
        parts,
        chosen_organization(organization),
        period=period or ("custom" if start or end else "this_month"),
        start=start,
        end=end,
        compare=compare,
        owner=owner,
    )
    write(rendered(document, format, width=None if output is None else 100), output)


def rendered(document: dict[str, Any], format_name: str, *, width: int | None) -> str:
    """The document as text in one of `FORMATS`; `width` in columns applies to the table."""
    from rich.console import Console

    from partner_portal.reports.rendering import as_csv, as_json, as_table

    if format_name == "json":
        return as_json(document) + "\n"
    if format_name == "csv":
        return as_csv(document)
    console = Console(width=width if width or sys.stdout.isatty() else 100)
    with console.capture() as capture:
        console.print(as_table(document))
    return capture.get()


def write(text: str, output: Path | None) -> None:
    """Write to the file, or to standard output."""
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandFailed(f"Cannot write {output}: {error.strerror}. Choose another file with --output.") from None
