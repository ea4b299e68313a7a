"""How much activity goes into an appointment or a won deal, declared."""

from __future__ import annotations

from partner_portal.reports.activity_metrics import ACTIVITY_METRICS
from partner_portal.reports.deal_metrics import DEAL_METRICS
from partner_portal.reports.metric import Measure, Metric, Unit

_PARTS = {metric.slug: metric for metric in (*ACTIVITY_METRICS, *DEAL_METRICS)}


RATIOS = {
    "activities_per_won": ("activities", "won"),
    "calls_per_appointment": ("calls", "appointments"),
    "appointments_per_won": ("appointments", "won"),
    "calls_per_won": ("calls", "won"),
}
"""The ratios: the metric that is divided, and the one that it is divided by."""


def _ratio(slug: str) -> Metric:
    of, per = RATIOS[slug]
    many, each = _PARTS[of], _PARTS[per]
    return Metric(
        slug,
        slug.replace("_", " ").capitalize(),
        Unit.RATIO,
        f"{many.title} / {each.title.lower()}, both of the period; not known where there are none of the latter.",
        tuple(dict.fromkeys((*many.reads, *each.reads))),
        "Nothing beyond what both counts leave out: the ones need not have led to the others.",
        (f"ratios.{slug}.value",),
        many.selection,
        Measure.RATIO,
        part=per,
    )


RATIO_METRICS: tuple[Metric, ...] = tuple(_ratio(slug) for slug in RATIOS)
