"""`portal sync`: bring the mirror up to date, now and in this process."""

from __future__ import annotations

import json
import sys
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from partner_portal.cli.failure import CommandFailed, say
from partner_portal.cli.opened import opened_portal
from partner_portal.cli.organization import Slug
from partner_portal.lib.interpreter import settle

if TYPE_CHECKING:
    from partner_portal.cli.progress import TerminalProgress
    from partner_portal.mirror.sync import Summary
    from partner_portal.organizations.models import Organization
    from partner_portal.usecases.parts import Parts

Json = Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")]


def sync(
    organization: Slug = None,
    full: Annotated[bool, typer.Option("--full", help="Read everything again instead of what changed.")] = False,
    accept_deletions: Annotated[
        bool, typer.Option("--accept-deletions", help="Let rows go that vanished from Autotask in large numbers.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Sync one organization's mirror with Autotask; exits with 1 when anything that may be read could not be."""
    parts = opened_portal()
    from partner_portal.cli.organization import chosen_organization

    settle()
    summary = run_sync(parts, chosen_organization(organization), full=full, accept_deletions=accept_deletions)
    document = summary.document()
    if as_json:
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
    else:
        for path, entity in document["entities"].items():
            say(f"{path:<14} {entity['rows']:>9,} rows {entity['requests']:>6,} requests {entity['seconds']:>7.1f} s")
    _judge(summary)


def _judge(summary: Summary) -> None:
    """Note what is not complete though nothing failed, such as what may not be read; raise for what failed."""
    from partner_portal.usecases.sync_organization import in_one_line

    problems = {part.entity: part.problem for part in summary.entities if part.problem}
    failed = {part.entity: part.problem for part in summary.entities if part.problem and part.failed}
    noted = {path: problem for path, problem in problems.items() if path not in failed}
    if len(problems) == len(summary.entities):
        raise CommandFailed(
            f"Nothing could be read from Autotask; earlier data stays in place. {in_one_line(problems)}"
        )
    if noted:
        say("Not complete: " + in_one_line(noted))
    if failed:
        why = " | ".join(dict.fromkeys(failed.values()))
        raise CommandFailed(f"{', '.join(failed)} could not be read; earlier data stays in place. {why}")


def run_sync(parts: Parts, organization: Organization, *, full: bool, accept_deletions: bool = False) -> Summary:
    """One sync with a progress bar where standard error is a terminal."""
    from partner_portal.usecases.sync_organization import sync_organization

    with progress_bars() as progress:
        return sync_organization(parts, organization, full=full, accept_deletions=accept_deletions, progress=progress)


def progress_bars() -> AbstractContextManager[TerminalProgress | None]:
    """Progress bars where standard error is a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        return nullcontext()
    from partner_portal.cli.progress import TerminalProgress

    return TerminalProgress()
