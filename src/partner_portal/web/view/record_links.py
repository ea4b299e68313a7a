"""Where the figures of a report lead: to the very records that each is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import urlencode

from partner_portal.reports.catalogue import CATALOGUE
from partner_portal.reports.heading import NOBODY
from partner_portal.web.view.filters import Filters

METRIC = "METRIC"
"""Stands for the metric's slug in the pattern of addresses."""
NONE = "none"


@cache
def _slugs() -> dict[str, str]:
    """The metric that each place of the document shows, as the catalogue names these: `by_day[].calls`."""
    return {figure: metric.slug for metric in CATALOGUE for figure in metric.figures}


@dataclass(frozen=True)
class RecordLinks:
    """The links from one `document`, which answers `filters`.

    `pattern` is the address of a list of records with METRIC for the metric; "" where the visitor may not see any.
    """

    document: Mapping[str, Any]
    filters: Filters
    pattern: str = ""

    def href(self, slug: str, *, only: str = "", of_comparison: bool = False, filters: Filters | None = None) -> str:
        """The records of the metric `slug`; `only` narrows them to an entry of a list, `filters` replaces the report's.

        "" where the visitor may not see records.
        """
        if not self.pattern:
            return ""
        fields = (filters or self.filters).fields()
        if only:
            fields["only"] = only
        if of_comparison:
            fields["of"] = "comparison"
        fields["version"] = str(self.document["data"]["version"])
        return f"{self.pattern.replace(METRIC, slug)}?{urlencode(fields)}"

    def of_days(self, slug: str, first: date, last: date) -> str:
        """The records of the metric `slug` from the day `first` to the day `last`."""
        return self.href(slug, filters=self.filters.of_span(first, last))

    def of_path(self, path: str) -> str:
        """The records of the figure at `path` of the document; "" where no metric is shown there.

        `by_day.3-9.calls` is the sum over these days.
        """
        if not self.pattern:
            return ""
        steps, place = _Steps(self), ""
        for step in path.split("."):
            place = steps.take(place, step)
        slug = _slugs().get(place)
        if slug is None and place.startswith("funnel."):  # a step's rates are of the deals that it counts
            slug = _slugs().get(f"{place.rpartition('.')[0]}.count")
        if slug is None:
            return ""
        return self.href(slug, only=steps.only, of_comparison=".previous" in path, filters=steps.filters)


class _Steps:
    """A path on its way through the document: what the entries of lists that it passes narrow the records to."""

    def __init__(self, links: RecordLinks) -> None:
        self.value: Any = links.document
        self.filters = links.filters
        self.only = ""

    def take(self, place: str, step: str) -> str:
        """Go on by `step` from `place`, which is written as the catalogue writes it; the place reached, likewise."""
        if not isinstance(self.value, list):
            self.value = self.value.get(step) if isinstance(self.value, Mapping) else None
            return f"{place}.{step}" if place else step
        first, _, last = step.partition("-")
        entries = self.value[int(first)], self.value[int(last or first)]
        self.value = entries[0]
        if "key" in entries[0]:
            return f"{place}.{entries[0]['key']}"
        self._narrow(place, *entries)
        return f"{place}[]"

    def _narrow(self, place: str, entry: Mapping[str, Any], last: Mapping[str, Any]) -> None:
        if place == "by_day":
            days = date.fromisoformat(entry["date"]), date.fromisoformat(last["date"])
            self.filters = self.filters.of_span(*days)
        elif place == "by_owner":
            owner = entry["owner"]
            self.filters = replace(self.filters, owner=NOBODY if owner is None else owner["id"])
        elif place == "pipeline.open_by_stage":
            self.only = f"stage:{_or_none(entry['stage'])}"
        elif place == "pipeline.projected_close":
            self.only = f"month:{entry['month']}"
        elif place == "pipeline.win_loss_reasons":
            self.only = f"reason:{entry['outcome']}:{_or_none(entry['reason_id'])}"


def _or_none(value: int | None) -> str:
    return NONE if value is None else str(value)
