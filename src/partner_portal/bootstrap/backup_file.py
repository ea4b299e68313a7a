"""The file of a backup: a zip with the stores, and a manifest that says what each must be.

The manifest holds size, checksum and row counts of every file. It is sealed with the vault's key, so that whoever has
the key can tell a backup of this portal from one that was changed or made up.
"""

from __future__ import annotations

import base64
import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from partner_portal.bootstrap.stores import KEYS, STORES, BackupRefused
from partner_portal.vault.sealing import Keyring, SealBroken, Sealed

FORMAT = "portal-backup/1"
MANIFEST = "manifest.json"
PROOF = "proof.json"
LEVEL = 6
CHUNK = 1 << 20
LONGEST_MANIFEST = 4 << 20


class Kept(msgspec.Struct, frozen=True):
    """One file of a backup: its size in bytes, its SHA-256, and how many rows each of its tables holds."""

    bytes: int
    sha256: str
    rows: dict[str, int] = {}


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds. `made_at` is an instant in UTC; `migrations` are those that its database has had."""

    format: str
    made_at: str
    portal: str
    files: dict[str, Kept]
    migrations: list[tuple[str, str]]


class _Proof(msgspec.Struct, frozen=True):
    key_id: str
    nonce: bytes
    tag: bytes


def write_backup(path: Path, manifest: Manifest, sources: Mapping[str, Path], keyring: Keyring) -> None:
    """Write the backup to `path`, which must exist and be empty, and let it reach the disk."""
    told = msgspec.json.encode(manifest)
    sealed = keyring.seal("", _place(told))
    with path.open("r+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as packed:
            packed.writestr(MANIFEST, told)
            packed.writestr(PROOF, msgspec.json.encode(_Proof(sealed.key_id, sealed.nonce, sealed.ciphertext)))
            for name, source in sources.items():
                packed.write(source, name)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def opened_backup(path: Path) -> Iterator[zipfile.ZipFile]:
    """The backup at `path`, to be read; every way of being broken is a BackupRefused."""
    try:
        with zipfile.ZipFile(path) as packed:
            yield packed
    except OSError as error:
        raise BackupRefused(f"The backup cannot be read or unpacked: {error.strerror or error}: {path}.") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError) as broken:
        raise BackupRefused(
            f"{path} is no whole backup of a portal ({type(broken).__name__}). Take another copy, or an older one."
        ) from None


def is_backup(path: Path) -> bool:
    """Whether the file at `path` looks like a backup at all."""
    try:
        with opened_backup(path) as packed:
            read_manifest(packed)
    except BackupRefused:
        return False
    return True


def read_manifest(packed: zipfile.ZipFile) -> Manifest:
    """What `packed` says that it holds; BackupRefused where it holds anything else, or is of another format."""
    try:
        manifest = msgspec.json.decode(_small(packed, MANIFEST), type=Manifest)
    except msgspec.MsgspecError:
        raise BackupRefused("The backup's manifest cannot be understood. Use the portal that made it.") from None
    if manifest.format != FORMAT:
        raise BackupRefused(f"The backup has the format {manifest.format!r}, this portal reads {FORMAT}. Upgrade it.")
    if sorted(packed.namelist()) != sorted([MANIFEST, PROOF, *manifest.files]):
        raise BackupRefused("The backup does not hold the files that its manifest names. Use another one.")
    if not {*manifest.files} <= {*STORES, *KEYS}:
        raise BackupRefused("The backup holds files that no portal has. Use another one.")
    return manifest


def check_proof(packed: zipfile.ZipFile, keyring: Keyring) -> None:
    """Pass when the manifest was sealed with a key of `keyring`.

    Raises KeyMissing when the key is another one, BackupRefused when the manifest was changed.
    """
    told = _small(packed, MANIFEST)
    try:
        proof = msgspec.json.decode(_small(packed, PROOF), type=_Proof)
        keyring.open(Sealed(proof.key_id, proof.nonce, proof.tag), _place(told))
    except (SealBroken, msgspec.MsgspecError, ValueError):
        raise BackupRefused("The backup was changed after it was made. Use another one.") from None


def unpack(packed: zipfile.ZipFile, manifest: Manifest, folder: Path) -> None:
    """Write every file of the backup into `folder`; BackupRefused where one is not what the manifest says."""
    for name, kept in manifest.files.items():
        target = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(target, "wb") as file, packed.open(name) as source:
            _copy_checked(name, kept, source, file)
            file.flush()
            os.fsync(file.fileno())


def check_whole(path: Path) -> Manifest:
    """Read all of the backup at `path` and compare it with its manifest."""
    with opened_backup(path) as packed:
        manifest = read_manifest(packed)
        for name, kept in manifest.files.items():
            with packed.open(name) as source, open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a device
                _copy_checked(name, kept, source, nowhere)
    return manifest


def checksum(path: Path) -> str:
    """The file's SHA-256, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy_checked(name: str, kept: Kept, source: Any, target: BinaryIO) -> None:
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        size += len(chunk)
        if size > kept.bytes:
            break
        digest.update(chunk)
        target.write(chunk)
    if size != kept.bytes or digest.hexdigest() != kept.sha256:
        raise BackupRefused(f"{name} in the backup is not as its manifest says. Use another one.")


def _small(packed: zipfile.ZipFile, name: str) -> bytes:
    with packed.open(name) as file:
        return file.read(LONGEST_MANIFEST)


def _place(told: bytes) -> str:
    return f"{FORMAT}|{base64.b16encode(hashlib.sha256(told).digest()).decode('ascii')}"
