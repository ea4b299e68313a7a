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
    """Sync one organization's mirror with Autotask."""
    parts = opened_portal()
    from partner_portal.cli.organization import chosen_organization

    summary = run_sync(parts, chosen_organization(organization), full=full, accept_deletions=accept_deletions)
    document = summary.document()
    if as_json:
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
    else:
        for path, entity in document["entities"].items():
            say(f"{path:<14} {entity['rows']:>9,} rows {entity['requests']:>6,} requests {entity['seconds']:>7.1f} s")
    failed = [f"{path}: {entity['problem']}" for path, entity in document["entities"].items() if entity["problem"]]
    if failed:
        say("Not everything could be read: " + " | ".join(failed))
    if failed and all(entity["problem"] for entity in document["entities"].values()):
        raise CommandFailed("Nothing could be read from Autotask. Earlier data stays in place.")


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
