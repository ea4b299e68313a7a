"""The audit trail's table. Rows are added, never changed and never removed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from partner_portal.organizations.kept_rows import KeptRow


class Entry(KeptRow):
    """Who did what, to what, when (UTC), from where, and with which result.

    People and organizations are named, not referred to: an entry outlives them. `details` holds before and after,
    never a secret.

    Each organization's entries are a chain, and so are those of none (`chain` 0): numbered from 1 without gaps, each
    with the hash over its content and over the hash of the one before (`audit.chain`).
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
    chain = models.BigIntegerField()
    number = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        """The table, oldest first."""

        db_table = "audit_entries"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["organization_id", "-at"], name="audit_entries_latest"),
            models.Index(fields=["person_id", "action", "-at"], name="audit_entries_of_person"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["chain", "number"], name="audit_entries_numbered_once")
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor} {self.action}: {self.result}"


class Head(models.Model):
    """Where a chain of entries ends: how many there are, and the hash of the last.

    Kept apart from the entries, so that removing the last ones shows. Writing to it first is also what makes those
    who add to one chain at once wait for each other.
    """

    chain = models.BigIntegerField(primary_key=True)
    count = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        """The table."""

        db_table = "audit_heads"
        ordering: ClassVar = ["chain"]

    def __str__(self) -> str:
        return f"{self.chain}:{self.count}:{self.hash}"
