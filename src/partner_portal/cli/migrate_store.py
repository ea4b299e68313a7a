"""`portal migrate-store`: an embedded installation moves to PostgreSQL."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from partner_portal.cli.failure import CommandFailed, say

FROM_PIPE = "-"


def migrate_store(
    to: Annotated[
        str, typer.Option("--to", help="The empty database, postgresql://...; - reads it from a pipe, out of sight.")
    ],
) -> None:
    """Carry all data into a PostgreSQL and prove that it holds the same; the portal is stopped meanwhile.

    The files stay as they are. Cut off at any point, the same command goes on where it was.
    """
    from partner_portal.settings import declared

    values = declared.current()
    if values[declared.DATABASE_URL]:
        raise CommandFailed("DATABASE_URL is set: its PostgreSQL is in use already. Unset it to move the files' data.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partner_portal.settings.django")
    import django

    django.setup()
    from partner_portal.bootstrap.moving import move
    from partner_portal.lib.clock import SystemClock

    address = sys.stdin.readline().strip() if to == FROM_PIPE else to
    done = move(values[declared.DATA_DIR], address, SystemClock(), say)
    for table in done.carried:
        sys.stdout.write(f"{table.name:<40} {table.rows:>14,}  agrees\n")
    for problem in done.broken:
        say(f"The audit log is broken, before the move as after it: {problem}")
    rows = sum(table.rows for table in done.carried)
    when = f"on {done.earlier:%Y-%m-%d %H:%M} UTC; nothing was done now" if done.earlier else "now"
    say(f"{len(done.carried)} tables with {rows:,} rows were moved {when}. Jobs were not: syncs are asked for anew.")
    say("Next: set DATABASE_URL to that address, keep PORTAL_DATA_DIR for its keys, and start the portal.")
    say("The old files are as they were. Keep them with your backups, then remove them: they hold customer data.")
