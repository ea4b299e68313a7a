"""The audit trail's table. Rows are added, never changed and never removed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from partner_portal.organizations.kept_rows import KeptRow


class Entry(KeptRow):
    """Who did what, to what, when (UTC), from where, and with which result.

    People and organizations are named, not referred to: an entry outlives them. `details` holds before and after,
    never a secret.
    """

    class Result(models.TextChoices):
        """How the act ended."""

        DONE = "done"
        FAILED = "failed"
        REFUSED = "refused"

    at = models.DateTimeField()
    actor = models.CharField(max_length=254)
    person_id = models.BigIntegerField(null=True)
    organization_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=60)
    address = models.CharField(max_length=45, blank=True)
    result = models.CharField(max_length=8, choices=Result.choices)
    reason = models.TextField(blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        """The table, oldest first."""

        db_table = "audit_entries"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["organization_id", "-at"], name="audit_entries_latest")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor} {self.action}: {self.result}"
