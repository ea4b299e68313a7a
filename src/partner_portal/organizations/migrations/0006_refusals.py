"""How often in a row Autotask refused the credentials."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the column."""

    dependencies: ClassVar = [("organizations", "0005_teams")]

    operations: ClassVar = [
        migrations.AddField("connection", "refusals", models.PositiveSmallIntegerField(default=0)),
    ]
