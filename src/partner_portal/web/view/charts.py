"""Charts as the page's script draws them; the page says the same in a sentence and in a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

BARS, ROWS, WATERFALL = "bars", "rows", "waterfall"
COUNT, MONEY = "count", "money"


@dataclass(frozen=True)
class Series:
    """One series: its key, which has a colour of its own (`--series-<key>`), and a value for each label or None.

    `kind` is bar (bars of one chart stand on each other) or line; `links` are the records behind each value, "" where
    it leads nowhere.
    """

    key: str
    name: str
    values: Sequence[float | None]
    kind: str = "bar"
    links: Sequence[str] = ()


@dataclass(frozen=True)
class Chart:
    """One chart. `labels` stand at the axis, `titles` are their long forms for the tooltip.

    `kind` is bars (standing), rows (lying) or waterfall: its one series has what each step adds or takes, and `totals`
    are the steps that stand for a sum so far. `unit` is count or money, of `currency`. `today` is the index of what is
    not over.
    """

    labels: Sequence[str]
    series: Sequence[Series]
    titles: Sequence[str] = ()
    kind: str = BARS
    unit: str = COUNT
    currency: str = ""
    today: int | None = None
    totals: Sequence[int] = ()

    @property
    def data(self) -> Mapping[str, Any]:
        """What the script reads."""
        return {
            "kind": self.kind,
            "labels": list(self.labels),
            "titles": list(self.titles or self.labels),
            "unit": self.unit,
            "currency": self.currency,
            "today": self.today,
            "totals": list(self.totals),
            "series": [
                {
                    "key": series.key,
                    "name": series.name,
                    "kind": series.kind,
                    "values": list(series.values),
                    "links": list(series.links),
                }
                for series in self.series
            ],
        }

    @property
    def has_data(self) -> bool:
        """Whether any bar is more than nothing."""
        return any(any(series.values) for series in self.series if series.kind == "bar")
