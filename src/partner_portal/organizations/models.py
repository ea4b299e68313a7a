"""An organization, its connection to Autotask, its syncs and teams, and what its Autotask's ids mean."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower

from partner_portal.organizations.kept_rows import KeptRow
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.organizations.validation import check_currency, check_time_zone


class Organization(models.Model):
    """Our customer, one MSP. Its calendar settings decide what "this month" means.

    `week_start` counts days from Monday = 0; `fiscal_year_start` is a month from January = 1. While `is_active` is off
    it is served to nobody and not synced. Representatives see the totals of their teams where `shows_team_totals`.
    Members need a second factor to log in where `requires_mfa`.
    """

    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[check_time_zone])
    currency = models.CharField(max_length=3, default="USD", validators=[check_currency])
    week_start = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(6)])
    fiscal_year_start = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    is_active = models.BooleanField(default=True)
    shows_team_totals = models.BooleanField(default=False)
    requires_mfa = models.BooleanField(default=False)
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
    `zone_found_at` is when the zone was last asked for; `accepted_at` when Autotask last accepted the credentials,
    empty when it refused them since; `answer_seconds` how long an answer took then. `budget_used` of `budget_limit`
    calls in `budget_minutes` were spent by all of the tenant's integrations at `budget_read_at`; until `paused_until`
    nothing is sent, because too many were, or because Autotask refused the credentials, `refusals` times in a row.
    `secret_set_at` is when the secret was new; `reminded_days` the age at which the administrators were last written
    to about it, 0 when they were not.
    `tenant_number` is the number of the tenant's Autotask database, empty where Autotask never told it; `must_clear`
    says that rows of an earlier tenant may still be held, and must go before any of this one's come.
    """

    organization = models.OneToOneField(Organization, models.CASCADE, related_name="connection", primary_key=True)
    username = models.CharField(max_length=254)
    entry_url = models.CharField(max_length=300)
    zone_name = models.CharField(max_length=100, blank=True)
    zone_url = models.CharField(max_length=300, blank=True)
    web_url = models.CharField(max_length=300, blank=True)
    tenant_number = models.BigIntegerField(null=True)
    must_clear = models.BooleanField(default=False)
    dialect = models.CharField(max_length=10, blank=True)
    connected_at = models.DateTimeField()
    secret_set_at = models.DateTimeField()
    reminded_days = models.PositiveSmallIntegerField(default=0)
    tested_at = models.DateTimeField(null=True)
    zone_found_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    answer_seconds = models.FloatField(default=0)
    budget_read_at = models.DateTimeField(null=True)
    budget_used = models.PositiveIntegerField(default=0)
    budget_limit = models.PositiveIntegerField(default=0)
    budget_minutes = models.PositiveIntegerField(default=0)
    paused_until = models.DateTimeField(null=True)
    refusals = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)

    class Meta:
        """The table."""

        db_table = "connections"

    def __str__(self) -> str:
        return f"{self.organization.slug} as {self.username}"


class FormerConnection(models.Model):
    """What is left of a connection that was ended: whose data may still be held, and whether it must go.

    There is one while the organization is not connected; the next connection takes over what it says.
    """

    organization = models.OneToOneField(
        Organization, models.CASCADE, related_name="former_connection", primary_key=True
    )
    username = models.CharField(max_length=254)
    tenant_number = models.BigIntegerField(null=True)
    must_clear = models.BooleanField(default=False)
    disconnected_at = models.DateTimeField()

    class Meta:
        """The table."""

        db_table = "former_connections"

    def __str__(self) -> str:
        return f"{self.organization.slug}, until {self.disconnected_at:%Y-%m-%d %H:%M} as {self.username}"


class LogInTries(models.Model):
    """How often people tried to log in to Autotask as one API user and were not let in, since it last worked.

    It belongs to the API user, not to an organization: the user is what Autotask locks, whoever tries. `username` is in
    lower case. A try is counted before it is made; until `paused_until` nobody may make another.
    """

    username = models.CharField(max_length=254, primary_key=True)
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField()
    paused_until = models.DateTimeField(null=True)

    class Meta:
        """The table."""

        db_table = "log_in_tries"

    def __str__(self) -> str:
        return f"{self.username}: {self.tries}"


class SyncRun(models.Model):
    """One sync of an organization: open while `finished_at` is empty, and at most one is open at a time.

    `heartbeat_at` moves while the run lives, so that a run whose process died can be told from a slow one; `process`
    is what that process is called among those of the installation.
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
    process = models.CharField(max_length=80, blank=True, db_default="")
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


class SentRequests(models.Model):
    """How many requests syncs sent to Autotask within one hour (`hour` is its start) for one entity.

    `entity` is the entity's wire path or the name of a call that belongs to none; `throttled` counts the answers 429.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="sent_requests")
    hour = models.DateTimeField()
    entity = models.CharField(max_length=60)
    requests = models.PositiveIntegerField(default=0)
    throttled = models.PositiveIntegerField(default=0)

    class Meta:
        """The table, its order, and the rule that an hour of an entity is counted in one row."""

        db_table = "sent_requests"
        ordering: ClassVar = ["-hour", "entity"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "hour", "entity"], name="sent_requests_one_an_hour")
        ]

    def __str__(self) -> str:
        return f"{self.entity} at {self.hour:%Y-%m-%d %H}: {self.requests}"


class Team(models.Model):
    """Resources of an organization's Autotask whose records are read together.

    `members` are their Autotask ids, kept as they were given: a resource may leave Autotask and stay in its team.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="teams")
    name = models.CharField(max_length=100)
    members = models.JSONField(default=list, blank=True)

    class Meta:
        """The table, by name, and the rule that a name is given once, in whatever case."""

        db_table = "teams"
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [models.UniqueConstraint("organization", Lower("name"), name="teams_named_once")]

    def __str__(self) -> str:
        return self.name


class MappingVersion(KeptRow):
    """What an organization's action types, stages and statuses mean, as somebody confirmed it at an instant.

    The one with the highest `version` (from 1 on) is in force; earlier ones stay as they were. `document` is
    `mapping/1`. People are named, not referred to: a version outlives its author.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="mapping_versions")
    version = models.PositiveIntegerField()
    document = models.JSONField()
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=254)

    class Meta:
        """The table, newest first, and the rule that a version is given once."""

        db_table = "mapping_versions"
        ordering: ClassVar = ["-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "version"], name="mapping_versions_given_once")
        ]

    def __str__(self) -> str:
        return f"{self.organization.slug}, version {self.version} by {self.saved_by}"
