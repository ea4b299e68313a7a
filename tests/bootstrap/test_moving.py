"""A move to PostgreSQL: everything, proven, from files that stay as they are; and going on wherever it was cut off."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import chain, cycle, islice
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections, models, transaction
from django.db.models import Q

from bootstrap.every_table import fill_every_table, tables
from partner_portal.bootstrap import moving, moving_tables, moving_target
from partner_portal.bootstrap.moving import MoveRefused, check_address, move
from partner_portal.bootstrap.replacing import LOCK, alone
from partner_portal.bootstrap.stores import JOBS, PORTAL, STORES, WAREHOUSE, BackupRefused
from partner_portal.lib.clock import FixedClock
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.warehouse import carrying
from partner_portal.warehouse.opening import open_warehouse
from partner_portal.warehouse.store import WarehouseError, WarehouseLocked
from partner_portal.warehouse.tables import TABLES
from postgres import fresh_database
from usecases.mapped import fill

pytestmark = pytest.mark.embedded

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
CLOCK = FixedClock(NOW)
SCOPES = (OrganizationScope(1), OrganizationScope(2))
AWKWARD = ["", " ", "\\N", "\\.", "a\tb", "two\nlines", "\r\n", 'quo"te', "e\u0301 \U0001f600", "\\", "\\\\t", "NULL"]


@pytest.fixture(scope="module")
def template(django_db_blocker, tmp_path_factory):
    """An installation with rows in every table: made once, copied for each test."""
    made = tmp_path_factory.mktemp("moving") / "data"
    assert portal("organization", "add", "acme", data_dir=made).returncode == 0
    with django_db_blocker.unblock(), in_file(made / PORTAL):
        fill_every_table(NOW)
    (made / JOBS).write_bytes(b"jobs stay where they are")
    warehouse = open_warehouse(str(made / WAREHOUSE))
    for scope in SCOPES:
        fill(warehouse.organization(scope))
    with warehouse._engine.writing(1) as session:
        for number, text in enumerate(AWKWARD):
            session.change(
                "INSERT INTO mirror.companies (organization_id, id, company_name) VALUES (2, $id, $name)",
                {"id": 1000 + number, "name": text},
            )
    warehouse.close()
    return made


@contextmanager
def in_file(path: Path) -> Iterator[None]:
    """Let Django's database be the file at `path`."""
    usual = connections["default"]
    made = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path)}
    connections.databases.update(
        connections.configure_settings({"default": connections.databases["default"], "f": made})
    )
    connections["default"] = connections["f"]
    try:
        with transaction.atomic():
            yield
    finally:
        connections["default"] = usual
        connections["f"].close()
        del connections["f"], connections.databases["f"]


@pytest.fixture(autouse=True)
def databases(django_db_blocker):
    """Leave to work with several databases."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def data_dir(template, tmp_path):
    return Path(shutil.copytree(template, tmp_path / "data"))


@pytest.fixture
def target(postgres_server):
    with fresh_database(postgres_server) as address:
        yield address


@pytest.fixture(scope="module")
def moved(template, postgres_server, django_db_blocker):
    """The address of a target that the template was moved to, and the move."""
    with fresh_database(postgres_server) as address, django_db_blocker.unblock():
        before = state(template)
        done = move(template, address, CLOCK)
        assert state(template) == before
        yield address, done


def state(folder: Path) -> dict[str, bytes]:
    """Every file of a store with its content, but for the empty ones that SQLite makes when it reads."""
    held = {
        path.name: path.read_bytes() for path in folder.iterdir() if path.name.startswith(STORES) and path.is_file()
    }
    return {name: content for name, content in held.items() if content and not name.endswith("-shm")}


def asked(address: str, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(address, options="-c portal.organization=2") as opened:
        return opened.execute(sql, parameters).fetchall()


WRITTEN_AT_THE_END = {"audit_entries": Q(action="store.moved"), "audit_heads": Q(chain=0)}


def rows_of_both(data_dir: Path, address: str, model: type[models.Model]) -> tuple[list[Any], list[Any]]:
    names = [field.attname for field in model._meta.concrete_fields]
    key = names.index(model._meta.pk.attname)
    found = []
    with moving_tables.read_source(data_dir), moving_target.reached(address):
        for alias in (moving_tables.SOURCE, moving_target.TARGET):
            rows = model._base_manager.using(alias).exclude(WRITTEN_AT_THE_END.get(model._meta.db_table, Q(pk=None)))
            rows = rows.values_list(*names)
            plain = [tuple(bytes(value) if isinstance(value, memoryview) else value for value in row) for row in rows]
            found.append(sorted(plain, key=lambda row: str(row[key])))
    return found[0], found[1]


@pytest.mark.parametrize("model", tables(), ids=lambda model: model._meta.db_table)
def test_every_row_of_every_table_of_django_is_there_as_it_was(moved, template, model):
    ours, theirs = rows_of_both(template, moved[0], model)
    assert len(ours) >= 2
    assert ours == theirs


@pytest.mark.parametrize("scope", SCOPES)
def test_the_warehouse_holds_the_same(moved, template, tmp_path, scope):
    warehouses = [
        open_warehouse(str(shutil.copy(template / WAREHOUSE, tmp_path))),
        open_warehouse(moved[0]),
    ]
    old, new = (warehouse.organization(scope) for warehouse in warehouses)
    assert new.state() == old.state()
    assert new.tenant() == old.tenant()
    for table in TABLES:
        everything = [sorted(map(str, store.rows(f"SELECT * FROM {table.name}"))) for store in (old, new)]
        assert everything[0] == everything[1], table.name
    for warehouse in warehouses:
        warehouse.close()


def test_texts_arrive_letter_by_letter(moved):
    wanted = "SELECT company_name FROM mirror.companies WHERE id >= 1000 ORDER BY id"
    assert [text for (text,) in asked(moved[0], wanted)] == AWKWARD
    with psycopg.connect(moved[0]) as of_nobody:
        assert of_nobody.execute(wanted).fetchall() == [], "the walls between organizations stand"


def test_what_was_moved_is_told_by_table(moved):
    told = {table.name: table.rows for table in moved[1].carried}
    assert told["people"] == 2
    assert told['mirror."companies"'] == 2 * 2 + len(AWKWARD)
    assert len(told) == len(tables()) + len(TABLES)
    assert moved[1].earlier is None
    assert moved[1].broken == []


def test_new_rows_get_new_numbers_and_the_audit_log_goes_on(moved, template):
    address = moved[0]
    last = asked(address, "SELECT action, person_id FROM audit_entries ORDER BY id DESC LIMIT 1")
    assert last == [("store.moved", None)]
    for table in ("people", "organizations", "auth_group"):
        [(highest, following)] = asked(
            address, f"SELECT max(id), nextval(pg_get_serial_sequence('{table}', 'id')) FROM {table}"
        )
        assert following > highest
    # done: asking again changes nothing, not even an entry
    again = move(template, address, FixedClock(NOW + timedelta(hours=1)))
    assert again.earlier == NOW
    assert again.carried == moved[1].carried
    assert asked(address, "SELECT action, person_id FROM audit_entries ORDER BY id DESC LIMIT 1") == last


def test_a_portal_starts_on_what_was_moved_and_its_audit_log_verifies(moved, tmp_path):
    said = portal("audit", "verify", data_dir=tmp_path, DATABASE_URL=moved[0])
    assert said.returncode == 0, said.stderr
    assert len(said.stdout.splitlines()) == 3


@pytest.mark.slow
def test_a_move_that_is_cut_off_at_any_step_goes_on_there(data_dir, target, monkeypatch):
    """Each try is cut off before or after a step; together they move as much as one that ends well, and no more."""
    monkeypatch.setattr(moving, "ROWS_AT_ONCE", 4)
    monkeypatch.setattr(carrying, "ROWS_AT_ONCE", 4)
    before = state(data_dir)
    steps = Steps()
    for module, name in ((moving, "make_tables"), (moving, "take"), (moving, "empty"), (moving_tables, "_copy")):
        monkeypatch.setattr(module, name, steps.counted(name, getattr(module, name)))
    for name in ("note", "end"):
        monkeypatch.setattr(moving_target.Target, name, steps.counted(name, getattr(moving_target.Target, name)))
    copied, compared = 2 + 4 * len(tables()), 2 + 2 * len(tables())
    tries = chain((0, 1, 5, copied - 1, copied), map(compared.__add__, cycle((1, 12, 40))))
    for tried, steps.last in enumerate(islice(tries, 60), 1):
        steps.taken.clear()
        try:
            move(data_dir, target, CLOCK)
        except CutOff:
            assert asked(target, "SELECT done_at FROM moving.installation") == [(None,)]
        else:
            break
        assert tried <= 5 or "_copy" not in steps.taken, "Django's tables had come before"
    assert 7 < tried < 60
    assert state(data_dir) == before
    [(texts,)] = asked(target, "SELECT count(*) FROM mirror.companies WHERE id >= 1000")
    assert texts == len(AWKWARD)
    assert len(move(data_dir, target, CLOCK).carried) == len(tables()) + len(TABLES)


class Steps:
    """Counts the beginnings and ends of what it is put around, and cuts off at the one numbered `last`."""

    def __init__(self) -> None:
        self.last = 0
        self.taken: list[str] = []

    def counted(self, name, act):
        def step(*args, **kwargs):
            self._take(name)
            result = act(*args, **kwargs)
            self._take(name)
            return result

        return step

    def _take(self, name: str) -> None:
        if len(self.taken) == self.last:
            raise CutOff
        self.taken.append(name)


class CutOff(Exception):
    """A process that ends."""


def test_what_changed_between_two_tries_is_moved_as_it_is_now(data_dir, target, monkeypatch):
    monkeypatch.setattr(moving, "_end", lambda *_: cut_off())
    with pytest.raises(CutOff):
        move(data_dir, target, CLOCK)
    monkeypatch.undo()
    with closing(sqlite3.connect(data_dir / PORTAL)) as file:
        file.execute("UPDATE organizations SET name = 'Renamed'")
        file.commit()
    warehouse = open_warehouse(str(data_dir / WAREHOUSE))
    with warehouse._engine.writing(1) as session:
        session.change("DELETE FROM mirror.companies WHERE id = 1003")
        session.change("UPDATE mirror.companies SET company_name = 'Renamed' WHERE id = 1004")
    warehouse.close()
    move(data_dir, target, CLOCK)
    assert asked(target, "SELECT DISTINCT name FROM organizations") == [("Renamed",)]
    assert asked(target, "SELECT id FROM mirror.companies WHERE company_name = 'Renamed'") == [(1004,)]
    assert asked(target, "SELECT id FROM mirror.companies WHERE id = 1003") == []


def cut_off() -> None:
    raise CutOff


def test_a_half_filled_database_is_not_served_and_a_row_that_differs_is_noticed(data_dir, target, monkeypatch):
    monkeypatch.setattr(moving, "_end", lambda *_: cut_off())
    with pytest.raises(CutOff):
        move(data_dir, target, CLOCK)
    said = portal("audit", "verify", data_dir=data_dir, DATABASE_URL=target)
    assert said.returncode == 1
    assert "filled in part" in said.stderr
    monkeypatch.setattr(moving, "take", lambda cursor, table, lines: carrying.take(cursor, table, lines[1:]))
    with psycopg.connect(target, options="-c portal.organization=2") as opened:
        opened.execute("UPDATE mirror.companies SET company_name = 'elsewhere' WHERE id = 1003")
    with pytest.raises(MoveRefused, match='"companies" does not hold the same'):
        move(data_dir, target, CLOCK)


def test_a_target_that_holds_anything_is_refused_and_left_alone(data_dir, target):
    with psycopg.connect(target) as opened:
        opened.execute("CREATE TABLE letters (id BIGINT)")
    with pytest.raises(MoveRefused, match=r"not empty: it holds public\.letters\. Name an empty database\."):
        move(data_dir, target, CLOCK)
    assert asked(target, "SELECT count(*) FROM pg_namespace WHERE nspname IN ('moving', 'mirror')") == [(0,)]


def test_a_target_of_another_installation_is_refused(moved, data_dir):
    with closing(sqlite3.connect(data_dir / PORTAL)) as file:
        file.execute("UPDATE django_migrations SET applied = '2020-01-01 00:00:00.000001' WHERE id = 1")
        file.commit()
    with pytest.raises(MoveRefused, match="holds another installation"):
        move(data_dir, moved[0], CLOCK)


def test_two_moves_to_one_target_do_not_mix(data_dir, target):
    with psycopg.connect(target) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [moving_target._LOCK])
        with pytest.raises(MoveRefused, match="Another move"):
            move(data_dir, target, CLOCK)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ("DELETE FROM django_migrations WHERE app = 'audit' AND name = '0003_of_person'", "older portal"),
        ("INSERT INTO django_migrations (app, name, applied) VALUES ('audit', '0999_x', '2030-01-01')", "newer portal"),
    ],
)
def test_tables_of_another_version_are_refused(data_dir, change, refusal):
    with closing(sqlite3.connect(data_dir / PORTAL)) as file:
        file.execute(change)
        file.commit()
    with pytest.raises(MoveRefused, match=refusal):
        move(data_dir, "postgresql://u:p@127.0.0.1:9/x", CLOCK)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ('ALTER TABLE mirror.companies DROP COLUMN "company_name"', "older portal"),
        ("UPDATE mirror.schema_version SET version = 99", "newer portal"),
    ],
)
def test_a_warehouse_of_another_version_is_refused(data_dir, change, refusal):
    warehouse = open_warehouse(str(data_dir / WAREHOUSE))
    with warehouse._engine.writing(1) as session:
        session.change(change)
    warehouse.close()
    with pytest.raises(WarehouseError, match=refusal):
        move(data_dir, "postgresql://u:p@127.0.0.1:9/x", CLOCK)


def test_files_that_are_none_are_refused(data_dir, tmp_path):
    with pytest.raises(MoveRefused, match="PORTAL_DATA_DIR"):
        move(tmp_path / "nowhere", "postgresql://u:p@127.0.0.1:9/x", CLOCK)
    with pytest.raises(MoveRefused, match="No installation"):
        move(tmp_path, "postgresql://u:p@127.0.0.1:9/x", CLOCK)
    (data_dir / PORTAL).write_bytes(b"not a database, but long enough to be looked at" * 40)
    with pytest.raises(MoveRefused, match="cannot be read: file is not a database"):
        move(data_dir, "postgresql://u:p@127.0.0.1:9/x", CLOCK)


def test_a_portal_that_works_with_the_files_keeps_them_and_none_can_begin_meanwhile(data_dir):
    holding = f"""
import sys
from partner_portal.warehouse.opening import open_warehouse
held = open_warehouse({str(data_dir / WAREHOUSE)!r})
print("held", flush=True)
sys.stdin.read()
"""
    with subprocess.Popen([sys.executable, "-c", holding], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(WarehouseLocked, match=rf"in use by another process \(PID {other.pid}\)"):
            move(data_dir, "postgresql://u:p@127.0.0.1:9/x", CLOCK)
        other.stdin.close()
    with moving._undisturbed(data_dir):
        said = portal("user", "list", data_dir=data_dir)
    assert "A restore or a move is under way" in said.stderr
    with alone(data_dir / LOCK, "busy"), pytest.raises(BackupRefused, match="under way"):
        move(data_dir, "postgresql://u:p@127.0.0.1:9/x", CLOCK)


PASSWORD = "s3cret-2f1c9a7e40d84b6c"


@pytest.mark.parametrize(
    ("address", "refusal"),
    [
        (f"postgresql://u:{PASSWORD}@127.0.0.1:9/x", "cannot be reached: .*refused"),
        (f"postgresql://u:{PASSWORD}@no-such-host.invalid/x", "cannot be reached"),
        (f"postgresql://u:{PASSWORD}@127.0.0.1:port{PASSWORD}/x", "percent-encoded"),
        (f"postgresql://u:{PASSWORD}@{PASSWORD}@127.0.0.1:9/x", "percent-encoded"),
        (f"postgresql://u:a/{PASSWORD}@127.0.0.1:9/x", "percent-encoded"),
        (f"postgresql://u:a#{PASSWORD}@127.0.0.1:9/x", "percent-encoded"),
        (f"postgresql://u:{PASSWORD}%zz@127.0.0.1:9/x", "percent-encoded"),
        (f"mysql://u:{PASSWORD}@127.0.0.1:9/x", "percent-encoded"),
        (f"postgresql://u:{PASSWORD}@127.0.0.1:9/", "percent-encoded"),
        (f"postgresql://u@127.0.0.1:9/x?nonsense={PASSWORD}", "percent-encoded"),
        ("", "percent-encoded"),
    ],
)
def test_no_refusal_of_an_address_repeats_its_password(data_dir, address, refusal):
    with pytest.raises(MoveRefused, match=refusal) as refused:
        move(data_dir, address, CLOCK)
    assert PASSWORD not in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_an_address_that_both_read_alike_passes():
    check_address("postgresql://u%40corp:p%2Fs%23s%25@db.example.com:5432/port%61l?sslmode=require")
    check_address("postgresql://u@/x?host=/run/postgresql")


def portal(
    *command: str, data_dir: Path, to: str | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-m", "partner_portal.cli", *command],
        env={**kept, "PORTAL_DATA_DIR": str(data_dir), **environment},
        input=to, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.slow
def test_the_command_is_killed_and_goes_on(data_dir, target):
    """kill -9 while a table is under way, then again to the end; the address comes by a pipe."""
    warehouse = open_warehouse(str(data_dir / WAREHOUSE))
    with warehouse._engine.writing(1) as session:
        session.change("INSERT INTO mirror.companies (organization_id, id) SELECT 3, r FROM range(180000) AS s(r)")
    warehouse.close()
    before = state(data_dir)
    command = [sys.executable, "-m", "partner_portal.cli", "migrate-store", "--to", "-"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "DJANGO_"))}
    with subprocess.Popen(
        command, env={**environment, "PORTAL_DATA_DIR": str(data_dir)}, stdin=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        process.stdin.write(f"{target}\n".encode())
        process.stdin.close()
        for line in process.stderr:
            if line.startswith(b"companies"):
                break
        while not asked(target, "SELECT 1 FROM moving.tables WHERE name = 'mirror.\"companies\"' AND place > 0"):
            assert process.poll() is None
        process.send_signal(signal.SIGKILL)
    assert asked(target, "SELECT done_at FROM moving.installation") == [(None,)]
    said = portal("migrate-store", "--to", "-", data_dir=data_dir, to=f"{target}\n")
    assert said.returncode == 0, said.stderr
    lines = {line.split()[0]: line.split()[1:] for line in said.stdout.splitlines()}
    assert lines['mirror."companies"'] == [f"{180_000 + 4 + len(AWKWARD):,}", "agrees"]
    assert lines["audit_entries"][1] == "agrees"
    assert "DATABASE_URL" in said.stderr
    assert state(data_dir) == before
    again = portal("migrate-store", "--to", target, data_dir=data_dir)
    assert again.stdout == said.stdout
    assert "nothing was done now" in again.stderr


def test_the_command_wants_the_embedded_stores(tmp_path):
    said = portal("migrate-store", "--to", "-", data_dir=tmp_path, DATABASE_URL=f"postgresql://u:{PASSWORD}@h:1/x")
    assert (said.returncode, PASSWORD in said.stderr) == (1, False)
    assert "DATABASE_URL is set" in said.stderr
