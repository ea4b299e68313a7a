"""How the parts of a report document are called and ordered. A part that is not declared here is still written.

A new list of the document needs one line in `SECTIONS` for a proper title; a new figure needs none, its title and unit
come from the catalogue of metrics.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from partner_portal.reports.catalogue import CATALOGUE
from partner_portal.reports.metric import Unit
from partner_portal.reports.rendering.tables import Kind

HEADING = frozenset({"schema", "organization", "period", "comparison", "owner_id", "filters", "data", "notes"})
"""The document's keys that describe it; every other key holds figures or lists."""

REFERENCES = frozenset({"owner", "company", "contact", "person", "resource"})
"""Keys whose values are `{"id", "name"}` or null; each becomes two columns."""

_TALLY = ("calls", "outbound", "inbound", "unspecified", "emails", "meetings", "conversations", "appointments")


@dataclass(frozen=True)
class Layout:
    """A list of the document as a table: its title, and the columns that come first and are there without any row."""

    title: str
    columns: tuple[str, ...] = ()


SECTIONS = MappingProxyType(
    {
        "funnel": Layout("Funnel", ("key", "label", "count", "amount", "share", "conversion")),
        "by_day": Layout("By day", ("date", *_TALLY)),
        "by_owner": Layout(
            "By owner", ("owner", *_TALLY, "created", "won", "lost", "decided", "won_amount", "close_rate")
        ),
        "pipeline.open_by_stage": Layout(
            "Open deals by stage", ("stage", "label", "rank", "count", "amount", "weighted_amount")
        ),
        "pipeline.projected_close": Layout("Projected close", ("month", "count", "amount", "weighted_amount")),
        "pipeline.win_loss_reasons": Layout(
            "Win and loss reasons", ("outcome", "reason_id", "reason", "count", "amount")
        ),
        "appointments.upcoming": Layout(
            "Upcoming appointments", ("id", "starts_at", "ends_at", "title", "owner", "company", "url")
        ),
        "recent_activity": Layout(
            "Recent activity",
            ("id", "source", "kind", "direction", "happened_at", "subject", "owner", "company", "contact", "url"),
        ),
        "data.sources": Layout("Sources", ("entity", "as_of", "rows", "complete", "problem", "reconciled.at")),
    }
)
"""The lists that we know, in the order of the output; lists that we don't know follow, the sources come last."""

TO_READ = MappingProxyType(
    {
        "funnel": ("label", "count", "amount", "share", "conversion"),
        "by_owner": (
            *("owner", "calls", "meetings", "conversations", "appointments", "created"),
            *("won", "lost", "close_rate", "won_amount", "open_amount"),
        ),
        "appointments.upcoming": ("starts_at", "ends_at", "title", "owner", "company"),
        "recent_activity": ("happened_at", "kind", "direction", "owner", "company", "subject"),
        "data.sources": ("entity", "as_of", "rows", "complete", "problem"),
        "rows": (
            *("happened_at", "starts_at", "ends_at", "seen_at", "kind", "direction", "action_type", "title", "owner"),
            *("company", "contact", "subject", "stage_before", "stage", "amount", "gain", "loss", "projected_on"),
            "ended_on",
        ),
    }
)
"""The columns of tables that are too wide for a page or a terminal; CSV and XLSX have them all."""

GROUPS = (
    ("pipeline.movement", "Pipeline movement"),
    ("pipeline", "Pipeline"),
    ("conversion_rate", "Pipeline"),
    ("ratios", "Activity ratios"),
    ("", "Activity"),
)
"""Under which heading a figure stands, by the beginning of its path; the first that fits."""

_BY_UNIT = {Unit.COUNT: Kind.INTEGER, Unit.MONEY: Kind.MONEY, Unit.RATE: Kind.PERCENT, Unit.DAYS: Kind.DAYS}

METRICS = MappingProxyType({path: metric for metric in CATALOGUE for path in metric.figures})
"""The metric of each declared place of the document."""

_KEYS = {
    "id": Kind.ID,
    "key": Kind.CODE,
    "stage": Kind.ID,
    "rank": Kind.INTEGER,
    "decided": Kind.INTEGER,
    "url": Kind.LINK,
    "date": Kind.DATE,
    "month": Kind.TEXT,
    "as_of": Kind.INSTANT,
    "complete": Kind.FLAG,
    "share": Kind.PERCENT,
    "conversion": Kind.PERCENT,
    "rate": Kind.PERCENT,
    "probability": Kind.NUMBER,
    "rows": Kind.INTEGER,
    "count": Kind.INTEGER,
    "ours": Kind.INTEGER,
    "theirs": Kind.INTEGER,
    "amount": Kind.MONEY,
}
_ENDINGS = (
    ("_id", Kind.ID),
    ("_at", Kind.INSTANT),
    ("_on", Kind.DATE),
    ("_amount", Kind.MONEY),
    ("_revenue", Kind.MONEY),
    ("_rate", Kind.PERCENT),
    ("_days", Kind.DAYS),
    ("_count", Kind.INTEGER),
)


def kind_of(path: str, key: str) -> Kind | None:
    """What stands at `path`: by the catalogue's unit, else by the key's name; None when neither tells."""
    metric = METRICS.get(path)
    if metric is not None:
        return _BY_UNIT.get(metric.unit, Kind.NUMBER)
    name = key.rpartition(".")[2]
    return _KEYS.get(name) or next((kind for ending, kind in _ENDINGS if name.endswith(ending)), None)


def title_of(path: str) -> str:
    """What people call the figure at `path`."""
    metric = METRICS.get(path)
    if metric is not None:
        return metric.title
    if path in SECTIONS:
        return SECTIONS[path].title
    start = next(start for start, _ in GROUPS if not start or f"{path}.".startswith(f"{start}."))
    return spelled(path.removeprefix(f"{start}."))


def spelled(key: str) -> str:
    """A key or path as words: `pipeline.won_amount` is "Pipeline, won amount"."""
    return key.replace(".", ", ").replace("_", " ").capitalize()


def group_of(path: str) -> str:
    """The heading that the figure at `path` stands under."""
    return next(title for start, title in GROUPS if not start or f"{path}.".startswith(f"{start}."))
