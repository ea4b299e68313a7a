"""People, and their roles in organizations."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from partner_portal.organizations.models import Organization


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
    """Somebody who logs in, known by an e-mail address. Deactivated people keep their traces and lose their access."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
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


class Role(models.TextChoices):
    """What a person is in an organization."""

    ADMINISTRATOR = "administrator", "Administrator"
    MANAGER = "manager", "Manager"
    REPRESENTATIVE = "representative", "Representative"
    VIEWER = "viewer", "Viewer"


class Membership(models.Model):
    """That a person belongs to an organization, in one role."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        """The table; a person has one role in an organization."""

        db_table = "memberships"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "organization"], name="memberships_one_role"),
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.organization.slug}: {self.role}"
