"""What a metric is: its meaning in words, and the records it is made of as a condition over their columns.

The same condition counts a number and lists its records, so that the two cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from partner_portal.reports.condition import Row, test_of


class Unit(StrEnum):
    """What a figure counts in."""

    COUNT = "count"
    MONEY = "money"
    RATE = "rate"
    RATIO = "ratio"
    DAYS = "days"


class Subject(StrEnum):
    """What the records of a metric are; `relations` has their columns."""

    ACTIVITIES = "activities"
    APPOINTMENTS = "appointments"
    DEALS = "deals"
    STALE_DEALS = "stale_deals"
    CHANGES = "changes"


@dataclass(frozen=True)
class Selection:
    """The records of a metric: those of `subject` for which `where` is true.

    `where` is SQL over the subject's columns, of the kind that `condition` reads. `dated` is the column that places a
    record into a period: an instant (`happened_at`, `starts_at`) or a local date (`created_on`, `ended_on`); None where
    the state now counts, whatever the period.
    """

    subject: Subject
    where: str
    dated: str | None

    def holds(self, row: Row) -> bool:
        """Whether `where` is true of a row, or of a group of rows that are alike in what it names."""
        return test_of(self.where)(row)


class Measure(StrEnum):
    """How a figure comes out of its records."""

    COUNT = "count"
    SUM = "sum"
    MEAN = "mean"
    MEDIAN = "median"
    SHARE = "share"
    RATIO = "ratio"


@dataclass(frozen=True)
class Metric:
    """One figure. `formula` is in words, `reads` are `Entity.field` as named on the wire.

    `figures` are the places of the document that show it, as paths: `by_day[].calls` is in each entry of a list.
    `column` is what SUM, MEAN and MEDIAN are taken of. A SHARE is the share of those records, `selection`, that
    are also among the records of the metric `part`; a RATIO is the number of those records for each of `part`.
    """

    slug: str
    title: str
    unit: Unit
    formula: str
    reads: tuple[str, ...]
    exclusions: str
    figures: tuple[str, ...]
    selection: Selection
    measure: Measure = Measure.COUNT
    column: str | None = None
    part: str | None = None

    @property
    def is_derived(self) -> bool:
        """Whether the figure is made of two counts, and so is no aggregate of its records."""
        return self.measure in (Measure.SHARE, Measure.RATIO)

    @property
    def aggregate(self) -> str:
        """SQL for the figure over the rows for which `{condition}` is true; its type differs between the stores.

        Written with CASE, of which DuckDB runs forty in less than half of the time that it takes for FILTER.

        Raises ValueError for a derived figure.
        """
        if self.measure is Measure.COUNT:
            return "COUNT(CASE WHEN {condition} THEN 1 END)"
        if self.measure is Measure.SUM:
            return f"SUM(CASE WHEN {{condition}} THEN {self.column} END)"
        if self.measure is Measure.MEAN:
            return f"AVG(CASE WHEN {{condition}} THEN {self.column} END)"
        if self.measure is Measure.MEDIAN:
            return f"percentile_cont(0.5) WITHIN GROUP (ORDER BY CASE WHEN {{condition}} THEN {self.column} END)"
        raise ValueError(f"{self.slug} is made of two counts")
