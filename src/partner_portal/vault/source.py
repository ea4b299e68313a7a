"""Where an organization's credentials come from: the portal's own vault, or a place outside of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from partner_portal.organizations.models import Organization
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.vault.sealing import SourceReadOnly, SourceUnusable

USERNAME, SECRET, INTEGRATION_CODE = "autotask_username", "autotask_secret", "autotask_integration_code"
"""The fields. The own vault holds the last two; the username is no secret and lies beside the connection."""


class SecretSource(Protocol):
    """What gives an organization's secrets, field by field."""

    @property
    def where(self) -> str:
        """Where the secrets are kept, in words; empty for the portal's own vault."""

    def read(self, scope: OrganizationScope, field: str) -> str | None:
        """The value kept there, None where there is none; raise VaultError when it cannot be had."""

    def keep(self, scope: OrganizationScope, field: str, value: str) -> None:
        """Keep `value`; raise SourceReadOnly where that is not possible."""

    def forget(self, scope: OrganizationScope) -> None:
        """Remove all of an organization's secrets that the portal holds."""

    def refresh(self, scope: OrganizationScope) -> None:
        """Read an organization's secrets anew when they are needed next."""


class ForeignSource:
    """A place outside the portal, which can only be read."""

    where = ""

    def keep(self, scope: OrganizationScope, field: str, value: str) -> None:  # noqa: ARG002 - nothing is kept
        """Refuse."""
        raise SourceReadOnly(f"{field} is kept in {self.where}. Change it there.")

    def forget(self, scope: OrganizationScope) -> None:
        """Nothing is held, but perhaps remembered."""
        self.refresh(scope)

    def refresh(self, scope: OrganizationScope) -> None:
        """Read an organization's secrets anew when they are needed next."""


class EnvironmentSource(ForeignSource):
    """The credentials that the process was started with. They serve an installation with one organization."""

    where = "the environment of the portal's process"

    def __init__(self, values: Mapping[str, str]) -> None:
        """`values` has the text of each field."""
        self._values = dict(values)

    def __repr__(self) -> str:
        return "EnvironmentSource()"

    def read(self, scope: OrganizationScope, field: str) -> str | None:  # noqa: ARG002 - there is only one
        """The value of `field`; raise SourceUnusable where a second organization could be given it."""
        if Organization.objects.count() > 1:
            raise SourceUnusable(
                "PORTAL_VAULT=environment serves one organization, and there are several. "
                "Set PORTAL_VAULT to database or aws."
            )
        return self._values.get(field) or None
