"""Rate limits: how often a person or an organization may ask for something within a while.

Counted in the database by updates that tell how many rows they changed, so that no two processes can both take the
last one. A window begins with the first request and lasts its full length, so twice the limit can pass around its
end, and no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from partner_portal.accounts.models import RequestWindow


@dataclass(frozen=True)
class Rate:
    """At most `most` requests within `seconds`; `name` tells what is limited, and in whose name it is counted."""

    name: str
    most: int
    seconds: int


class TooManyRequests(Exception):
    """A rate limit was reached.

    `seconds` is how long to wait; `is_first` marks the first refusal of a window, so that a flood is noted once.
    """

    def __init__(self, rate: Rate, seconds: int, *, is_first: bool) -> None:
        super().__init__(
            f"More than {rate.most} requests in {rate.seconds} seconds ({rate.name}). Wait {seconds} seconds."
        )
        self.seconds = seconds
        self.is_first = is_first


def take(rate: Rate, whose: int, now: datetime) -> None:
    """Count one request of `whose` (a person's or an organization's id); raise TooManyRequests when none is left."""
    row, _ = RequestWindow.objects.get_or_create(subject=f"{rate.name}:{whose}", defaults={"began_at": now, "used": 0})
    held = RequestWindow.objects.filter(pk=row.pk)
    since = now - timedelta(seconds=rate.seconds)
    if held.filter(began_at__lte=since).update(began_at=now, used=1):
        return
    if held.filter(used__lt=rate.most).update(used=F("used") + 1):
        return
    is_first = bool(held.filter(used=rate.most).update(used=rate.most + 1))
    row.refresh_from_db()
    left = (row.began_at - since).total_seconds()
    raise TooManyRequests(rate, max(1, round(left + 0.5)), is_first=is_first)
