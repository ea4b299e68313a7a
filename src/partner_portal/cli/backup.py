"""`portal backup` and `portal restore`: the embedded stores, into one file and back."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from partner_portal.cli.failure import CommandFailed, say
from partner_portal.cli.opened import opened_portal

if TYPE_CHECKING:
    from partner_portal.bootstrap.backup_file import Manifest

SERVER_HAS_TOOLS = "The stores are in PostgreSQL (DATABASE_URL). Use pg_dump and pg_restore for them."


def backup(
    path: Annotated[Path, typer.Argument(help="The file to write, or a folder to put it into.")],
    with_keys: Annotated[
        bool, typer.Option("--with-keys", help="Put the key files in as well: whoever has the file has the secrets.")
    ] = False,
) -> None:
    """Write all stores into one file, of one instant and checked, while the portal serves or not."""
    data_dir = embedded_data_dir()
    parts = opened_portal(mirror=False)
    from partner_portal.accounts.actor import SHELL
    from partner_portal.audit.events import BackupMade
    from partner_portal.audit.trail import record
    from partner_portal.bootstrap import portal
    from partner_portal.bootstrap.backup import back_up

    made = back_up(
        parts,
        data_dir,
        path,
        keyring=portal.keyring(),
        with_keys=with_keys,
        waiting=lambda: say("The portal is running: it takes the snapshot."),
    )
    record(BackupMade(made.path.name, list(made.manifest.files)), SHELL, parts.clock.now())
    say(f"{made.path}: {made.bytes:,} bytes, checked. {_rows(made.manifest):,} rows as of {made.manifest.made_at}.")
    say(_about_keys(made.manifest))


def restore(
    path: Annotated[Path, typer.Argument(help="The file that `portal backup` wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in the place of the data that is there, which is kept aside.")
    ] = False,
    unproven: Annotated[
        bool, typer.Option("--unproven", help="Accept a file though the vault key that it was made with is not here.")
    ] = False,
) -> None:
    """Check a backup and put it into the data directory, whole or not at all."""
    data_dir = embedded_data_dir()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partner_portal.settings.django")
    import django

    django.setup()
    from partner_portal.bootstrap import portal
    from partner_portal.bootstrap.restore import restore as put_back

    done = put_back(path, data_dir, keyring=portal.existing_keyring(), replacing=replace, unproven=unproven)
    parts = opened_portal(mirror=False)
    from partner_portal.accounts.actor import SHELL
    from partner_portal.audit.events import BackupRestored
    from partner_portal.audit.trail import record

    record(BackupRestored(path.name, done.manifest.made_at), SHELL, parts.clock.now())
    say(f"Restored {_rows(done.manifest):,} rows as of {done.manifest.made_at}. Everybody has to log in again.")
    if done.earlier is not None:
        say(f"What was there before is in {done.earlier}: remove it once all is well.")
    if done.keys:
        say(f"The backup brought {' and '.join(done.keys)} along.")


def embedded_data_dir() -> Path:
    """The data directory; raises CommandFailed where the stores are not in it."""
    from partner_portal.settings import declared

    values = declared.current()
    if values[declared.DATABASE_URL]:
        raise CommandFailed(SERVER_HAS_TOOLS)
    return values[declared.DATA_DIR]


def _rows(manifest: Manifest) -> int:
    return sum(sum(kept.rows.values()) for kept in manifest.files.values())


def _about_keys(manifest: Manifest) -> str:
    from partner_portal.bootstrap.stores import KEYS

    inside = [name for name in KEYS if name in manifest.files]
    if inside:
        return f"{' and '.join(inside)} are inside: keep this file like the secrets themselves."
    return "No key is inside: keep the vault key elsewhere, without it the API credentials stay sealed."
