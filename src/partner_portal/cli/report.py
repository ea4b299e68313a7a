"""`portal report`: the sales report on the terminal or as a file."""

from __future__ import annotations

import sys
from codecs import BOM_UTF8
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from partner_portal.cli.asking import Category, Company, Compare, End, Owner, Period, Start, Team, asked_for
from partner_portal.cli.failure import CommandFailed, WrongUse
from partner_portal.cli.opened import opened_portal
from partner_portal.cli.organization import Slug
from partner_portal.cli.output import write_file

TEXTS = ("table", "json")
FILES = ("csv", "xlsx", "pdf")
BINARY = ("xlsx", "pdf")
FORMATS = (*TEXTS, *FILES)

Output = Annotated[Path | None, typer.Option(help="A file instead of standard output; it is replaced.")]


def report(
    organization: Slug = None,
    period: Period = None,
    start: Start = None,
    end: End = None,
    compare: Compare = "previous_period",
    owner: Owner = None,
    team: Team = None,
    company: Company = None,
    category: Category = None,
    format: Annotated[str, typer.Option("--format", help=f"{', '.join(FORMATS)}.")] = "table",  # noqa: A002 - the option's name
    output: Output = None,
) -> None:
    """Print the sales report of a period. Reads the mirror only; costs no Autotask request."""
    refuse_what_cannot_be_written(format, output, to_terminal=sys.stdout.isatty())
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
    from partner_portal.usecases.export_report import export_report
    from partner_portal.usecases.sales_report import read_sales_report

    chosen = chosen_organization(organization)
    if format in FILES:
        write(export_report(parts, chosen, format, **asked).content, output)
    else:
        document = read_sales_report(parts, chosen, **asked)
        write(rendered(document, format, width=None if output is None else 100).encode(), output)


def refuse_what_cannot_be_written(
    format_name: str, output: Path | None, *, to_terminal: bool, formats: Sequence[str] = FORMATS
) -> None:
    """Raise WrongUse for a format that is none of `formats`, or that would only garble a terminal."""
    if format_name not in formats:
        raise WrongUse(f"Unknown format {format_name!r}. Choose one of: {', '.join(formats)}.")
    if format_name in BINARY and output is None and to_terminal:
        raise WrongUse(f"{format_name.upper()} is not for a terminal. Name a file with --output.")


def rendered(document: dict[str, Any], format_name: str, *, width: int | None) -> str:
    """The document as text in one of `TEXTS`; `width` in columns applies to the table."""
    from rich.console import Console

    from partner_portal.reports.records import SCHEMA as RECORDS
    from partner_portal.reports.rendering.reading import report_tables
    from partner_portal.reports.rendering.records import records_tables
    from partner_portal.reports.rendering.text import as_json, as_table

    if format_name == "json":
        return as_json(document) + "\n"
    tables = records_tables(document) if document["schema"] == RECORDS else report_tables(document)
    console = Console(width=width if width or sys.stdout.isatty() else 100)
    with console.capture() as capture:
        console.print(as_table(tables))
    return capture.get()


def write(content: bytes, output: Path | None) -> None:
    """Write to the file, or to standard output."""
    if output is None:
        # the mark is for Excel, which opens files; the next command in a pipe would take it for data
        sys.stdout.buffer.write(content.removeprefix(BOM_UTF8))
        sys.stdout.flush()
        return
    try:
        write_file(output, content)
    except OSError as error:
        raise CommandFailed(f"Cannot write {output}: {error.strerror}. Choose another file with --output.") from None
