"""`portal mapping`: what a tenant's action types, stages and statuses mean."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from partner_portal.cli.failure import WrongUse, say
from partner_portal.cli.opened import opened_portal
from partner_portal.cli.organization import Slug

if TYPE_CHECKING:
    from rich.table import Table

mapping_app = typer.Typer(help="What the tenant's action types, stages and statuses mean.", no_args_is_help=True)

NOTHING = "--"
DOCUMENTS = ("in_force", "proposed")


@mapping_app.command("show")
def show_mapping(
    organization: Slug = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
    only: Annotated[
        str | None, typer.Option(help="in_force or proposed: print that mapping alone, as `mapping set` takes it.")
    ] = None,
) -> None:
    """Print every type, stage and status: its label, its meaning, how often it occurred in the last 90 days."""
    if only is not None and only not in DOCUMENTS:
        raise WrongUse(f"Unknown mapping {only!r}. Choose one of: {', '.join(DOCUMENTS)}.")
    parts = opened_portal()
    from partner_portal.cli.organization import chosen_organization
    from partner_portal.usecases.mapping import read_mapping

    listing = read_mapping(parts, chosen_organization(organization))
    if only is not None:
        _print_json({"based_on": listing["version"], "mapping": listing[only]})
    elif as_json:
        _print_json(listing)
    else:
        _print_tables(*listing_tables(listing))
        for note in listing["notes"]:
            say(note)


@mapping_app.command("set")
def set_mapping(
    file: Annotated[str, typer.Argument(help="A JSON file as `mapping show --only` prints it; - reads a pipe.")],
    organization: Slug = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Print what it would make of this month's figures; change nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the preview as JSON.")] = False,
) -> None:
    """Put a mapping in force, or try it."""
    change = change_in(sys.stdin.read() if file == "-" else read_file(Path(file)))
    parts = opened_portal()
    from partner_portal.cli.organization import chosen_organization
    from partner_portal.usecases.mapping import preview_mapping, save_mapping

    chosen = chosen_organization(organization)
    if not preview:
        version = save_mapping(parts, chosen, change)
        say(f"Version {version} of the mapping of {chosen.slug} is in force.")
        return
    tried = preview_mapping(parts, chosen, change)
    if as_json:
        _print_json(tried)
    else:
        _print_tables(preview_table(tried))


def read_file(path: Path) -> str:
    """The text of a file; raises WrongUse where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise WrongUse(f"Cannot read {path}: {reason}. Name another file, or - for a pipe.") from None


def change_in(text: str) -> Any:
    """What the JSON in `text` holds; raises WrongUse where it is none."""
    try:
        return json.loads(text)
    except ValueError as error:
        raise WrongUse(
            f"The mapping is no JSON: {error}. Start from what `portal mapping show --only` prints."
        ) from None


def listing_tables(listing: dict[str, Any]) -> Iterable[Table]:
    """The listing as tables for a terminal."""
    state = f"version {listing['version']}" if listing["is_confirmed"] else "proposed from the labels"
    columns = ("Id", "Label", "In force", "Proposed")
    actions = _table(f"Action types ({state})", *columns, "Last 90 days")
    for entry in listing["action_types"]:
        _row(actions, entry, _meaning(entry["in_force"]), _meaning(entry["proposed"]), entry["recent"])
    stages = _table("Stages", *columns, "Created in 90 days", "Open now")
    for entry in listing["stages"]:
        ranks = (str(entry[which]["rank"]) for which in ("in_force", "proposed"))
        _row(stages, entry, *ranks, entry["created"], entry["open"])
    statuses = _table("Statuses", *columns, "Created in 90 days", "Open now")
    for entry in listing["statuses"]:
        _row(statuses, entry, entry["in_force"], entry["proposed"], entry["created"], entry["open"])
    excluded = _table("Left out", "Id", "Name", "In force", "Proposed", "Last 90 days")
    for entry in (*listing["companies"], *listing["resources"]):
        said = ("yes" if entry[which] else "no" for which in ("in_force", "proposed"))
        excluded.add_row(str(entry["id"]), entry["name"] or NOTHING, *said, _shown(entry["recent"]))
    return actions, stages, statuses, excluded


def preview_table(tried: dict[str, Any]) -> Table:
    """The figures side by side as a table for a terminal."""
    period = tried["period"]
    table = _table(f"{period['start']} to {period['end']}", "Figure", "In force", "With this mapping", "")
    for figure in tried["figures"]:
        mark = "differs" if figure["differs"] else ""
        table.add_row(figure["title"], _shown(figure["in_force"]), _shown(figure["proposed"]), mark)
    return table


def _table(title: str, *columns: str) -> Table:
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column)
    return table


def _row(table: Table, entry: dict[str, Any], *cells: object) -> None:
    label = entry["label"] or NOTHING
    table.add_row(str(entry["id"]), f"{label} (unmapped)" if entry["is_unmapped"] else label, *map(_shown, cells))


def _meaning(meaning: dict[str, Any] | None) -> str | None:
    return None if meaning is None else " ".join(filter(None, (meaning["kind"], meaning["direction"])))


def _shown(value: object) -> str:
    return NOTHING if value is None else f"{value:,}" if isinstance(value, int) else str(value)


def _print_tables(*tables: Table) -> None:
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else 100)
    for table in tables:
        console.print(table, markup=False)


def _print_json(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document, indent=2) + "\n")
