"""The API credentials of an organization: as a person enters them, into the vault, and out of it for the client."""

from __future__ import annotations

from partner_portal.autotask.credentials import Credentials
from partner_portal.autotask.errors import CredentialsUnusable, explain
from partner_portal.lib.redaction import KNOWN
from partner_portal.organizations.models import Connection, Organization
from partner_portal.usecases.errors import CredentialsShut, InputRefused, KeptElsewhere, NotConnected
from partner_portal.usecases.parts import Parts
from partner_portal.vault.sealing import VaultError
from partner_portal.vault.source import INTEGRATION_CODE, SECRET, USERNAME

__all__ = [
    "Credentials",
    "enter_change",
    "enter_credentials",
    "held_credentials",
    "keep_credentials",
    "read_credentials",
    "source_credentials",
]


def enter_credentials(username: str, secret: str, integration_code: str) -> Credentials:
    """Credentials as they were typed, freed of the white space around them; raise InputRefused naming the field."""
    for typed in (secret, integration_code):
        KNOWN.add(typed.strip())  # from here on no log line can repeat it
    try:
        return Credentials(username.strip(), secret.strip(), integration_code.strip())
    except CredentialsUnusable as unusable:
        raise InputRefused(unusable.name.replace(" ", "_"), explain(unusable)) from None


def enter_change(
    parts: Parts, organization: Organization, username: str = "", secret: str = "", integration_code: str = ""
) -> Credentials:
    """Credentials of which only what changes was typed; what was left empty is taken from the connection.

    An API user of another name needs a secret and a code of its own. Raises InputRefused naming the field,
    KeptElsewhere where credentials are not entered here at all.
    """
    if parts.vault.where:
        raise KeptElsewhere(parts.vault.where)
    held = held_credentials(parts, organization)
    name = username.strip() or (held.username if held else "")
    if held is None or name.casefold() != held.username.casefold() or not (secret.strip() or integration_code.strip()):
        return enter_credentials(name, secret, integration_code)
    return enter_credentials(name, secret.strip() or held.secret, integration_code.strip() or held.integration_code)


def keep_credentials(parts: Parts, organization: Organization, credentials: Credentials) -> None:
    """Seal what is secret of `credentials` in the vault, within the caller's transaction."""
    parts.vault.keep(organization.scope, SECRET, credentials.secret)
    parts.vault.keep(organization.scope, INTEGRATION_CODE, credentials.integration_code)


def read_credentials(parts: Parts, organization: Organization) -> Credentials:
    """The credentials that `organization` is connected with; raise NotConnected or CredentialsShut."""
    connection = Connection.objects.filter(organization=organization).first()
    if connection is None:
        raise NotConnected(organization.slug)
    if parts.vault.where:
        found = source_credentials(parts, organization)
        if found.username.casefold() != connection.username.casefold():
            raise CredentialsShut(
                f"{parts.vault.where[0].upper()}{parts.vault.where[1:]} names another API user than the connection. "
                "An administrator can connect again under Configure Autotask or by portal connect."
            )
        return found
    secret, integration_code = _kept(parts, organization, SECRET), _kept(parts, organization, INTEGRATION_CODE)
    if secret is None or integration_code is None:
        raise NotConnected(organization.slug)
    return Credentials(connection.username, secret, integration_code)


def held_credentials(parts: Parts, organization: Organization) -> Credentials | None:
    """The credentials that `organization` is connected with, None where there are none that can be opened."""
    try:
        return read_credentials(parts, organization)
    except (NotConnected, CredentialsShut):
        return None


def source_credentials(parts: Parts, organization: Organization) -> Credentials:
    """The credentials that a place outside the portal holds for `organization`; raise CredentialsShut."""
    fields = {name: _kept(parts, organization, name) for name in (USERNAME, SECRET, INTEGRATION_CODE)}
    missing = [name.removeprefix("autotask_").replace("_", " ") for name, value in fields.items() if value is None]
    if missing:
        raise CredentialsShut(f"There is no API {missing[0]} for {organization.slug} in {parts.vault.where}. Add it.")
    try:
        return Credentials(*(value or "" for value in fields.values()))
    except CredentialsUnusable as unusable:
        raise CredentialsShut(explain(unusable)) from None


def _kept(parts: Parts, organization: Organization, field: str) -> str | None:
    try:
        return parts.vault.read(organization.scope, field)
    except VaultError as shut:
        raise CredentialsShut(str(shut)) from None
