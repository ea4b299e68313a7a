"""Drill-down: the very records that a figure is made of, out of the condition that counts it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from partner_portal.reports.catalogue import CATALOGUE, metric_named
from partner_portal.reports.figures import inquiry_of
from partner_portal.reports.heading import filters_document, organization_document, period_document
from partner_portal.reports.inquiry import LARGEST_ID, Inquiry
from partner_portal.reports.listing import Listing, Order, columns_of, order_of
from partner_portal.reports.mapping import TenantMapping
from partner_portal.reports.metric import Measure, Metric, Subject, Unit
from partner_portal.reports.narrowing import Narrowing, narrowing_of
from partner_portal.reports.question import Question, QuestionError, frame_of
from partner_portal.reports.relations import relation_of
from partner_portal.reports.search import search_sql, search_text
from partner_portal.reports.sources import ACTIVITY_ENTITIES, ground_of
from partner_portal.reports.span import is_earlier, is_now
from partner_portal.reports.statement import statement
from partner_portal.reports.values import value_of, written
from partner_portal.reports.wire import rate
from partner_portal.warehouse.store import OrganizationStore

SCHEMA = "records/1"
PAGE = 100


class DataMoved(QuestionError):
    """The records were asked for of a data version that is no more."""

    def __init__(self, asked: int, held: int) -> None:
        super().__init__(
            f"The data has moved on from version {asked} to {held}. Load the report and its records again."
        )
        self.asked = asked
        self.held = held


class MetricUnknown(QuestionError):
    """There is no such metric in the catalogue."""

    def __init__(self, slug: str) -> None:
        there = ", ".join(metric.slug for metric in CATALOGUE)
        super().__init__(f"There is no metric {slug!r}; there are: {there}.")
        self.slug = slug


@dataclass(frozen=True)
class Page:
    """Which records of a figure to list, and in which order.

    `of_comparison` lists those of the comparison period. `sort` is a column's key, None for the usual order;
    `version` is the data version that the figure was read from, None for whichever is held. `only` narrows the figure
    and its records to one entry of a list in the report, see `narrowing`; `search` lists those that have a text.
    """

    offset: int = 0
    limit: int = PAGE
    sort: str | None = None
    descending: bool | None = None
    of_comparison: bool = False
    version: int | None = None
    only: str | None = None
    search: str | None = None


def known_metric(slug: str) -> Metric:
    """The metric `slug`. Raises `MetricUnknown` naming those that there are."""
    try:
        return metric_named(slug)
    except KeyError:
        raise MetricUnknown(slug) from None


def records_document(
    store: OrganizationStore,
    question: Question,
    slug: str,
    page: Page | None = None,
    mapping: TenantMapping | None = None,
) -> dict[str, Any]:
    """One page of the records behind the metric `slug` of the report that answers `question`, as `records/1`.

    `total` has how many there are in all and the figure itself, `found` how many of them the search finds; all null
    when their source was never read. A share lists what it is a share of. Raises `QuestionError`, and `DataMoved` for a
    version that is not held.
    """
    metric, wanted, frame = known_metric(slug), page or Page(), frame_of(question)
    subject = metric.selection.subject
    order = order_of(subject, wanted.sort, descending=wanted.descending)
    narrowing = narrowing_of(wanted.only, subject) if wanted.only is not None and wanted.only.strip() else None
    wanted = replace(wanted, search=search_text(wanted.search))
    if not (0 <= wanted.offset <= LARGEST_ID and 1 <= wanted.limit <= LARGEST_ID):
        raise QuestionError("A page begins at 0 or later and has one row or more: correct offset and limit.")
    if wanted.of_comparison and frame.comparison is None:
        raise QuestionError("There is no comparison period: ask with one, or for the period's own records.")
    with store.snapshot() as view:
        ground = ground_of(view)
        if wanted.version is not None and wanted.version != ground.version:
            raise DataMoved(wanted.version, ground.version)
        return _Drilling(inquiry_of(view, frame, mapping, ground), metric, wanted, narrowing).document(order)


@dataclass(frozen=True)
class _Drilling:
    """One figure's records in one snapshot."""

    inquiry: Inquiry
    metric: Metric
    page: Page
    narrowing: Narrowing | None

    def document(self, order: Order) -> dict[str, Any]:
        """The whole document."""
        metric, subject, page = self.metric, self.metric.selection.subject, self.page
        listing, total = self.listing, self.total()
        told = self.inquiry.ground.document()
        return {
            "schema": SCHEMA,
            "metric": {
                "slug": metric.slug,
                "title": metric.title,
                "unit": metric.unit.value,
                "formula": metric.formula,
                "exclusions": metric.exclusions,
            },
            "organization": organization_document(self.inquiry.frame),
            "period": self.period(),
            "filters": filters_document(self.inquiry.frame.question),
            "data": {key: told[key] for key in ("version", "as_of", "dialect", "complete")}
            | {"mapping_version": self.inquiry.mapping.version},
            "only": None
            if self.narrowing is None
            else {"key": self.narrowing.key, "label": self.narrowing.label(self.inquiry.ground)},
            "total": total,
            "search": page.search,
            "found": listing.count() if page.search is not None and self.is_known else total["count"],
            "page": {
                "offset": page.offset,
                "limit": page.limit,
                "sort": order.key,
                "descending": order.is_descending,
            },
            "columns": [
                {"key": column.key, "title": column.title, "type": column.type.value, "sortable": bool(column.sorts)}
                for column in columns_of(subject)
            ],
            "rows": listing.rows(order, limit=page.limit, offset=page.offset) if self.is_known else [],
            "notes": self.notes(),
        }

    @property
    def is_known(self) -> bool:
        """Whether there is anything to list the figure's records from."""
        return self.inquiry.knows(self.metric.selection.subject)

    @property
    def condition(self) -> str:
        """SQL for "the record is one of the figure's"."""
        dated, frame = self.metric.selection.dated, self.inquiry.frame
        span = is_earlier(dated, frame) if self.page.of_comparison and dated else is_now(dated)
        narrowed = "" if self.narrowing is None else f" AND ({self.narrowing.condition})"
        return f"({span}) AND ({self.metric.selection.where}){narrowed}"

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What the conditions name beside the inquiry's parameters."""
        narrowed = {} if self.narrowing is None else self.narrowing.parameters
        return {**narrowed, "search": self.page.search}

    @property
    def listing(self) -> Listing:
        """The figure's records, those alone that the search finds."""
        subject, condition = self.metric.selection.subject, self.condition
        if self.page.search is not None:
            sources = ACTIVITY_ENTITIES[self.inquiry.dialect]
            condition = f"{condition} AND {search_sql(subject, sources)}"
        return Listing(self.inquiry, subject, condition, self.parameters)

    def period(self) -> dict[str, Any] | None:
        """The period whose records are listed; None where the state now counts."""
        frame = self.inquiry.frame
        if self.metric.selection.dated is None and self.metric.selection.subject is not Subject.CHANGES:
            return None
        comparison = frame.comparison if self.page.of_comparison else None
        return period_document(comparison or frame.period, frame)

    def total(self) -> dict[str, Any]:
        """How many records there are, and the figure over them."""
        if not self.is_known:
            return {"count": None, "value": None, "amount": None}
        metric = self.metric
        sql = statement(
            "records_total",
            relation=relation_of(metric.selection.subject, self.inquiry),
            condition=self.condition,
            figure=_figure(metric, self.condition),
        )
        count, found = self.inquiry.answer(sql, self.parameters)[0]
        if metric.measure is Measure.RATIO:
            per = replace(self, metric=metric_named(metric.part or metric.slug)).total()["count"]
            return {"count": count, "value": None if per is None else rate(count, per), "amount": None}
        if metric.measure is Measure.SHARE:
            return {"count": count, "value": rate(int(found), count), "amount": None}
        value = written(metric, value_of(metric, found))
        return {"count": count, "value": value, "amount": value if metric.unit is Unit.MONEY else None}

    def notes(self) -> list[str]:
        """What a reader must know beside the rows."""
        if not self.is_known:
            return ["The source of these records was never read, or can't be told apart by these filters."]
        if not self.inquiry.ground.document()["complete"]:
            return ["The data is not complete: the report's notes say what is missing."]
        return []


def _figure(metric: Metric, condition: str) -> str:
    """SQL for the figure over the records; of a share for the part that it is the share of, of a ratio their number."""
    if not metric.is_derived:
        return metric.aggregate.format(condition=condition)
    part = "TRUE"
    if metric.measure is Measure.SHARE and metric.part is not None:
        part = f"({metric_named(metric.part).selection.where})"
    return f"COUNT(*) FILTER (WHERE {condition} AND {part})"
