"""Bringing Django's tables and the collected static files up to date, when they are not."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

STAMP = ".collected"


def migrate_when_needed() -> None:
    """Apply the migrations that are not applied yet, and make the table of what is cached."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)


def forget_ended_sessions() -> None:
    """Remove the rows of sessions that are over; they count for nothing since."""
    call_command("clearsessions", verbosity=0)


def collect_static_when_needed() -> None:
    """Collect, hash and compress the static files, unless those collected last are the same."""
    root = Path(settings.STATIC_ROOT or "")
    stamp = root / STAMP
    seen = _fingerprint()
    if stamp.exists() and stamp.read_text(encoding="ascii") == seen:
        return
    root.mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(seen, encoding="ascii")


def _fingerprint() -> str:
    """Of all static files, the portal's own and those of the packages that it uses."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            state = Path(storage.path(name)).stat()
            digest.update(f"{name}|{state.st_size}|{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()
