"""`portal vault`: the keys that seal API credentials."""

from __future__ import annotations

import sys

import typer

from partner_portal.cli.failure import CommandFailed, say
from partner_portal.cli.opened import opened_portal

vault_app = typer.Typer(help="The keys that seal API credentials: PORTAL_VAULT_KEYS.", no_args_is_help=True)


@vault_app.command("new-key")
def print_new_key() -> None:
    """Print a fresh key, for the first place of PORTAL_VAULT_KEYS or of vault.key in the data directory."""
    from partner_portal.vault.sealing import new_key

    sys.stdout.write(new_key() + "\n")


@vault_app.command("status")
def print_status() -> None:
    """Print which keys are at hand, and how many values each of them seals. Prints no key, only ids."""
    parts = opened_portal(mirror=False)
    from partner_portal.usecases.vault_keys import vault_keys

    for key in vault_keys(parts):
        role = "seals" if key.is_first else "opens" if key.is_held else "MISSING"
        sys.stdout.write(f"{key.key_id}  {role:<7}  {key.values}\n")


@vault_app.command("rotate")
def rotate() -> None:
    """Seal every value under the first key. Safe to cut off and to begin again, and while the portal serves.

    Every process of the portal must have been started with the new key already, in the first place, and with the old
    ones behind it.
    """
    parts = opened_portal(mirror=False)
    from partner_portal.usecases.vault_keys import rotate_vault, vault_keys

    done = rotate_vault(parts)
    say(f"{done.resealed} values were sealed anew under the key {done.key_id}.")
    for problem in done.problems:
        say(problem)
    if done.problems:
        raise CommandFailed(f"{len(done.problems)} values could not be opened and stay as they were.")
    old = [key.key_id for key in vault_keys(parts) if not key.is_first and key.is_held]
    if old:
        say(f"No value needs {', '.join(old)} any more: remove old keys where the keys are kept, and start anew.")
