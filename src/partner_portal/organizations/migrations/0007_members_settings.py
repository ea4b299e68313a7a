"""Whether an organization is served at all, what its representatives see, and whether its members need two factors."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the columns."""

    dependencies: ClassVar = [("organizations", "0006_refusals")]

    operations: ClassVar = [
        migrations.AddField("organization", "is_active", models.BooleanField(default=True)),
        migrations.AddField("organization", "shows_team_totals", models.BooleanField(default=False)),
        migrations.AddField("organization", "requires_mfa", models.BooleanField(default=False)),
    ]
