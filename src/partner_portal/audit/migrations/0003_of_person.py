"""What one person did of one kind is found without reading everybody's entries."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the index."""

    dependencies: ClassVar = [("audit", "0002_chain")]

    operations: ClassVar = [
        migrations.AddIndex(
            "entry", models.Index(fields=["person_id", "action", "-at"], name="audit_entries_of_person")
        )
    ]
