from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from partner_portal.autotask.catalog import CATALOG, Opportunity, Task
from partner_portal.reports.catalogue import CATALOGUE
from partner_portal.reports.document import sales_report
from partner_portal.reports.metric import Metric, Unit
from reports.stocked import ask, stock, utc

FIGURES = (
    "activities",
    "calls",
    "emails",
    "meetings",
    "conversations",
    "appointments",
    "funnel",
    "conversion_rate",
    "pipeline",
    "ratios",
    "by_day",
    "by_owner",
)
NOT_FIGURES = {
    *("includes", "upcoming", "key", "label", "date", "owner", "month", "stage", "rank"),
    *("outcome", "reason", "reason_id", "after_days", "since", "from", "to"),
}


def paths(value: object, path: str) -> Iterator[str]:
    """Where the document shows figures: `group.figure`, `by_day[].figure`, `funnel.step.count`."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in NOT_FIGURES:
                yield from paths(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for entry in value:
            yield from paths(entry, f"{path}.{entry['key']}" if "key" in entry else f"{path}[]")
    else:
        yield path


@pytest.fixture(scope="module")
def shown(duckdb_warehouse) -> set[str]:
    at = utc(2026, 11, 3)
    rows = {
        "Tasks": [Task(id=1, action_type=4, create_date_time=at)],
        "Opportunities": [
            Opportunity(id=1, stage=5, create_date=at, closed_date=at),
            Opportunity(id=2, stage=1, create_date=at, projected_close_date=utc(2026, 11, 30)),
        ],
    }
    document = sales_report(stock(duckdb_warehouse, rows, dialect="guide"), ask())
    return {path for group in FIGURES for path in paths(document[group], group)}


def declared() -> Counter[str]:
    steps = ("prospects", "contacted", "qualified", "proposal", "closed_won")
    found: Counter[str] = Counter()
    for metric in CATALOGUE:
        for figure in metric.figures:
            in_steps = figure.startswith("funnel[]")
            found.update([figure.replace("funnel[]", f"funnel.{step}") for step in steps] if in_steps else [figure])
    return found


def test_every_figure_of_the_document_is_declared_once(shown):
    assert declared() == Counter(shown)


def test_slugs_are_unique():
    slugs = [metric.slug for metric in CATALOGUE]
    assert len(slugs) == len(set(slugs))


@pytest.mark.parametrize("metric", CATALOGUE, ids=lambda metric: metric.slug)
def test_a_metric_reads_fields_that_we_keep_and_says_what_it_means(metric: Metric):
    kept = {f"{entity.path}.{field}" for entity in CATALOG for field in entity.field_names}
    assert metric.reads
    assert set(metric.reads) <= kept
    assert metric.formula.endswith(".")
    assert metric.exclusions.endswith(".")


def test_units_follow_the_places_where_figures_stand():
    for metric in CATALOGUE:
        ends = {figure.rsplit(".", 1)[-1] for figure in metric.figures}
        assert (metric.unit is Unit.MONEY) == any("amount" in end or "revenue" in end for end in ends)
        assert (metric.unit is Unit.RATE) == bool(ends & {"rate", "share", "conversion"})
        assert (metric.unit is Unit.RATIO) == bool(ends & {"value"})
        assert (metric.unit is Unit.DAYS) == bool(ends & {"mean", "median"})
