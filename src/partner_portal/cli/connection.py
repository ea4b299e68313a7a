"""`portal connect`, `portal test-connection` and `portal disconnect`."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from partner_portal.cli.failure import CommandFailed, WrongUse, say
from partner_portal.cli.opened import opened_portal
from partner_portal.cli.organization import Slug
from partner_portal.cli.people import read_secret

if TYPE_CHECKING:
    from partner_portal.autotask.credentials import Credentials
    from partner_portal.organizations.models import Organization
    from partner_portal.usecases.connection_test import ConnectionTest
    from partner_portal.usecases.parts import Parts

FIRST_SLUG = "main"
"""The slug of the organization that `portal connect` makes where there is none."""
MARKS = {"ok": "ok     ", "empty": "empty  ", "warning": "warning", "failed": "FAILED ", "skipped": "skipped"}


def connect(
    organization: Slug = None,
    username: Annotated[
        str | None, typer.Option(help="API user name; else AUTOTASK_USERNAME, else the one that is connected.")
    ] = None,
    integration_code: Annotated[
        str | None,
        typer.Option(help="Tracking identifier; else AUTOTASK_INTEGRATION_CODE, else the one that is connected."),
    ] = None,
    secret_stdin: Annotated[
        bool, typer.Option("--secret-stdin", help="Read the secret from a pipe; else AUTOTASK_SECRET, else asked for.")
    ] = False,
    time_zone: Annotated[str | None, typer.Option(help="The organization's time zone, an IANA name.")] = None,
) -> None:
    """Test the connection to Autotask, then save it. Makes the first organization where there is none.

    Again, with a new secret, it rotates: the earlier secret stays in force until the new one has passed the test.
    """
    parts = opened_portal(mirror=False)
    from partner_portal.cli.organization import chosen_organization
    from partner_portal.organizations.models import Organization
    from partner_portal.usecases.connect_autotask import connect_autotask

    known = chosen_organization(organization) if Organization.objects.exists() else None
    if parts.vault.where and (username or integration_code or secret_stdin):
        raise WrongUse(f"The credentials come from {parts.vault.where}. Give none of them here.")
    credentials = None
    if not parts.vault.where:
        credentials = _credentials(parts, known, username, integration_code, secret_stdin=secret_stdin)
    chosen = _organization_to_connect(parts, known, organization, time_zone)
    test = connect_autotask(parts, chosen, credentials)
    _print_items(test)
    if not test.passed:
        raise CommandFailed(f"Not connected; no credentials were saved. {test.problem}")
    say(f"Connected {chosen.slug} ({chosen.time_zone}). Next: portal sync")


def disconnect(
    confirm: Annotated[str, typer.Option(help="The organization's name, to confirm.")],
    organization: Slug = None,
    remove_data: Annotated[
        bool, typer.Option("--remove-data", help="Remove what was read from Autotask too; else it is kept.")
    ] = False,
) -> None:
    """Remove the connection and its credentials at once, and stop syncs."""
    parts = opened_portal(mirror=False)
    from partner_portal.cli.organization import chosen_organization
    from partner_portal.usecases.disconnect_autotask import disconnect_autotask

    chosen = chosen_organization(organization)
    is_done = disconnect_autotask(parts, chosen, confirmed=confirm, removes_data=remove_data)
    say(f"Disconnected {chosen.slug}. Its credentials are removed." if not parts.vault.where else _stays(parts, chosen))
    if remove_data:
        say("Its data is removed." if is_done else "Its data is removed within a minute, by the process that holds it.")
    else:
        say("Its data is kept.")


def _stays(parts: Parts, chosen: Organization) -> str:
    return f"Disconnected {chosen.slug}. Its credentials stay in {parts.vault.where}; remove them there."


def try_connection(
    organization: Slug = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the test as JSON.")] = False,
) -> None:
    """Test the saved connection item by item; changes nothing."""
    parts = opened_portal(mirror=False)
    from partner_portal.cli.organization import chosen_organization
    from partner_portal.usecases.test_connection import test_connection

    test = test_connection(parts, chosen_organization(organization))
    if as_json:
        sys.stdout.write(json.dumps(test.document(), indent=2) + "\n")
    else:
        _print_items(test)
    if not test.passed:
        raise CommandFailed(f"The connection does not work. {test.problem}")


def _credentials(
    parts: Parts, known: Organization | None, username: str | None, integration_code: str | None, *, secret_stdin: bool
) -> Credentials:
    """What the options say, else the environment, else the connection; the secret is typed where nothing has it."""
    from partner_portal.organizations.models import Connection
    from partner_portal.settings.declared import (
        AUTOTASK_INTEGRATION_CODE,
        AUTOTASK_SECRET,
        AUTOTASK_USERNAME,
        current,
    )
    from partner_portal.usecases.connect_autotask import enter_change, enter_credentials

    values = current()
    connected = Connection.objects.filter(organization=known).first() if known else None
    username = username or values[AUTOTASK_USERNAME] or (connected.username if connected else "")
    integration_code = integration_code or values[AUTOTASK_INTEGRATION_CODE]
    is_same = connected is not None and username.casefold() == connected.username.casefold()
    if not username:
        raise WrongUse("No API user name. Give --username or set AUTOTASK_USERNAME.")
    if not integration_code and not is_same:
        raise WrongUse("No integration code. Give --integration-code or set AUTOTASK_INTEGRATION_CODE.")
    secret = "" if secret_stdin else values[AUTOTASK_SECRET]
    secret = secret or read_secret("API secret: ", from_pipe=secret_stdin)
    if known is None:
        return enter_credentials(username, secret, integration_code)
    return enter_change(parts, known, username, secret, integration_code)


def _organization_to_connect(
    parts: Parts, known: Organization | None, slug: str | None, time_zone: str | None
) -> Organization:
    from partner_portal.usecases.change_calendar import CalendarWishes, change_calendar
    from partner_portal.usecases.organizations import add_organization

    if known is None:
        name = slug or FIRST_SLUG
        return add_organization(parts, slug=name, name=name, time_zone=time_zone or "UTC")
    if time_zone:
        change_calendar(parts, known, CalendarWishes(time_zone=time_zone))
    return known


def _print_items(test: ConnectionTest) -> None:
    for item in test.items:
        say(f"{MARKS[item.outcome]}  {item.title}: {item.message}")
