"""Which process works on a sync run."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """A name with a default in the database: an older portal beside this one inserts rows without it."""

    dependencies: ClassVar = [("organizations", "0008_connection_lifecycle")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="syncrun",
            name="process",
            field=models.CharField(blank=True, db_default="", max_length=80),
        ),
    ]
