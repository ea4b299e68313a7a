"""Entries become chains: numbered, each with its hash, and the end of each chain kept apart."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations, models

from partner_portal.audit.chain import BEFORE_THE_FIRST, chain_of, hash_of


def chain_entries(apps: Any, _schema_editor: Any) -> None:
    """Number the entries of each chain by age and hash them."""
    entry_model, head_model = apps.get_model("audit", "Entry"), apps.get_model("audit", "Head")
    ends: dict[int, tuple[int, str]] = {}
    for entry in entry_model.objects.order_by("pk").iterator():
        entry.chain = chain_of(entry.organization_id)
        count, before = ends.get(entry.chain, (0, BEFORE_THE_FIRST))
        entry.number = count + 1
        entry.hash = hash_of(entry, before)
        entry.save(update_fields=["chain", "number", "hash"])
        ends[entry.chain] = entry.number, entry.hash
    head_model.objects.bulk_create(
        head_model(chain=chain, count=count, hash=last) for chain, (count, last) in ends.items()
    )


class Migration(migrations.Migration):
    """Adds the columns and the table, chains what is there, and holds it to the rule."""

    dependencies: ClassVar = [("audit", "0001_initial")]

    operations: ClassVar = [
        migrations.CreateModel(
            "Head",
            fields=[
                ("chain", models.BigIntegerField(primary_key=True, serialize=False)),
                ("count", models.PositiveBigIntegerField(default=0)),
                ("hash", models.CharField(blank=True, max_length=64)),
            ],
            options={"db_table": "audit_heads", "ordering": ["chain"]},
        ),
        migrations.AddField("entry", "chain", models.BigIntegerField(default=0), preserve_default=False),
        migrations.AddField("entry", "number", models.PositiveBigIntegerField(default=0), preserve_default=False),
        migrations.AddField("entry", "hash", models.CharField(default="", max_length=64), preserve_default=False),
        migrations.RunPython(chain_entries, migrations.RunPython.noop),
        migrations.AddConstraint(
            "entry", models.UniqueConstraint(fields=["chain", "number"], name="audit_entries_numbered_once")
        ),
    ]
