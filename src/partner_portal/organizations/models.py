"""An organization, its connection to Autotask, and the syncs that ran over it."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from partner_portal.organizations.scope import OrganizationScope
from partner_portal.organizations.validation import check_currency, check_time_zone


class Organization(models.Model):
    """Our customer, one MSP. Its calendar settings decide what "this month" means.

    `week_start` counts days from Monday = 0; `fiscal_year_start` is a month from January = 1.
    """

    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[check_time_zone])
    currency = models.CharField(max_length=3, default="USD", validators=[check_currency])
    week_start = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(6)])
    fiscal_year_start = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """The table and its order."""

        db_table = "organizations"
        ordering: ClassVar = ["name", "slug"]

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> OrganizationScope:
        """Leave to work with this organization's rows."""
        return OrganizationScope(self.pk)


class Connection(models.Model):
    """How an organization reaches its Autotask; what must stay secret is in the vault, never here.

    `problem` is the reason why the last contact failed, one line with its remedy; empty when it went well.
    """

    organization = models.OneToOneField(Organization, models.CASCADE, related_name="connection", primary_key=True)
    username = models.CharField(max_length=254)
    entry_url = models.CharField(max_length=300)
    zone_name = models.CharField(max_length=100, blank=True)
    zone_url = models.CharField(max_length=300, blank=True)
    web_url = models.CharField(max_length=300, blank=True)
    dialect = models.CharField(max_length=10, blank=True)
    connected_at = models.DateTimeField()
    secret_set_at = models.DateTimeField()
    tested_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)

    class Meta:
        """The table."""

        db_table = "connections"

    def __str__(self) -> str:
        return f"{self.organization.slug} as {self.username}"


class SyncRun(models.Model):
    """One sync of an organization: open while `finished_at` is empty, and at most one is open at a time.

    `heartbeat_at` moves while the run lives, so that a run whose process died can be told from a slow one.
    `progress` maps entity paths to what arrived so far; `summary` is the result as the mirror tells it.
    """

    class Outcome(models.TextChoices):
        """How a run ended."""

        DONE = "done"
        PARTIAL = "partial"
        FAILED = "failed"
        INTERRUPTED = "interrupted"

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="sync_runs")
    is_full = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, blank=True, choices=Outcome.choices)
    problem = models.TextField(blank=True)
    progress = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)

    class Meta:
        """The table, its index, and the rule that one run at a time is open."""

        db_table = "sync_runs"
        ordering: ClassVar = ["-started_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["organization", "-started_at"], name="sync_runs_latest")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization"], condition=models.Q(finished_at=None), name="sync_runs_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization.slug} at {self.started_at:%Y-%m-%d %H:%M}: {self.outcome or 'running'}"
