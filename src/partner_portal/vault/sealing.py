"""Sealing: AES-256-GCM, with the organization and the field as associated data.

A sealed value opens under the key that sealed it and in its own place only: moved to another organization or field
it is refused like a forged one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
SCHEME = "portal-vault-1"


class VaultError(Exception):
    """The vault cannot do what was asked. The message is one line, names the remedy and holds no secret."""


class KeyUnusable(VaultError):
    """A vault key that is not 32 bytes in base64."""


class KeyMissing(VaultError):
    """A value was sealed under a key that this process does not have."""


class SourceUnusable(VaultError):
    """A place outside the portal that does not give the credentials it should hold."""


class SourceReadOnly(VaultError):
    """The credentials are kept outside the portal, which can only read them."""


class SealBroken(VaultError):
    """A sealed value was changed or moved."""


@dataclass(frozen=True)
class Sealed:
    """A sealed value: which key opens it, the nonce, and the ciphertext with its tag."""

    key_id: str
    nonce: bytes
    ciphertext: bytes


def new_key() -> str:
    """A fresh key, in base64."""
    return base64.b64encode(os.urandom(KEY_BYTES)).decode("ascii")


class Keyring:
    """The vault's keys: the first seals, all of them open. Prints none of them."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise KeyUnusable("The vault has no key. Set PORTAL_VAULT_KEYS to 32 bytes in base64.")
        decoded = [_decode(key) for key in keys]
        self._first = _key_id(decoded[0])
        self._keys = {_key_id(key): AESGCM(key) for key in decoded}

    def __repr__(self) -> str:
        return f"Keyring({', '.join(self._keys)})"

    @property
    def first_id(self) -> str:
        """The id of the key that seals."""
        return self._first

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all keys, the one that seals first."""
        return tuple(self._keys)

    def seal(self, value: str, place: str) -> Sealed:
        """Seal `value` for `place` under the first key."""
        nonce = os.urandom(NONCE_BYTES)
        ciphertext = self._keys[self._first].encrypt(nonce, value.encode(), _associated(place))
        return Sealed(self._first, nonce, ciphertext)

    def open(self, sealed: Sealed, place: str) -> str:
        """The value that was sealed for `place`; raise KeyMissing or SealBroken."""
        key = self._keys.get(sealed.key_id)
        if key is None:
            raise KeyMissing(
                f"A credential is sealed under the vault key {sealed.key_id}, which is not among PORTAL_VAULT_KEYS. "
                "Add that key again, or connect Autotask anew."
            )
        try:
            return key.decrypt(sealed.nonce, sealed.ciphertext, _associated(place)).decode()
        except InvalidTag:
            raise SealBroken("A sealed credential was changed or moved. Connect Autotask anew.") from None


def _decode(key: str) -> bytes:
    try:
        decoded = base64.b64decode(key, validate=True)
    except binascii.Error:
        decoded = b""
    if len(decoded) != KEY_BYTES:
        raise KeyUnusable("A vault key must be 32 bytes in base64. Check PORTAL_VAULT_KEYS.") from None
    return decoded


def _key_id(key: bytes) -> str:
    return hashlib.sha256(SCHEME.encode() + key).hexdigest()[:16]


def _associated(place: str) -> bytes:
    return f"{SCHEME}|{place}".encode()
