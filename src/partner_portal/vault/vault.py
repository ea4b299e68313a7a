"""The vault: an organization's secrets, sealed in the database. Written by many, read by the client's opener only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from django.db import transaction

from partner_portal.lib.redaction import KNOWN
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.vault.models import SealedSecret
from partner_portal.vault.sealing import Keyring, Sealed, VaultError


@dataclass(frozen=True)
class Resealed:
    """What became of one value in a rotation: `problem` says why it could not be opened, None when it was resealed."""

    scope: OrganizationScope
    field: str
    problem: str | None = None


@dataclass(frozen=True)
class KeyUse:
    """One key, by its id: whether it is among the keys at hand, whether it is the one that seals, values under it."""

    key_id: str
    is_held: bool
    is_first: bool
    values: int


class Vault:
    """Keeps and gives secrets, each in its place: an organization and a field name."""

    where: ClassVar[str] = ""
    """Where the secrets are kept outside the portal: nowhere."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def keep(self, scope: OrganizationScope, field: str, value: str) -> None:
        """Seal `value`, replacing the one that was there."""
        KNOWN.add(value)
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
        value = self._keyring.open(sealed, _place(scope, field))
        KNOWN.add(value)
        return value

    def forget(self, scope: OrganizationScope) -> None:
        """Remove all of an organization's secrets."""
        SealedSecret.objects.filter(organization_id=scope.organization_id).delete()

    def refresh(self, scope: OrganizationScope) -> None:
        """Nothing is remembered."""

    def rotate(self) -> Iterator[Resealed]:
        """Seal every value under the first key that is not yet, one transaction each; tells of each one.

        May be cut off at any moment and begun again: a value is under one key or under the other, never under none.
        A value that somebody replaces meanwhile stays the new one.
        """
        outdated = SealedSecret.objects.exclude(key_id=self._keyring.first_id)
        for pk in list(outdated.order_by("pk").values_list("pk", flat=True)):
            with transaction.atomic():
                row = outdated.select_for_update().filter(pk=pk).first()
                told = None if row is None else self._reseal(row)
            if told is not None:
                yield told

    def _reseal(self, row: SealedSecret) -> Resealed:
        scope = OrganizationScope(row.organization_id)
        place = _place(scope, row.field)
        try:
            sealed = self._keyring.seal(self._keyring.open(_sealed(row), place), place)
        except VaultError as shut:
            return Resealed(scope, row.field, str(shut))
        row.key_id, row.nonce, row.ciphertext = sealed.key_id, sealed.nonce, sealed.ciphertext
        row.save(update_fields=["key_id", "nonce", "ciphertext", "sealed_at"])
        return Resealed(scope, row.field)

    def key_uses(self) -> tuple[KeyUse, ...]:
        """Every key at hand, the one that seals first, then those that are missing, with how much each seals."""
        used = Counter(SealedSecret.objects.values_list("key_id", flat=True))
        held = self._keyring.ids
        ids = [*held, *sorted(used.keys() - set(held))]
        return tuple(KeyUse(key, key in held, key == self._keyring.first_id, used[key]) for key in ids)


def _sealed(row: SealedSecret) -> Sealed:
    # PostgreSQL hands binary columns out as memoryview
    return Sealed(row.key_id, bytes(row.nonce), bytes(row.ciphertext))


def _place(scope: OrganizationScope, field: str) -> str:
    return f"organization {scope.organization_id}|{field}"
