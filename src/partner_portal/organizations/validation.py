"""What an organization's settings may be. Each check raises Django's ValidationError with one line."""

from __future__ import annotations

import re
from functools import cache
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def check_time_zone(value: str) -> None:
    """An IANA name such as Europe/Berlin; abbreviations and offsets lose the clock changes."""
    if value not in _zones():
        raise ValidationError(f"{value!r} is no IANA time zone. Write one such as Europe/Berlin or America/New_York.")


def check_currency(value: str) -> None:
    """Three capital letters, as ISO 4217 writes currencies."""
    if not re.fullmatch(r"[A-Z]{3}", value):
        raise ValidationError(f"{value!r} is no ISO 4217 currency. Write three capital letters such as USD.")
