"""The sealed values, as they lie in the database."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from partner_portal.organizations.models import Organization


class SealedSecret(models.Model):
    """One sealed value of one organization; `key_id` says which key opens it."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    field = models.CharField(max_length=50)
    key_id = models.CharField(max_length=16)
    nonce = models.BinaryField()
    ciphertext = models.BinaryField()
    sealed_at = models.DateTimeField(auto_now=True)

    class Meta:
        """The table; a field is sealed once per organization."""

        db_table = "sealed_secrets"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "field"], name="sealed_secrets_one_value"),
        ]

    def __str__(self) -> str:
        return f"{self.field}, sealed with {self.key_id}"
