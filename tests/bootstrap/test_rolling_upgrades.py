"""Two versions of the portal side by side: an upgrade only adds, and what it adds is no hindrance to the older one."""

from __future__ import annotations

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from partner_portal.bootstrap.tables import migrate_when_needed
from partner_portal.organizations.models import SyncRun

OURS = {"accounts": 3, "audit": 3, "organizations": 8, "vault": 1}
"""Our applications, with the number of the last migration from before versions ran side by side."""
ADDING = (
    migrations.CreateModel,
    migrations.AddField,
    migrations.AddIndex,
    migrations.RunPython,
    migrations.SeparateDatabaseAndState,
)


def later_operations():
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        if app in OURS and int(name[:4]) > OURS[app]:
            for operation in migration.operations:
                yield pytest.param(operation, id=f"{app}.{name}: {operation.describe()}")


def hinders_the_older(operation) -> str:
    """Why an older portal could not work beside a database that had `operation`; nothing when it can."""
    if not isinstance(operation, ADDING):
        return "takes away or changes what the older one uses: leave it for the release after the next"
    if isinstance(operation, migrations.AddField):
        field = operation.field
        if not field.null and field.db_default is models.NOT_PROVIDED:
            return "the older one inserts rows without it: make it null or give it a db_default"
    return ""


def test_migrations_leave_the_older_portal_at_work(django_db_setup):
    hindrances = {param.id: hinders_the_older(*param.values) for param in later_operations()}
    assert {name: why for name, why in hindrances.items() if why} == {}


@pytest.mark.parametrize(
    ("operation", "is_fine"),
    [
        (migrations.AddField("m", "f", models.TextField(null=True)), True),
        (migrations.AddField("m", "f", models.TextField(db_default="")), True),
        (migrations.AddField("m", "f", models.TextField(default="")), False),
        (migrations.RemoveField("m", "f"), False),
        (migrations.RenameField("m", "f", "g"), False),
        (migrations.DeleteModel("m"), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_rule_itself(operation, is_fine):
    assert (hinders_the_older(operation) == "") == is_fine


def test_what_a_newer_portal_added_is_left_alone(parts, organization):
    """This portal beside a newer one: a migration and a column that it does not know."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE sync_runs ADD COLUMN of_a_later_version varchar(9) DEFAULT '' NOT NULL")
    MigrationRecorder(connection).record_applied("organizations", "9999_of_a_later_version")
    migrate_when_needed()
    now = parts.clock.now()
    run = SyncRun.objects.create(organization=organization, started_at=now, heartbeat_at=now)
    assert SyncRun.objects.get() == run


def test_an_older_portal_can_add_runs_without_the_process(parts, organization):
    now = parts.clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sync_runs (organization_id, is_full, started_at, heartbeat_at, outcome, problem, progress, "
            "summary) VALUES (%s, %s, %s, %s, '', '', '{}', '{}')",
            [organization.pk, False, now, now],
        )
    assert SyncRun.objects.get().process == ""
