"""Rows in every table of Django's, of values that databases are known to tell differently."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import models

JSON = {"text": "ü\t\\ \U0001f600", "float": 1.5, "large": 1e20, "whole": 2.0, "none": None, "list": [1, [True, {}]]}


def tables() -> list[type[models.Model]]:
    """Every table that Django makes, by its model."""
    every = apps.get_models(include_auto_created=True)
    return [model for model in every if model._meta.managed and not model._meta.proxy]


def fill_every_table(now: datetime) -> None:
    """Put two rows at least into every table, and a chain of audit entries for each of two organizations and none."""
    from partner_portal.accounts.actor import SHELL
    from partner_portal.audit.events import RefreshAsked
    from partner_portal.audit.models import Entry, Head
    from partner_portal.audit.trail import record
    from partner_portal.organizations.scope import OrganizationScope

    for model in tables():
        if model not in (Entry, Head):
            held = model._base_manager.count()
            numbers = range(held + 1, held + 3) if held else (1, 2)
            rows = [{field.attname: _value(field, n, now) for field in model._meta.concrete_fields} for n in numbers]
            model._base_manager.bulk_create([model(**row) for row in rows])
    for number in range(7):
        for scope in (OrganizationScope(1), OrganizationScope(2), None):
            record(RefreshAsked(bool(number % 2)), SHELL, now + timedelta(microseconds=number), scope)


def _value(field: models.Field[Any, Any], number: int, now: datetime) -> Any:
    match field:
        case models.ForeignKey():
            return 1 + number % 2
        case models.AutoField() | models.BigAutoField():
            return number
        case models.GenericIPAddressField():
            return f"2001:db8::{number}"
        case models.DateTimeField():
            return now + timedelta(microseconds=number) if number % 2 or not field.null else None
        case models.JSONField():
            return JSON | {"number": number}
        case models.BinaryField():
            return bytes(range(number, number + 12))
        case models.BooleanField():
            return number % 2 == 0
        case models.FloatField():
            return 0.1 + number
        case models.IntegerField():
            return number if number % 2 or not field.null else None
    return f"{number} ü\n\\N \U0001f600"[: field.max_length or None]
