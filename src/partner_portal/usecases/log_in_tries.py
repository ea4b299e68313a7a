"""How often people may try to log in to Autotask as one API user: twice, then again after a pause, and a longer one.

Autotask locks an API user after some failed logins (API.md section 2), whoever made them. So what counts is the name of
the API user, in the whole installation and whatever the secret: two organizations that try the same user share the
tries, and another user has tries of their own. The tries are in the database, so that neither a restart nor another
process forgets them, and each is counted before it is made: two that begin at once cannot both be the last one.
Only a try that Autotask accepted makes them as good as new. The zone lookup carries no secret and does not count; syncs
keep their own pauses (`usecases.pauses`), and their success says nothing about what people type.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F, Q

from partner_portal.organizations.models import LogInTries, Organization
from partner_portal.usecases.errors import LogInsPaused
from partner_portal.usecases.pauses import wait_after

FREE_TRIES = 2
KEPT = timedelta(days=90)
"""How long tries of a user that never worked are remembered."""


@dataclass(frozen=True)
class LogInTry:
    """One try, counted and not decided yet: whoever began it says how it ended."""

    username: str

    def accept(self) -> None:
        """Autotask let the user in: nothing is left of earlier tries."""
        LogInTries.objects.filter(pk=self.username).delete()

    def take_back(self) -> None:
        """Autotask did not judge the credentials, so there was no failed login."""
        held = LogInTries.objects.filter(pk=self.username, tries__gt=0)
        held.update(tries=F("tries") - 1, paused_until=None)

    def refuse(self, now: datetime) -> int:
        """Autotask refused: the pause, if this was the last try, begins now. How many tries are left before it."""
        held = LogInTries.objects.get(pk=self.username)
        LogInTries.objects.filter(pk=self.username).update(paused_until=_pause(held.tries, now))
        return max(0, FREE_TRIES - held.tries)


def begin_try(organization: Organization, username: str, now: datetime) -> LogInTry:
    """Count one more try as `username`; raise LogInsPaused, by the clock of `organization`, when none is left."""
    name = username.casefold()
    LogInTries.objects.filter(tried_at__lt=now - KEPT).delete()
    ready = Q(paused_until=None) | Q(paused_until__lte=now)
    while True:
        held, _ = LogInTries.objects.get_or_create(username=name, defaults={"tried_at": now})
        if held.paused_until is not None and held.paused_until > now:
            seconds = math.ceil((held.paused_until - now).total_seconds())
            raise LogInsPaused(username, in_words(held.paused_until, organization), held.paused_until, seconds)
        mine = LogInTries.objects.filter(ready, pk=name, tries=held.tries)
        if mine.update(tries=held.tries + 1, tried_at=now, paused_until=_pause(held.tries + 1, now)):
            return LogInTry(name)


def paused_until(username: str, now: datetime) -> datetime | None:
    """Until when nobody may try to log in as `username`; None when one may."""
    held = LogInTries.objects.filter(pk=username.casefold(), paused_until__gt=now).first()
    return None if held is None else held.paused_until


def in_words(until: datetime, organization: Organization) -> str:
    """An instant by the organization's clock."""
    return f"{until.astimezone(ZoneInfo(organization.time_zone)):%d %B at %H:%M}"


def _pause(tries: int, now: datetime) -> datetime | None:
    """Until when to wait after so many tries in a row; None when the next one may follow at once."""
    return None if tries < FREE_TRIES else now + wait_after(tries - FREE_TRIES + 1)
