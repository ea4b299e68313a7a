"""Refused log-ins of API users, reminders to make a new secret, and what is left of a connection that was ended."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the column and the tables."""

    dependencies: ClassVar = [("organizations", "0007_members_settings")]

    operations: ClassVar = [
        migrations.AddField("connection", "reminded_days", models.PositiveSmallIntegerField(default=0)),
        migrations.CreateModel(
            name="FormerConnection",
            fields=[
                (
                    "organization",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="former_connection",
                        serialize=False,
                        to="organizations.organization",
                    ),
                ),
                ("username", models.CharField(max_length=254)),
                ("tenant_number", models.BigIntegerField(null=True)),
                ("must_clear", models.BooleanField(default=False)),
                ("disconnected_at", models.DateTimeField()),
            ],
            options={"db_table": "former_connections"},
        ),
        migrations.CreateModel(
            name="LogInTries",
            fields=[
                ("username", models.CharField(max_length=254, primary_key=True, serialize=False)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("tried_at", models.DateTimeField()),
                ("paused_until", models.DateTimeField(null=True)),
            ],
            options={"db_table": "log_in_tries"},
        ),
    ]
