"""Every metric of the sales report, in the order in which the report shows them.

Pure data. The SQL that counts a figure, the list of its records, the definitions that people read and the API are
made from it, and a test ties each figure of the document to it.
"""

from __future__ import annotations

from functools import cache

from partner_portal.reports.activity_metrics import ACTIVITY_METRICS
from partner_portal.reports.deal_metrics import DEAL_METRICS
from partner_portal.reports.metric import Metric, Subject
from partner_portal.reports.pipeline_metrics import PIPELINE_METRICS
from partner_portal.reports.ratio_metrics import RATIO_METRICS

CATALOGUE: tuple[Metric, ...] = (*ACTIVITY_METRICS, *DEAL_METRICS, *PIPELINE_METRICS, *RATIO_METRICS)

_BY_SLUG = {metric.slug: metric for metric in CATALOGUE}


def metric_named(slug: str) -> Metric:
    """The metric of the catalogue with this slug. Raises `KeyError`."""
    return _BY_SLUG[slug]


@cache
def metrics_of(subject: Subject, dated: str | None) -> tuple[Metric, ...]:
    """The metrics whose records are of `subject` and are placed into a period by `dated`; none that is derived."""
    return tuple(
        metric
        for metric in CATALOGUE
        if (metric.selection.subject, metric.selection.dated) == (subject, dated) and not metric.is_derived
    )
