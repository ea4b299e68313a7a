"""A rotation of the vault's keys, killed before any of its statements: every value opens, and the next completes."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from partner_portal.vault.sealing import Keyring, Sealed, new_key

pytestmark = pytest.mark.slow

PROGRAM = Path(__file__).with_name("rotating_process.py")
VALUES = 3
OLD, NEW = new_key(), new_key()
PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")


def environment(data_dir: Path, keys: str) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    own = {"PORTAL_DATA_DIR": str(data_dir), "PORTAL_VAULT_KEYS": keys, "PYTHONPATH": os.pathsep.join(sys.path)}
    return inherited | own


def portal(*command: str, data_dir: Path, keys: str) -> str:
    """Run a command that must succeed; its standard output."""
    whole = [sys.executable, "-m", "partner_portal.cli", *command]
    done = subprocess.run(
        whole, env=environment(data_dir, keys), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def rotate(data_dir: Path) -> Iterator[Callable[[int], int]]:
    """Rotates from the old key to the new one in a process that is killed at a statement; tells by which signal."""
    process = subprocess.Popen(
        [sys.executable, str(PROGRAM)],
        env=environment(data_dir, f"{NEW} {OLD}"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None

    def once(at: int) -> int:
        process.stdin.write(f"{at}\n")
        process.stdin.flush()
        return int(process.stdout.readline())

    yield once
    process.communicate()


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A portal of one organization, its tables made by the portal itself."""
    made = tmp_path_factory.mktemp("rotation")
    portal("organization", "add", "acme", data_dir=made, keys=OLD)
    return made


def opened(data_dir: Path) -> sqlite3.Connection:
    return sqlite3.connect(data_dir / "portal.sqlite")


def seal_all(data_dir: Path) -> None:
    """Values of one organization, all under the old key."""
    ring = Keyring([OLD])
    with opened(data_dir) as database:
        database.execute("DELETE FROM sealed_secrets")
        [(organization,)] = database.execute("SELECT id FROM organizations").fetchall()
        for n in range(VALUES):
            sealed = ring.seal(f"value {n}", f"organization {organization}|field {n}")
            database.execute(
                "INSERT INTO sealed_secrets (organization_id, field, key_id, nonce, ciphertext, sealed_at) "
                "VALUES (?, ?, ?, ?, ?, '2026-11-18 15:00:00')",
                (organization, f"field {n}", sealed.key_id, sealed.nonce, sealed.ciphertext),
            )


def values(data_dir: Path, *keys: str) -> list[str]:
    ring = Keyring(keys)
    with opened(data_dir) as database:
        rows = database.execute(
            "SELECT organization_id, field, key_id, nonce, ciphertext FROM sealed_secrets"
        ).fetchall()
    return sorted(
        ring.open(Sealed(key_id, nonce, ciphertext), f"organization {organization}|{field}")
        for organization, field, key_id, nonce, ciphertext in rows
    )


def test_a_rotation_that_is_killed_anywhere_loses_nothing(data_dir: Path, rotate: Callable[[int], int]) -> None:
    everything = [f"value {n}" for n in range(VALUES)]
    at, under_both = 0, False
    while True:
        at += 1
        seal_all(data_dir)
        killed_by = rotate(at)
        assert values(data_dir, NEW, OLD) == everything
        if killed_by == 0:
            break
        assert killed_by == signal.SIGKILL
        under_both = under_both or len(keys_in_use(data_dir)) == 2
        assert rotate(0) == 0
        assert values(data_dir, NEW) == everything
    assert at > 2 * VALUES
    assert under_both


def test_the_command_takes_up_what_was_killed(data_dir: Path, rotate: Callable[[int], int]) -> None:
    seal_all(data_dir)
    rotate(9)
    keys = f"{NEW} {OLD}"
    portal("vault", "rotate", data_dir=data_dir, keys=keys)
    first, second = Keyring([NEW, OLD]).ids
    status = portal("vault", "status", data_dir=data_dir, keys=keys)
    assert status.splitlines() == [f"{first}  seals    {VALUES}", f"{second}  opens    0"]
    assert OLD not in status


def keys_in_use(data_dir: Path) -> set[str]:
    with opened(data_dir) as database:
        return {key for (key,) in database.execute("SELECT DISTINCT key_id FROM sealed_secrets")}
