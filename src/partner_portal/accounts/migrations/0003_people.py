"""Operators, invitations, memberships that rest, and which Autotask resource a member is."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

ROLES = [
    ("administrator", "Administrator"),
    ("manager", "Manager"),
    ("representative", "Representative"),
    ("viewer", "Viewer"),
]


class Migration(migrations.Migration):
    """Adds the columns and the table."""

    dependencies: ClassVar = [("accounts", "0002_access_tokens"), ("organizations", "0007_members_settings")]

    operations: ClassVar = [
        migrations.AddField("person", "is_operator", models.BooleanField(default=False)),
        migrations.AddField("person", "session_round", models.PositiveIntegerField(default=0)),
        migrations.AddField("membership", "is_active", models.BooleanField(default=True)),
        migrations.AddField("membership", "resource_id", models.BigIntegerField(null=True)),
        migrations.AddField("membership", "is_resource_decided", models.BooleanField(default=False)),
        migrations.CreateModel(
            "Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(max_length=254)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("role", models.CharField(choices=ROLES, max_length=20)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("invited_by", models.CharField(max_length=254)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="organizations.organization",
                    ),
                ),
            ],
            options={"db_table": "invitations", "ordering": ["-created_at", "-id"]},
        ),
        migrations.AddConstraint(
            "invitation",
            models.UniqueConstraint(
                "organization",
                django.db.models.functions.text.Lower("email"),
                condition=models.Q(closed_at=None),
                name="invitations_one_open",
            ),
        ),
    ]
