"""Backups: of one instant, whole, checked, without sessions; and restored whole or not at all."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from doubles import held_parts
from partner_portal.bootstrap import backup, backup_file, replacing, snapshot
from partner_portal.bootstrap.backup import Backup, back_up
from partner_portal.bootstrap.backup_file import MANIFEST, PROOF, check_whole
from partner_portal.bootstrap.replacing import undo_what_was_cut_off
from partner_portal.bootstrap.restore import restore
from partner_portal.bootstrap.stores import JOBS, PORTAL, STORES, WAREHOUSE, BackupRefused
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.vault.sealing import Keyring, new_key
from partner_portal.warehouse.opening import open_warehouse
from usecases.mapped import fill

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.embedded,  # PostgreSQL is left to its own tools, see tests/cli/test_backup.py
]

SESSION = "a-session-key-that-somebody-could-use"
NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
KEYRING = Keyring([new_key()])


@pytest.fixture(scope="module")
def template(django_db_setup, django_db_blocker, tmp_path_factory):
    """A data directory as a portal leaves it, and a backup of it: made once, copied for each test."""
    made = tmp_path_factory.mktemp("template") / "data"
    made.mkdir()
    with django_db_blocker.unblock():
        connection.ensure_connection()
        (made / PORTAL).write_bytes(connection.connection.serialize())
    with closing(sqlite3.connect(made / PORTAL)) as file:
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("INSERT INTO django_session VALUES (?, 'data', '2030-01-01')", [SESSION])
        file.execute("INSERT INTO django_content_type (app_label, model) VALUES ('told', 'apart')")
        file.commit()
    with closing(sqlite3.connect(made / JOBS)) as file:
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("CREATE TABLE workflow_status (id)")
        file.execute("INSERT INTO workflow_status VALUES (1)")
        file.commit()
    (made / "vault.key").write_text(new_key())
    (made / "secret.key").write_text("the-secret-key-of-django")
    with owning(made) as parts:
        fill(parts.warehouse.organization(OrganizationScope(1)))
        back_up(parts, made, made.with_name("b.zip"), keyring=KEYRING)
    return made


@contextmanager
def owning(data_dir: Path) -> Iterator[Any]:
    """The parts of a process that owns the warehouse of `data_dir`."""
    warehouse = open_warehouse(str(data_dir / WAREHOUSE))
    with held_parts(warehouse, NOW) as parts:
        yield parts
    warehouse.close()


@pytest.fixture
def data_dir(template, tmp_path):
    return Path(shutil.copytree(template, tmp_path / "data"))


@pytest.fixture
def owned(data_dir):
    with owning(data_dir) as parts:
        yield parts


@pytest.fixture
def made(template, tmp_path):
    path = Path(shutil.copy(template.with_name("b.zip"), tmp_path))
    return Backup(path, path.stat().st_size, check_whole(path))


def state(folder: Path) -> dict[str, bytes]:
    """Every file of a store with its content."""
    return {
        path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.name.startswith(STORES)
    }


def rows(path: Path, table: str) -> list:
    with closing(sqlite3.connect(path)) as file:
        return file.execute(f"SELECT * FROM {table}").fetchall()


def test_a_backup_is_private_whole_and_leaves_nothing_behind(made, template):
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert made.bytes == made.path.stat().st_size
    assert set(made.manifest.files) == set(STORES)
    assert made.manifest.files[WAREHOUSE].rows["opportunities"] > 0
    assert made.manifest.files[JOBS].rows == {"workflow_status": 1}
    assert not [path for path in template.parent.rglob("*") if "snapshot" in path.name]
    assert {path.name for path in template.parent.iterdir()} == {"data", "b.zip"}


def test_a_backup_holds_no_session_and_no_key(made, data_dir):
    with zipfile.ZipFile(made.path) as packed:
        everything = b"".join(packed.read(name) for name in packed.namelist())
    assert SESSION.encode() not in everything
    assert (data_dir / "vault.key").read_bytes() not in everything
    assert b"the-secret-key-of-django" not in everything
    assert rows(data_dir / PORTAL, "django_session") != []


def test_with_keys_they_are_inside_and_come_back_where_there_are_none(owned, data_dir, tmp_path):
    made = back_up(owned, data_dir, tmp_path / "b.zip", keyring=KEYRING, with_keys=True)
    done = restore(made.path, tmp_path / "new", keyring=KEYRING)
    assert done.keys == ("vault.key", "secret.key")
    assert (tmp_path / "new" / "vault.key").read_text() == (data_dir / "vault.key").read_text()
    (tmp_path / "new" / "vault.key").write_text("another")
    assert restore(made.path, tmp_path / "new", keyring=KEYRING, replacing=True).keys == ()
    assert (tmp_path / "new" / "vault.key").read_text() == "another"


def test_what_is_restored_is_what_was_there(made, data_dir, tmp_path):
    done = restore(made.path, tmp_path / "new", keyring=KEYRING)
    assert done.earlier is None
    assert rows(tmp_path / "new" / PORTAL, "django_content_type") == rows(data_dir / PORTAL, "django_content_type")
    assert rows(tmp_path / "new" / PORTAL, "django_session") == []
    old, new = (open_warehouse(str(folder / WAREHOUSE)) for folder in (data_dir, tmp_path / "new"))
    scope = OrganizationScope(1)
    assert new.organization(scope).state() == old.organization(scope).state()
    for warehouse in (old, new):
        warehouse.close()
    assert sorted(path.name for path in (tmp_path / "new").iterdir() if path.suffix not in {".lock", ".rows"}) == [
        JOBS, PORTAL, WAREHOUSE,
    ]  # fmt: skip


def test_all_stores_are_of_one_instant(owned, data_dir, tmp_path):
    """A writer that adds the same number here and there is never seen between the two."""
    with closing(sqlite3.connect(data_dir / JOBS)) as file:
        file.execute("CREATE TABLE told (number)")
    scope = OrganizationScope(7)
    stop = threading.Event()
    wrote = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(data_dir / JOBS, timeout=10)) as file:
            number = 0
            while not stop.is_set():
                number += 1
                with owned.warehouse._engine.writing(scope.organization_id) as session:
                    session.change("CREATE TABLE IF NOT EXISTS mirror.told (number BIGINT)")
                    session.change("INSERT INTO mirror.told VALUES ($number)", {"number": number})
                    file.execute("INSERT INTO told VALUES (?)", [number])
                    file.commit()
                wrote.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        wrote.wait(10)
        for number in range(5):
            folder = tmp_path / str(number)
            folder.mkdir()
            snapshot.take_snapshot(owned, data_dir, folder)
            assert backup.rows_of(folder / JOBS)["told"] == backup.rows_of(folder / WAREHOUSE)["told"]
    finally:
        stop.set()
        writer.join()


def test_existing_data_stays_unless_it_may_be_replaced_and_then_it_is_kept_aside(made, data_dir):
    before = state(data_dir)
    with pytest.raises(BackupRefused, match=r"holds data already .*Name an empty directory, or add --replace\."):
        restore(made.path, data_dir, keyring=KEYRING)
    assert state(data_dir) == before
    done = restore(made.path, data_dir, keyring=KEYRING, replacing=True)
    assert rows(done.earlier / PORTAL, "django_session") != []
    assert rows(data_dir / PORTAL, "django_session") == []


def tampered(path: Path, name: str, change) -> Path:
    target = path.with_name(f"tampered-{name}.zip")
    with zipfile.ZipFile(path) as packed, zipfile.ZipFile(target, "w") as changed:
        for member in packed.namelist():
            content = packed.read(member)
            changed.writestr(member, change(content) if member == name else content)
    return target


def flip(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def other_time(content: bytes) -> bytes:
    manifest = json.loads(content)
    return json.dumps(manifest | {"made_at": "2030-01-01T00:00:00Z"}).encode()


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        (PORTAL, flip, "not as its manifest says"),
        (WAREHOUSE, flip, "not as its manifest says"),
        (WAREHOUSE, lambda content: content[:-1], "not as its manifest says"),
        (JOBS, lambda content: content + b"x", "not as its manifest says"),
        (MANIFEST, other_time, "changed after it was made"),
        (MANIFEST, lambda _: b"{}", "cannot be understood"),
        (PROOF, flip, "changed after it was made"),
        (PROOF, lambda _: b"[]", "changed after it was made"),
    ],
)
def test_a_changed_backup_is_refused_and_everything_stays(made, data_dir, name, change, said):
    before = state(data_dir)
    with pytest.raises(BackupRefused, match=said):
        restore(tampered(made.path, name, change), data_dir, keyring=KEYRING, replacing=True)
    assert state(data_dir) == before
    assert not (data_dir / "restoring").exists()


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_cut_off_backup_is_refused(made, tmp_path, share):
    content = made.path.read_bytes()
    made.path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(BackupRefused, match="no whole backup"):
        restore(made.path, tmp_path / "new", keyring=KEYRING)
    assert not [path for path in (tmp_path / "new").iterdir() if path.suffix != ".lock"]


def test_a_backup_made_with_another_key_needs_consent(made, tmp_path):
    for keyring in (Keyring([new_key()]), None):
        with pytest.raises(BackupRefused, match=r"The vault key .* is not here.* --unproven"):
            restore(made.path, tmp_path / "new", keyring=keyring)
    assert restore(made.path, tmp_path / "new", keyring=None, unproven=True).manifest == made.manifest


def forged(made, **changes) -> Path:
    """A backup as a portal with our key would have made it, but for `changes` of its manifest."""
    target = made.path.with_name("forged.zip")
    folder = made.path.with_name("unpacked")
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(made.path) as packed:
        packed.extractall(folder, list(made.manifest.files))
    target.touch()
    manifest = backup_file.msgspec.structs.replace(made.manifest, **changes)
    backup_file.write_backup(target, manifest, {name: folder / name for name in made.manifest.files}, KEYRING)
    return target


def test_a_backup_of_a_newer_portal_is_refused(made, tmp_path):
    newer = [*made.manifest.migrations, ("accounts", "9999_later")]
    with pytest.raises(BackupRefused, match=r"made by a newer portal .*accounts\.9999_later.*Upgrade"):
        restore(forged(made, migrations=newer), tmp_path / "new", keyring=KEYRING)
    with pytest.raises(BackupRefused, match="has the format 'portal-backup/2'"):
        restore(forged(made, format="portal-backup/2"), tmp_path / "new", keyring=KEYRING)


def test_rows_that_are_missing_are_noticed(made, tmp_path):
    files = dict(made.manifest.files)
    files[WAREHOUSE] = backup_file.msgspec.structs.replace(files[WAREHOUSE], rows={"opportunities": 10**6})
    with pytest.raises(BackupRefused, match="does not hold the rows"):
        restore(forged(made, files=files), tmp_path / "new", keyring=KEYRING)


@pytest.mark.parametrize("name", ["../outside.sqlite", "/etc/portal.sqlite", "vault.key/../x", "other.txt"])
def test_only_the_files_of_a_portal_are_taken(made, tmp_path, name):
    target = made.path.with_name("odd.zip")
    kept = made.manifest.files[JOBS]
    manifest = backup_file.msgspec.structs.replace(made.manifest, files={**made.manifest.files, name: kept})
    told = backup_file.msgspec.json.encode(manifest)
    with zipfile.ZipFile(made.path) as packed, zipfile.ZipFile(target, "w") as changed:
        for member in packed.namelist():
            changed.writestr(member, told if member == MANIFEST else packed.read(member))
        changed.writestr(name, packed.read(JOBS))
    with pytest.raises(BackupRefused, match="files that no portal has"):
        restore(target, tmp_path / "new", keyring=KEYRING, unproven=True)
    assert not (tmp_path / "outside.sqlite").exists()


def test_a_running_portal_is_not_restored_over(made, data_dir):
    owner = open_warehouse(str(data_dir / WAREHOUSE))
    process = subprocess.run(
        [sys.executable, "-c", RESTORING, made.path, data_dir], capture_output=True, text=True, timeout=60, check=False
    )
    owner.close()
    assert "Stop it first" in process.stderr
    assert rows(data_dir / PORTAL, "django_session") != []


RESTORING = """
import os, sys
from pathlib import Path
os.environ["DJANGO_SETTINGS_MODULE"] = "partner_portal.settings.django"
import django
django.setup()
from partner_portal.bootstrap import restore
moves = 0
def move(source, target):
    global moves
    moves += 1
    if len(sys.argv) > 3 and moves == int(sys.argv[3]):
        os.kill(os.getpid(), 9)
    os.replace(source, target)
restore.restore(Path(sys.argv[1]), Path(sys.argv[2]), keyring=None, replacing=True, unproven=True, move=move)
"""


class CutOff(BaseException):
    """The process is gone."""


def moves_of(made, data_dir) -> int:
    count = []
    trial = data_dir.with_name("trial")
    shutil.copytree(data_dir, trial)
    restore(made.path, trial, keyring=KEYRING, replacing=True, move=lambda a, b: count.append(a.replace(b)))
    return len(count)


def test_wherever_a_restore_is_cut_off_the_old_data_come_back(made, data_dir, monkeypatch):
    (data_dir / f"{PORTAL}-wal").write_bytes(b"")
    before = state(data_dir)
    total = moves_of(made, data_dir)
    assert total >= 6
    for at in range(1, total + 1):
        done = []

        def move(source, target, at=at, done=done):
            if len(done) + 1 == at:
                raise CutOff
            done.append(source.replace(target))

        # as if nothing of the process ran any more
        with monkeypatch.context() as gone:
            gone.setattr(shutil, "rmtree", lambda *_, **__: None)
            with pytest.raises(CutOff):
                restore(made.path, data_dir, keyring=KEYRING, replacing=True, move=move)
        assert (state(data_dir) == before) is (at == 1)
        undo_what_was_cut_off(data_dir)
        assert state(data_dir) == before
        undo_what_was_cut_off(data_dir)
        assert state(data_dir) == before
        shutil.rmtree(data_dir / "restoring")


def test_a_move_that_fails_is_undone_at_once(made, data_dir):
    before = state(data_dir)
    done = []

    def move(source, target):
        if len(done) == 4:
            raise OSError(28, "No space left on device")
        done.append(source.replace(target))

    with pytest.raises(BackupRefused, match=r"No space left on device\. Everything is as it was"):
        restore(made.path, data_dir, keyring=KEYRING, replacing=True, move=move)
    assert state(data_dir) == before


@pytest.mark.slow
def test_a_restore_that_is_killed_leaves_the_old_data(made, data_dir):
    before = state(data_dir)
    killed = subprocess.run(
        [sys.executable, "-c", RESTORING, made.path, data_dir, "4"], capture_output=True, timeout=60, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert state(data_dir) != before
    undo_what_was_cut_off(data_dir)
    assert state(data_dir) == before


def test_two_restores_and_two_backups_do_not_mix(made, owned, data_dir, tmp_path):
    with (
        replacing.alone(data_dir / replacing.LOCK, "busy"),
        pytest.raises(BackupRefused, match="A restore or a move is under way"),
    ):
        restore(made.path, data_dir, keyring=KEYRING, replacing=True)
    with (
        replacing.alone(data_dir / replacing.LOCK, "busy"),
        pytest.raises(BackupRefused, match="A restore or a move is under way"),
    ):
        undo_what_was_cut_off(data_dir)
    with replacing.alone(data_dir / "backup.lock", "busy"), pytest.raises(BackupRefused, match="Another backup"):
        back_up(owned, data_dir, tmp_path / "c.zip", keyring=KEYRING)


def test_a_file_that_is_no_backup_is_not_written_over_and_an_older_backup_is(owned, data_dir, tmp_path):
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear")
    with pytest.raises(BackupRefused, match="is no backup"):
        back_up(owned, data_dir, letter, keyring=KEYRING)
    assert letter.read_text() == "Dear"
    first = back_up(owned, data_dir, tmp_path / "b.zip", keyring=KEYRING)
    again = back_up(owned, data_dir, tmp_path / "b.zip", keyring=KEYRING)
    assert first.path == again.path
    inside = back_up(owned, data_dir, tmp_path, keyring=KEYRING)
    assert inside.path.name == "portal-20261118T150000Z.backup.zip"
    with pytest.raises(BackupRefused, match="There is no folder"):
        back_up(owned, data_dir, tmp_path / "nowhere" / "b.zip", keyring=KEYRING)


def test_a_backup_that_fails_leaves_the_earlier_one(owned, data_dir, tmp_path, monkeypatch):
    back_up(owned, data_dir, tmp_path / "b.zip", keyring=KEYRING)
    before = (tmp_path / "b.zip").read_bytes()

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "check_whole", full)
    with pytest.raises(BackupRefused, match="cannot be written: No space left"):
        back_up(owned, data_dir, tmp_path / "b.zip", keyring=KEYRING)
    assert (tmp_path / "b.zip").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.zip", "data"]
