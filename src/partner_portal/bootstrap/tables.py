"""Bringing Django's tables and the collected static files up to date, when they are not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from partner_portal.bootstrap.moving_target import MoveRefused, is_half_moved
from partner_portal.bootstrap.starting import one_at_a_time

STAMP = ".collected"


def migrate_when_needed() -> None:
    """Apply the migrations that are not applied yet, and make the table of what is cached.

    Raises MoveRefused for a database into which an installation was moved in part.
    """
    if is_half_moved(connection):
        raise MoveRefused(
            "The database of DATABASE_URL was filled in part. Let `portal migrate-store` end, or run it again."
        )
    if not _is_migrated():
        with one_at_a_time("tables"):
            if not _is_migrated():
                call_command("migrate", interactive=False, verbosity=0)
                call_command("createcachetable", verbosity=0)


def _is_migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def unknown_migrations(applied: Iterable[tuple[str, str]]) -> list[str]:
    """Those of `applied`, by application and name, that belong to our applications and that this portal has not."""
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    ours = {app for app, _ in known}
    return [f"{app}.{name}" for app, name in applied if app in ours and (app, name) not in known]


def forget_ended_sessions() -> None:
    """Remove the rows of sessions that are over; they count for nothing since."""
    call_command("clearsessions", verbosity=0)


def collect_static_when_needed() -> None:
    """Collect, hash and compress the static files, unless those collected last are the same."""
    seen = _fingerprint()
    stamp = Path(settings.STATIC_ROOT or "") / STAMP
    if not _is_stamped(stamp, seen):
        with one_at_a_time("static files"):
            if not _is_stamped(stamp, seen):
                stamp.parent.mkdir(parents=True, exist_ok=True)
                call_command("collectstatic", interactive=False, clear=True, verbosity=0)
                stamp.write_text(seen, encoding="ascii")


def _is_stamped(stamp: Path, seen: str) -> bool:
    return stamp.exists() and stamp.read_text(encoding="ascii") == seen


def _fingerprint() -> str:
    """Of all static files, the portal's own and those of the packages that it uses."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            state = Path(storage.path(name)).stat()
            digest.update(f"{name}|{state.st_size}|{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()
