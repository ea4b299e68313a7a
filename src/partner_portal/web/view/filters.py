"""The report's filters as they stand in the URL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from partner_portal.lib.period import Period
from partner_portal.reports.heading import NOBODY
from partner_portal.reports.question import id_from
from partner_portal.usecases.sales_report import Asked

DEFAULT_PERIOD = "this_month"
DEFAULT_COMPARISON = "previous_period"
CUSTOM = "custom"
FIELDS = ("period", "from", "to", "compare", "owner", "team", "company", "category")
"""The names of the filters in the URL."""


class FilterWrong(ValueError):
    """A filter in the URL cannot be understood. The message is one line with its remedy."""


@dataclass(frozen=True)
class Filters:
    """What is asked for. `start` and `end` belong to the period `custom` only.

    `owner` is the Autotask id of a resource, `nobody` for what nobody owns, None for everyone; `team` is a team's name,
    "" for all; `company_id` and `category_id` are Autotask ids.
    """

    period: str = DEFAULT_PERIOD
    start: date | None = None
    end: date | None = None
    compare: str = DEFAULT_COMPARISON
    owner: int | str | None = None
    team: str = ""
    company_id: int | None = None
    category_id: int | None = None

    def fields(self) -> dict[str, str]:
        """The filters by their names in the URL; those that are the default are left out."""
        return dict(self._fields())

    def query(self) -> str:
        """The filters as a query string with its "?"; "" when all are the default."""
        fields = self.fields()
        return f"?{urlencode(fields)}" if fields else ""

    def asked(self) -> Asked:
        """The same, for the use cases."""
        return {
            "period": self.period,
            "start": self.start.isoformat() if self.start else None,
            "end": self.end.isoformat() if self.end else None,
            "compare": self.compare,
            "owner": self.owner,
            "team": self.team or None,
            "company": self.company_id,
            "category": self.category_id,
        }

    def of_span(self, start: date, end: date) -> Filters:
        """The same for a range of these dates."""
        return replace(self, period=CUSTOM, start=start, end=end)

    def of_period(self, period: Period) -> Filters:
        """The same for `period`."""
        if period.name == CUSTOM:
            return self.of_span(period.start, period.end)
        return replace(self, period=period.name, start=None, end=None)

    def uncompared(self) -> Filters:
        """The same without comparison."""
        return replace(self, compare="none")

    def is_narrowed(self) -> bool:
        """Whether only a part of the organization's records is asked for."""
        return self.owner is not None or self.team != "" or self.company_id is not None or self.category_id is not None

    def _fields(self) -> Iterator[tuple[str, str]]:
        if self.period != DEFAULT_PERIOD:
            yield "period", self.period
        if self.start and self.end:
            yield "from", self.start.isoformat()
            yield "to", self.end.isoformat()
        if self.compare != DEFAULT_COMPARISON:
            yield "compare", self.compare
        wanted: dict[str, Any] = {"owner": self.owner, "team": self.team or None}
        wanted |= {"company": self.company_id, "category": self.category_id}
        yield from ((name, str(value)) for name, value in wanted.items() if value is not None)


def read_filters(query: Mapping[str, str]) -> Filters:
    """The filters of a query string. Raises FilterWrong; whether the period exists is for the report to say."""
    start, end = _date(query, "from"), _date(query, "to")
    given = query.get("period") or ""
    period = given or (CUSTOM if start or end else DEFAULT_PERIOD)
    if period != CUSTOM:
        start = end = None
    return Filters(
        period,
        start,
        end,
        query.get("compare") or DEFAULT_COMPARISON,
        NOBODY if query.get("owner", "").strip() == NOBODY else _id(query, "owner"),
        query.get("team", "").strip(),
        _id(query, "company"),
        _id(query, "category"),
    )


def _date(query: Mapping[str, str], name: str) -> date | None:
    text = query.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise FilterWrong(f"{text!r} is no date: write it as 2025-11-30.") from None


def _id(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name, "").strip()
    if not text:
        return None
    found = id_from(text)
    if found is None:
        raise FilterWrong(f"There is no {name} {text!r}: choose one from the list.")
    return found
