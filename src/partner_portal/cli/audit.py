"""`portal audit`: the audit log, and whether anybody changed it behind the portal's back."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from partner_portal.cli.failure import CommandFailed, say
from partner_portal.cli.opened import opened_portal
from partner_portal.cli.organization import Slug
from partner_portal.cli.output import write_file

audit_app = typer.Typer(help="The audit log: read, exported, verified.", no_args_is_help=True)


@audit_app.command("verify")
def verify_audit_command(
    noted: Annotated[
        list[str] | None, typer.Option("--noted", help="An end that an earlier check printed: it must still be there.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> None:
    """Check the chains of entries, name the first that is wrong in each, and print where each ends.

    Keep the printed ends outside of the portal: given back with --noted, they show what else cannot be seen.
    """
    opened_portal(mirror=False)
    from partner_portal.usecases.audit_log import verify_audit

    found = list(verify_audit(noted or ()))
    if as_json:
        chains = [{"name": each.name, "end": str(each.end), "problem": each.problem} for each in found]
        sys.stdout.write(json.dumps({"chains": chains}, indent=2) + "\n")
    else:
        for each in found:
            say(f"{each.name}: {each.problem or f'{each.end.count:,} entries, as written.'}")
            if not each.problem:
                sys.stdout.write(f"{each.end}\n")
    if problems := [each for each in found if each.problem]:
        names = ", ".join(each.name for each in problems)
        raise CommandFailed(f"The audit log of {names} was tampered with. Compare it with a backup; see above.")


@audit_app.command("list")
def list_audit_command(
    organization: Slug = None,
    actor: Annotated[str, typer.Option(help="A part of the actor's name.")] = "",
    action: Annotated[str, typer.Option(help="An action, such as connection.set.")] = "",
    result: Annotated[str, typer.Option(help="done, failed or refused.")] = "",
    unusual: Annotated[bool, typer.Option("--unusual", help="Only unusual entries, of the last 30 days.")] = False,
    page: Annotated[int, typer.Option(help="Which page, from the newest on.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print the entries as JSON.")] = False,
) -> None:
    """Print the organization's entries, newest first, a hundred at a time; unusual ones say why they are."""
    parts = opened_portal(mirror=False)
    from partner_portal.cli.organization import chosen_organization
    from partner_portal.reports.rendering.wording import printable
    from partner_portal.usecases.audit_log import Wanted, read_audit

    wanted = Wanted(actor, action, result, unusual=unusual)
    found = read_audit(parts, chosen_organization(organization), wanted, page=page)
    if as_json:
        sys.stdout.write(json.dumps(found, indent=2) + "\n")
        return
    for entry in found["entries"]:
        told = f"{entry['action']} {json.dumps(entry['details'], ensure_ascii=False)}"
        reason = f" ({entry['reason']})" * bool(entry["reason"])
        mark = f" [unusual: {'; '.join(entry['unusual'])}]" * bool(entry["unusual"])
        sys.stdout.write(printable(f"{entry['at']} {entry['actor']} {entry['result']}: {told}{reason}{mark}") + "\n")
    say(f"Page {found['page']} of {found['pages']}, {found['total']:,} entries in all.")


@audit_app.command("export")
def export_audit_command(
    output: Annotated[Path, typer.Option("--output", help="The CSV file to write.")],
    organization: Slug = None,
) -> None:
    """Write the organization's entries, with their hashes, into a CSV file."""
    parts = opened_portal(mirror=False)
    from partner_portal.cli.organization import chosen_organization
    from partner_portal.usecases.audit_log import export_audit

    write_file(output, export_audit(parts, chosen_organization(organization)).content)
    say(f"Written: {output}.")
