"""Chains where several write at once, on SQLite's file and on PostgreSQL; and entries from before the chains."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from postgres import fresh_database, postgres_server  # noqa: F401 (fixtures)

WRITING = """
import threading
from datetime import UTC, datetime
from partner_portal.bootstrap import portal
portal.prepare()
from django.db import connections, transaction
from partner_portal.accounts.actor import SHELL
from partner_portal.audit.events import RefreshAsked
from partner_portal.audit.trail import record
from partner_portal.audit.verification import verify_chains
from partner_portal.organizations.scope import OrganizationScope

start = threading.Barrier(6)

def write(scope):
    start.wait()
    for number in range(15):
        with transaction.atomic():
            record(RefreshAsked(bool(number % 2)), SHELL, datetime.now(UTC), scope)
    connections.close_all()

scopes = [OrganizationScope(1), OrganizationScope(2), None] * 2
threads = [threading.Thread(target=write, args=(scope,)) for scope in scopes]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
for found in verify_chains():
    print(found.end.chain, found.end.count, found.problem)
"""

MIGRATING = """
from datetime import UTC, datetime
from partner_portal.bootstrap import portal
import partner_portal.bootstrap.tables as tables
portal.prepare()
from django.core.management import call_command
from django.db import connection
call_command("migrate", "audit", "0001", verbosity=0)
with connection.cursor() as cursor:
    for number in range(7):
        cursor.execute(
            "INSERT INTO audit_entries (at, actor, organization_id, action, address, result, reason, details)"
            " VALUES (%s, %s, %s, 'refresh.asked', '', 'done', '', %s)",
            [datetime(2026, 11, 1, 0, 0, number, 123456, tzinfo=UTC), "ada", number % 2 or None, '{"queued": true}'],
        )
call_command("migrate", "audit", verbosity=0)
from partner_portal.accounts.actor import SHELL
from partner_portal.audit.events import RefreshAsked
from partner_portal.audit.trail import record
from partner_portal.audit.verification import verify_chains
from partner_portal.organizations.scope import OrganizationScope
record(RefreshAsked(True), SHELL, datetime.now(UTC), OrganizationScope(1))
for found in verify_chains():
    print(found.end.chain, found.end.count, found.problem)
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request):
    if request.param == "sqlite":
        yield ""
        return
    with fresh_database(request.getfixturevalue("postgres_server")) as address:
        yield address


def told(program: str, database_url: str, data_dir: Path) -> list[str]:
    environment = {**os.environ, "PORTAL_DATA_DIR": str(data_dir), "DATABASE_URL": database_url}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.splitlines()


def test_those_who_write_at_once_wait_for_each_other(database_url, tmp_path):
    assert told(WRITING, database_url, tmp_path) == ["0 30 None", "1 30 None", "2 30 None"]


def test_entries_from_before_are_chained_by_the_migration(database_url, tmp_path):
    assert told(MIGRATING, database_url, tmp_path) == ["0 4 None", "1 4 None"]
