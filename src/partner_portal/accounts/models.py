"""People, and their roles in organizations."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from partner_portal.organizations.models import Organization

SESSION_SALT = "partner_portal.accounts.session"


class PersonManager(BaseUserManager["Person"]):
    """Makes people and finds them, whatever the case of their address."""

    def add(self, email: str, name: str, password: str | None) -> Person:
        """Keep a new person; without a password they cannot log in until they set one."""
        person = self.model(email=email.strip().lower(), name=name.strip())
        person.set_password(password)
        person.full_clean(exclude=["password"])
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> Person:
        """The person with this address."""
        return self.get(email__iexact=username)


class Person(AbstractBaseUser):
    """Somebody who logs in, known by an e-mail address. Deactivated people keep their traces and lose their access.

    An operator manages the organizations of the installation and, as such, is a member of none. `session_round` goes
    into what a session is held against: the next round ends those of the rounds before, for good.
    """

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
    is_operator = models.BooleanField(default=False)
    session_round = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[PersonManager] = PersonManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        """The table; two addresses that differ in case only are one."""

        db_table = "people"
        verbose_name_plural = "people"
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="people_one_address")]

    def __str__(self) -> str:
        return self.name or self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session of this person is held against: it ends when the password or the round changes."""
        told = f"{self.session_round}|{self.password}"
        return salted_hmac(SESSION_SALT, told, secret=secret, algorithm="sha256").hexdigest()

    def end_sessions(self) -> None:
        """End all sessions of this person, wherever they are; keeps the row."""
        type(self).objects.filter(pk=self.pk).update(session_round=models.F("session_round") + 1)
        self.refresh_from_db(fields=["session_round"])


class Role(models.TextChoices):
    """What a person is in an organization."""

    ADMINISTRATOR = "administrator", "Administrator"
    MANAGER = "manager", "Manager"
    REPRESENTATIVE = "representative", "Representative"
    VIEWER = "viewer", "Viewer"


class Membership(models.Model):
    """That a person belongs to an organization, in one role.

    While `is_active` is off it counts for nothing. `resource_id` is the Autotask resource that the person is, None for
    none; it holds once an administrator decided it (`is_resource_decided`), and until then the resource of the same
    e-mail address is taken.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    is_active = models.BooleanField(default=True)
    resource_id = models.BigIntegerField(null=True)
    is_resource_decided = models.BooleanField(default=False)

    class Meta:
        """The table; a person has one role in an organization."""

        db_table = "memberships"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "organization"], name="memberships_one_role"),
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.organization.slug}: {self.role}"


class Invitation(models.Model):
    """That somebody was asked to join an organization, by a link that is good for one use until `expires_at`.

    The link itself is not kept: `digest` is the SHA-256 of its random part. `invited_by` names a person and refers to
    nobody. One that was accepted or withdrawn has `closed_at`.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="invitations")
    email = models.EmailField()
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=20, choices=Role.choices)
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.CharField(max_length=254)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        """The table, newest first; an address has one open invitation to an organization."""

        db_table = "invitations"
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "organization", Lower("email"), condition=models.Q(closed_at=None), name="invitations_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.organization.slug} as {self.role}"


class AccessToken(models.Model):
    """A key with which a person's programs ask the API in one organization. The key itself is not kept.

    It hangs on the membership: where that goes, the token goes. `digest` is the key's SHA-256: of 256 random bits no
    slow hash is needed. `hint` is the key's last characters, by which its owner tells it from the others.
    `last_used_at` is kept to the hour.
    """

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="access_tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        """The table, newest first."""

        db_table = "access_tokens"
        ordering: ClassVar = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.name} (…{self.hint})"


class RequestWindow(models.Model):
    """How often something was asked for since `began_at`: the counter behind a rate limit (`accounts.rates`).

    In the database, so that all processes of the installation count together. One row a `subject`, used over and over.
    """

    subject = models.CharField(max_length=80, primary_key=True)
    began_at = models.DateTimeField()
    used = models.PositiveIntegerField()

    class Meta:
        """The table."""

        db_table = "request_windows"

    def __str__(self) -> str:
        return f"{self.subject}: {self.used}"
