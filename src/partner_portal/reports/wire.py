"""How values are written in the report document."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from partner_portal.lib.money import money

NOTHING = Decimal(0)


def instant_text(instant: datetime | None) -> str | None:
    """ISO 8601 in UTC with Z; a naive instant is taken as UTC, fractions are kept only where there are any."""
    if instant is None:
        return None
    utc = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    return utc.isoformat(timespec="milliseconds" if utc.microsecond else "seconds").replace("+00:00", "Z")


def amount_text(amount: Decimal | None) -> str:
    """Money as text; a sum of nothing is 0.00."""
    return money(amount if amount is not None else NOTHING)


def named(record_id: int | None, name: str | None) -> dict[str, Any] | None:
    """A reference to a record as `{"id", "name"}`; None where there is none. The name may be unknown."""
    return None if record_id is None else {"id": record_id, "name": name}


def full_name(first: str | None, last: str | None) -> str | None:
    """First and last name in one; None when both are missing."""
    return " ".join(part.strip() for part in (first, last) if part and part.strip()) or None


def rate(part: int, whole: int) -> float | None:
    """`part` of `whole` as a number; None for 0 of 0 and for any part of nothing."""
    return part / whole if whole else None


def won_of(won: int, of: int) -> dict[str, Any]:
    """A rate with both of its counts."""
    return {"won": won, "of": of, "rate": rate(won, of)}
