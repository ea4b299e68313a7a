"""The question a sales report answers: whose numbers, of which period, compared with what."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from partner_portal.lib.period import Period, PeriodError, comparison_period, resolve_period
from partner_portal.lib.zone import ZoneError, first_instant, local_date, zone_named

LONGEST_ID = 20
"""Digits that an id may have: 64-bit integers have 19. Python refuses to read numbers of thousands of digits."""


class QuestionError(ValueError):
    """The question cannot be answered as it was put. The message is one line and names the remedy."""


@dataclass(frozen=True)
class OrganizationFacts:
    """What a report must know of an organization.

    `time_zone` is an IANA name, `currency` an ISO 4217 code, `week_start` 0 (Monday) to 6 (Sunday),
    `fiscal_year_start` the month 1-12 in which the fiscal year begins.
    """

    slug: str
    name: str
    time_zone: str
    currency: str
    week_start: int = 0
    fiscal_year_start: int = 1


@dataclass(frozen=True)
class Team:
    """A team of the organization: its name, and the resources whose records are its own."""

    name: str
    members: frozenset[int]


@dataclass(frozen=True)
class Question:
    """One question to the mirror. `now` is aware.

    The records of one resource, team, company or opportunity category only, by their Autotask ids; None for all.
    With `of_nobody` those that no resource owns. `confined_to` is the resource whose own numbers whoever asks may see
    only, None where everybody's: of a team, totals are told then, and neither records nor what others did.
    """

    organization: OrganizationFacts
    _: KW_ONLY
    now: datetime
    period_name: str = "this_month"
    start: date | None = None
    end: date | None = None
    compare: str = "previous_period"
    owner_id: int | None = None
    of_nobody: bool = False
    team: Team | None = None
    company_id: int | None = None
    category_id: int | None = None
    confined_to: int | None = None

    @property
    def tells_totals_only(self) -> bool:
        """Whether the answer may name nobody's records, and no other owner's figures."""
        return self.confined_to is not None and self.owner_id != self.confined_to


@dataclass(frozen=True)
class Frame:
    """A question placed in time: local dates and UTC instants of the period and of its comparison."""

    question: Question
    zone: ZoneInfo
    today: date
    period: Period
    comparison: Period | None

    @property
    def instants(self) -> tuple[datetime, datetime]:
        """The period as a half-open interval of aware UTC instants."""
        return self.period.instants(self.zone)

    @property
    def earlier_instants(self) -> tuple[datetime, datetime] | None:
        """The comparison period likewise; None without comparison."""
        return None if self.comparison is None else self.comparison.instants(self.zone)

    def day_within(self, day: date) -> date:
        """`day`, or the nearest of the period: where clocks went back over midnight, yesterday's wall shows twice."""
        return min(max(day, self.period.start), self.period.end)

    @property
    def parameters(self) -> dict[str, Any]:
        """What statements name: naive UTC instants and local dates of both periods and today, and the ids asked for."""
        asked = self.question
        values: dict[str, Any] = {"owner_id": asked.owner_id}
        values |= {"company_id": asked.company_id, "category_id": asked.category_id}
        values |= {"today": self.today, "today_starts_at": naive(first_instant(self.today, self.zone))}
        values |= {"start": self.period.start, "end": self.period.end}
        values |= dict(zip(("starts_at", "ends_at"), map(naive, self.instants), strict=True))
        earlier = self.earlier_instants
        if self.comparison is not None and earlier is not None:
            values |= {"earlier_start": self.comparison.start, "earlier_end": self.comparison.end}
            values |= dict(zip(("earlier_starts_at", "earlier_ends_at"), map(naive, earlier), strict=True))
        return values


def naive(instant: datetime) -> datetime:
    """An aware instant as the warehouse keeps it: UTC without zone."""
    return instant.astimezone(UTC).replace(tzinfo=None)


def day_from(text: str) -> date:
    """The date written `YYYY-MM-DD`. Raises `QuestionError`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise QuestionError(f"{text!r} is not a date: write it like 2026-11-30.") from None


def id_from(text: str) -> int | None:
    """The Autotask id written in decimal digits; None where it is none, or longer than any."""
    digits = text.strip()
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= LONGEST_ID else None


def frame_of(question: Question) -> Frame:
    """Place `question` in time. Raises `QuestionError` for an unknown zone, period or comparison."""
    facts = question.organization
    if question.now.tzinfo is None:
        raise QuestionError("The present instant has no time zone: pass an aware datetime.")
    try:
        zone = zone_named(facts.time_zone)
        today = local_date(question.now, zone)
        period = resolve_period(
            question.period_name,
            today,
            start=question.start,
            end=question.end,
            week_start=facts.week_start,
            fiscal_year_start=facts.fiscal_year_start,
        )
        comparison = comparison_period(period, question.compare, today)
    except (PeriodError, ZoneError) as error:
        raise QuestionError(str(error)) from error
    return Frame(question, zone, today, period, comparison)
