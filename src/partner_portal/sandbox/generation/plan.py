"""Plan: what every part of the made-up MSP is drawn from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from partner_portal.sandbox.generation.calendar import Calendar, instant_text
from partner_portal.sandbox.tenant import Tenant

Row = dict[str, Any]
YEARS = 4
DAYS_AHEAD = 60
ECHOES = ("same_id", "other_id", "none")


class Sizes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many rows the entities get that are no activities; the rest follows from them."""

    companies: int = 400
    contacts: int = 800
    opportunities: int = 900
    appointments: int = 1_500
    tickets: int = 600
    time_entries: int = 900
    contracts: int = 150
    tasks: int = 250


@dataclass(frozen=True)
class Plan:
    """The arguments of a world, its calendar, and a source of chance for each part that no other part disturbs."""

    seed: int
    now: datetime
    zone: ZoneInfo
    tenant: Tenant
    activities: int
    echo: str = "same_id"
    sizes: Sizes = field(default_factory=Sizes)

    def __post_init__(self) -> None:
        if self.echo not in ECHOES:
            raise ValueError(f"unknown echo {self.echo!r}: one of {', '.join(ECHOES)}")

    @cached_property
    def calendar(self) -> Calendar:
        """Four years up to now and two months beyond."""
        today = self.now.astimezone(self.zone).date()
        first = today - timedelta(days=365 * YEARS + 1)
        return Calendar(first, today + timedelta(days=DAYS_AHEAD), self.now, self.zone)

    def random(self, part: str) -> Random:
        """A source of chance of its own for `part`."""
        return Random(f"{self.seed} {part}")  # noqa: S311  (a repeatable world, no secret)

    def date_only(self, random: Random, day: date) -> str:
        """A date as the API stores one: midnight in UTC, or local midnight written in UTC; both are seen."""
        if random.random() < 0.5:
            return f"{day.isoformat()}T00:00:00Z"
        return instant_text(self.calendar.midnight(day))

    def stamp(self, random: Random, seconds: float) -> str:
        """A server's stamp: some have digits below the second, none lies in the future."""
        thousandths = int(random.random() * 1_000) if random.random() < 0.4 else 0
        return instant_text(min(seconds, self.calendar.now - 1), thousandths)


def ids_from(first: int, random: Random) -> _Ids:
    """Ascending ids with gaps, as deletions leave them."""
    return _Ids(first, random)


class _Ids:
    def __init__(self, first: int, random: Random) -> None:
        self._last = first - 1
        self._random = random

    def __next__(self) -> int:
        self._last += 1 if self._random.random() < 0.8 else self._random.randrange(2, 9)
        return self._last

    def __iter__(self) -> _Ids:
        return self
