"""The API credentials of an organization: as a person enters them, into the vault, and out of it for the client."""

from __future__ import annotations

from datetime import datetime

from partner_portal.autotask.credentials import Credentials
from partner_portal.autotask.errors import CredentialsUnusable, explain
from partner_portal.organizations.models import Connection, Organization
from partner_portal.usecases.errors import CredentialsShut, InputRefused, NotConnected
from partner_portal.usecases.parts import Parts
from partner_portal.vault.sealing import VaultError

__all__ = ["Credentials", "enter_credentials", "keep_credentials", "read_credentials"]

SECRET = "autotask_secret"  # noqa: S105 - the name of its place in the vault
INTEGRATION_CODE = "autotask_integration_code"


def enter_credentials(username: str, secret: str, integration_code: str) -> Credentials:
    """Credentials as they were typed, freed of the white space around them; raise InputRefused naming the field."""
    try:
        return Credentials(username.strip(), secret.strip(), integration_code.strip())
    except CredentialsUnusable as unusable:
        raise InputRefused(unusable.name.replace(" ", "_"), explain(unusable)) from None


def keep_credentials(parts: Parts, organization: Organization, credentials: Credentials) -> None:
    """Seal what is secret of `credentials` in the vault, within the caller's transaction."""
    parts.vault.keep(organization.scope, SECRET, credentials.secret)
    parts.vault.keep(organization.scope, INTEGRATION_CODE, credentials.integration_code)


def read_credentials(parts: Parts, organization: Organization) -> Credentials:
    """The credentials that `organization` is connected with; raise NotConnected or CredentialsShut."""
    connection = Connection.objects.filter(organization=organization).first()
    try:
        secret = parts.vault.read(organization.scope, SECRET)
        integration_code = parts.vault.read(organization.scope, INTEGRATION_CODE)
    except VaultError as shut:
        raise CredentialsShut(str(shut)) from None
    if connection is None or secret is None or integration_code is None:
        raise NotConnected(organization.slug)
    return Credentials(connection.username, secret, integration_code)


def secret_age_days(connection: Connection, now: datetime) -> int:
    """Whole days since the secret was set; it should be rotated every 90."""
    return (now - connection.secret_set_at).days
