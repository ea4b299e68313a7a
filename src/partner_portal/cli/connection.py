"""`portal connect` and `portal test-connection`."""

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
MARKS = {"ok": "ok     ", "warning": "warning", "failed": "FAILED ", "skipped": "skipped"}


def connect(
    organization: Slug = None,
    username: Annotated[str | None, typer.Option(help="API user name; else AUTOTASK_USERNAME.")] = None,
    integration_code: Annotated[
        str | None, typer.Option(help="Tracking identifier; else AUTOTASK_INTEGRATION_CODE.")
    ] = None,
    secret_stdin: Annotated[
        bool, typer.Option("--secret-stdin", help="Read the secret from a pipe; else AUTOTASK_SECRET, else asked for.")
    ] = False,
    time_zone: Annotated[str | None, typer.Option(help="The organization's time zone, an IANA name.")] = None,
) -> None:
    """Test the connection to Autotask, then save it. Makes the first organization where there is none."""
    parts = opened_portal(mirror=False)
    from partner_portal.usecases.connect_autotask import connect_autotask

    credentials = _credentials(username, integration_code, secret_stdin=secret_stdin)
    chosen = _organization_to_connect(parts, organization, time_zone)
    test = connect_autotask(parts, chosen, credentials)
    _print_items(test)
    if not test.passed:
        raise CommandFailed(f"Not connected; no credentials were saved. {test.problem}")
    say(f"Connected {chosen.slug} ({chosen.time_zone}). Next: portal sync")


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


def _credentials(username: str | None, integration_code: str | None, *, secret_stdin: bool) -> Credentials:
    """What the options say, else the environment, else (the secret) what is typed."""
    from partner_portal.settings.declared import (
        AUTOTASK_INTEGRATION_CODE,
        AUTOTASK_SECRET,
        AUTOTASK_USERNAME,
        current,
    )
    from partner_portal.usecases.credentials import enter_credentials

    values = current()
    username = username or values[AUTOTASK_USERNAME]
    integration_code = integration_code or values[AUTOTASK_INTEGRATION_CODE]
    if not username:
        raise WrongUse("No API user name. Give --username or set AUTOTASK_USERNAME.")
    if not integration_code:
        raise WrongUse("No integration code. Give --integration-code or set AUTOTASK_INTEGRATION_CODE.")
    secret = "" if secret_stdin else values[AUTOTASK_SECRET]
    return enter_credentials(username, secret or read_secret("API secret: ", from_pipe=secret_stdin), integration_code)


def _organization_to_connect(parts: Parts, slug: str | None, time_zone: str | None) -> Organization:
    from partner_portal.cli.organization import chosen_organization
    from partner_portal.organizations.models import Organization
    from partner_portal.usecases.add_organization import add_organization
    from partner_portal.usecases.change_time_zone import change_time_zone

    if not Organization.objects.exists():
        name = slug or FIRST_SLUG
        return add_organization(parts, slug=name, name=name, time_zone=time_zone or "UTC")
    chosen = chosen_organization(slug)
    if time_zone and time_zone != chosen.time_zone:
        change_time_zone(parts, chosen, time_zone)
    return chosen


def _print_items(test: ConnectionTest) -> None:
    for item in test.items:
        say(f"{MARKS[item.outcome]}  {item.title}: {item.message}")
