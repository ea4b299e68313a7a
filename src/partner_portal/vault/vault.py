"""The vault: an organization's secrets, sealed in the database. Written by many, read by the client's opener only."""

from __future__ import annotations

from partner_portal.organizations.scope import OrganizationScope
from partner_portal.vault.models import SealedSecret
from partner_portal.vault.sealing import Keyring, Sealed


class Vault:
    """Keeps and gives secrets, each in its place: an organization and a field name."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def keep(self, scope: OrganizationScope, field: str, value: str) -> None:
        """Seal `value`, replacing the one that was there."""
        sealed = self._keyring.seal(value, _place(scope, field))
        SealedSecret.objects.update_or_create(
            organization_id=scope.organization_id,
            field=field,
            defaults={"key_id": sealed.key_id, "nonce": sealed.nonce, "ciphertext": sealed.ciphertext},
        )

    def read(self, scope: OrganizationScope, field: str) -> str | None:
        """The value kept there, None where there is none; raise VaultError when it cannot be opened."""
        row = SealedSecret.objects.filter(organization_id=scope.organization_id, field=field).first()
        if row is None:
            return None
        # PostgreSQL hands binary columns out as memoryview
        sealed = Sealed(row.key_id, bytes(row.nonce), bytes(row.ciphertext))
        return self._keyring.open(sealed, _place(scope, field))

    def forget(self, scope: OrganizationScope) -> None:
        """Remove all of an organization's secrets."""
        SealedSecret.objects.filter(organization_id=scope.organization_id).delete()


def _place(scope: OrganizationScope, field: str) -> str:
    return f"organization {scope.organization_id}|{field}"
