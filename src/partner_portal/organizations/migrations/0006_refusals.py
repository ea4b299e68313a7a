"""How often in a row Autotask refused the credentials, and when they are tried again."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the two columns."""

    dependencies: ClassVar = [("organizations", "0005_teams")]

    operations: ClassVar = [
        migrations.AddField("connection", "refusals", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("connection", "retry_at", models.DateTimeField(null=True)),
    ]
