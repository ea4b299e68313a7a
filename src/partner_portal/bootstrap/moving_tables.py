"""Carrying Django's tables from the embedded file into PostgreSQL: all of them in one transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models, transaction
from django.db.migrations.executor import MigrationExecutor

from partner_portal.audit.chain import plain
from partner_portal.bootstrap.moving_target import TARGET, MoveRefused, Target, reason_of
from partner_portal.bootstrap.stores import PORTAL
from partner_portal.bootstrap.tables import unknown_migrations
from partner_portal.warehouse.carrying import Content

SOURCE = "moving_source"
ROWS_AT_ONCE = 2_000


@contextmanager
def read_source(data_dir: Path) -> Iterator[str]:
    """The embedded tables as they are now, read only, while this lasts; yields what tells this portal from others.

    Raises MoveRefused where there are none, or where they are not of this portal's version.
    """
    path = data_dir / PORTAL
    if not path.exists():
        raise MoveRefused(f"No installation is in {data_dir}. Name its directory by PORTAL_DATA_DIR.")
    made = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": f"{path.resolve().as_uri()}?mode=ro",
        "OPTIONS": {"timeout": 20},
    }
    connections.databases.update(
        connections.configure_settings({DEFAULT_DB_ALIAS: connections.databases[DEFAULT_DB_ALIAS], SOURCE: made})
    )
    try:
        with transaction.atomic(using=SOURCE):
            yield _checked(path)
    finally:
        connections[SOURCE].close()
        del connections[SOURCE]
        del connections.databases[SOURCE]


def _checked(path: Path) -> str:
    """What tells the installation from others, once its version is known to be ours."""
    try:
        _refuse_other_versions()
        return _identity()
    except DatabaseError as error:
        raise MoveRefused(f"{path} cannot be read: {reason_of(error)}. Restore a backup.") from None


def _refuse_other_versions() -> None:
    executor = MigrationExecutor(connections[SOURCE])
    if newer := unknown_migrations(executor.loader.applied_migrations):
        raise MoveRefused(f"The installation was written by a newer portal ({newer[0]}). Upgrade this one first.")
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise MoveRefused("The installation was written by an older portal. Start this one on it once, then again.")


def _identity() -> str:
    """Of an installation, for all its life: when it was made, to the microsecond."""
    with connections[SOURCE].cursor() as cursor:
        cursor.execute("SELECT app, name, applied FROM django_migrations ORDER BY id LIMIT 1")
        return hashlib.sha256(repr(cursor.fetchone()).encode()).hexdigest()


def make_tables(target: Target) -> None:
    """Make Django's tables in the target, as this portal wants them."""
    with target.as_default():  # for migrations that change rows: they ask for the database as everybody does
        call_command("migrate", database=TARGET, interactive=False, verbosity=0)
        call_command("createcachetable", database=TARGET, verbosity=0)


def carry_tables(target: Target) -> None:
    """Let the target's tables hold what those of the source do, unless they do so already.

    Raises MoveRefused, and then the target's tables are as they were.
    """
    wanted = {model: _content(model, SOURCE) for model in _models()}
    with transaction.atomic(using=TARGET):
        if {model: _content(model, TARGET) for model in wanted} != wanted:
            _replace(target, list(wanted))
        for model, content in wanted.items():
            name = model._meta.db_table  # noqa: SLF001 (Django's public name)
            if _content(model, TARGET) != content:
                raise MoveRefused(f"{name} does not hold the same in the target. Try again, and report it if it stays.")
            target.note(name, content, content.rows)


def _models() -> list[type[models.Model]]:
    """Every table that Django makes, of ours and of the packages that we use."""
    every = apps.get_models(include_auto_created=True)
    return [model for model in every if model._meta.managed and not model._meta.proxy]  # noqa: SLF001


def _replace(target: Target, every: list[type[models.Model]]) -> None:
    tables = ", ".join(f'"{model._meta.db_table}"' for model in every)  # noqa: SLF001
    with target.connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables}")
        for model in every:
            _copy(model, cursor.cursor)
        for statement in target.connection.ops.sequence_reset_sql(no_style(), every):
            cursor.execute(statement)


def _copy(model: type[models.Model], cursor: Any) -> None:
    fields = model._meta.concrete_fields  # noqa: SLF001
    columns = ", ".join(f'"{field.column}"' for field in fields)
    try:
        with cursor.copy(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN') as copy:  # noqa: SLF001
            for row in _rows(model, SOURCE):
                values = zip(fields, row, strict=True)
                copy.write_row([field.get_db_prep_save(value, connections[TARGET]) for field, value in values])
    except psycopg.Error as error:
        raise MoveRefused(f"The target does not take {model._meta.db_table}: {reason_of(error)}.") from None  # noqa: SLF001


def _content(model: type[models.Model], alias: str) -> Content:
    """What the table holds; a sum over its rows, as the two databases order texts otherwise."""
    rows = total = 0
    for row in _rows(model, alias):
        written = json.dumps([_told(value) for value in row], sort_keys=True)
        rows += 1
        total += int.from_bytes(hashlib.sha256(written.encode("ascii")).digest()[:8])
    return Content(rows, str(total))


def _rows(model: type[models.Model], alias: str) -> Iterator[tuple[Any, ...]]:
    names = [field.attname for field in model._meta.concrete_fields]  # noqa: SLF001
    found = model._base_manager.using(alias).order_by("pk").values_list(*names)  # noqa: SLF001
    yield from found.iterator(chunk_size=ROWS_AT_ONCE)


def _told(value: Any) -> Any:
    """`value` as both databases tell it."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case bytes() | bytearray() | memoryview():
            return bytes(value).hex()
        case dict() | list() | float():
            return plain(value)
        case None | bool() | int() | str():
            return value
    return str(value)
