"""Lists of records: those for which a condition is true, sorted, one page of them, with names instead of ids."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from partner_portal.reports.columns import COLUMNS, ORDER, Column, Type
from partner_portal.reports.inquiry import Inquiry
from partner_portal.reports.labels import stage_labels, status_labels
from partner_portal.reports.links import Links
from partner_portal.reports.metric import Subject
from partner_portal.reports.names import Names, names_of
from partner_portal.reports.question import QuestionError
from partner_portal.reports.relations import NAMES, relation_of
from partner_portal.reports.statement import statement
from partner_portal.reports.texts import subjects_of

_NAME = re.compile(r"[a-z_]+")
_SUBJECT = Column("subject", "Subject", Type.TEXT, "")
_URL = Column("url", "In Autotask", Type.LINK, "")
_JOINS = {
    "owner": "LEFT JOIN resources AS owner ON owner.id = record.owner_id",
    "company": "LEFT JOIN companies AS company ON company.id = record.company_id",
    "contact": "LEFT JOIN contacts AS contact ON contact.id = record.contact_id",
}
"""What names are sorted by, with the alias of each."""
_BESIDE = {Subject.ACTIVITIES: ("record.opportunity_id",)}
"""What rows are made of besides their columns."""
_TIES = {Subject.ACTIVITIES: ("record.source",), Subject.CHANGES: ("record.version",)}
"""What tells records of the same id apart."""
_OF_DEALS = (Subject.DEALS, Subject.STALE_DEALS, Subject.CHANGES)
"""Subjects whose ids are those of opportunities."""


@dataclass(frozen=True)
class Order:
    """How a list is sorted: a column's key, and whether from the highest down. Rows without a value come last."""

    key: str
    is_descending: bool


def columns_of(subject: Subject) -> tuple[Column, ...]:
    """The columns of a list of `subject`, those included that can't be sorted by."""
    shown = COLUMNS[subject]
    if subject is Subject.ACTIVITIES:
        return (*shown[:-2], _SUBJECT, *shown[-2:], _URL)
    return (*shown, _URL) if subject in _OF_DEALS else shown


def order_of(subject: Subject, key: str | None = None, *, descending: bool | None = None) -> Order:
    """The order asked for, else the usual one. Raises `QuestionError` for a column that can't be sorted by."""
    usual, usually_descending = ORDER[subject]
    sortable = [column.key for column in COLUMNS[subject] if column.sorts]
    if key is not None and key not in sortable:
        raise QuestionError(f"The records can't be sorted by {key!r}; sort by one of: {', '.join(sortable)}.")
    if descending is None:
        descending = usually_descending and key in (None, usual)
    return Order(key or usual, descending)


@dataclass(frozen=True)
class Listing:
    """The records of `subject` for which `condition`, SQL over the relation's columns, is true.

    `parameters` are those that the condition names beside the inquiry's.
    """

    inquiry: Inquiry
    subject: Subject
    condition: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def count(self) -> int:
        """How many they are."""
        relation = relation_of(self.subject, self.inquiry, self._named_in(self.condition))
        found = statement("records_found", relation=relation, condition=self.condition)
        return int(self.inquiry.answer(found, self.parameters)[0][0])

    def rows(self, order: Order, *, limit: int, offset: int = 0) -> list[dict[str, Any]]:
        """One page of them, each by its columns."""
        columns = COLUMNS[self.subject]
        values = [*(column.selects for column in columns), *_BESIDE.get(self.subject, ())]
        sorted_by = _order_sql(self.subject, order)
        page = f"LIMIT {int(limit)} OFFSET {int(offset)}"
        names = self._named_in(*values, sorted_by, self.condition)
        joins = [join for alias, join in _JOINS.items() if f"{alias}." in sorted_by]
        sql = statement(
            "records",
            values=", ".join(values),
            names=", ".join(names),
            relation=relation_of(self.subject, self.inquiry, names),
            condition=self.condition,
            joins=" ".join(joins),
            order=sorted_by,
            page=page,
        )
        found = self.inquiry.answer(sql, self.parameters)
        names_by_place = {
            place: names_of(self.inquiry, column.named, {row[place] for row in found} - {None})
            for place, column in enumerate(columns)
            if column.named is not None
        }
        rows = [self._row(columns, row, names_by_place) for row in found]
        if self.subject is Subject.ACTIVITIES:
            subjects = subjects_of(self.inquiry.store, [(row["source"], row["id"]) for row in rows])
            for row in rows:
                row["subject"] = subjects.get((row["source"], row["id"]))
        return rows

    def _named_in(self, *texts: str) -> list[str]:
        """The relation's columns that `texts`, SQL, name; one at least, since a relation of none is none."""
        said = set(_NAME.findall(" ".join(texts)))
        return [name for name in NAMES[self.subject] if name in said] or ["id"]

    def _row(self, columns: Sequence[Column], found: Sequence[Any], names: Mapping[int, Names]) -> dict[str, Any]:
        row = {
            column.key: column.write(value, names[place].get(value)) if place in names else column.write(value)
            for place, (column, value) in enumerate(zip(columns, found, strict=False))
        }
        links = Links(self.inquiry.ground.tenant.web_url if self.inquiry.ground.tenant is not None else None)
        if self.subject is Subject.ACTIVITIES:
            row["url"] = links.activity(row["company"] and row["company"]["id"], found[-1])
        elif self.subject in _OF_DEALS:
            row["url"] = links.opportunity(row["id"])
        for key, labels in self._labels().items():
            row[key] = None if row[key] is None else labels.get(row[key], f"id {row[key]}")
        return row

    def _labels(self) -> Mapping[str, Mapping[int, str]]:
        """The tenant's own names for the ids that columns hold."""
        if self.subject is Subject.ACTIVITIES:
            return {"action_type": self.inquiry.mapping.actions.labels}
        if self.subject in _OF_DEALS:
            stages = {entry.stage: entry.label for entry in stage_labels(self.inquiry.ground)}
            statuses = {entry.status: entry.label for entry in status_labels(self.inquiry.ground)}
            before = {"stage_before": stages} if self.subject is Subject.CHANGES else {}
            return {"stage": stages, "status": statuses, **before}
        return {}


def _order_sql(subject: Subject, order: Order) -> str:
    """The order with what tells equal records apart, so that pages never overlap."""
    way = "DESC" if order.is_descending else "ASC"
    (sorted_by,) = (column for column in COLUMNS[subject] if column.key == order.key)
    ties = ("record.id", *_TIES.get(subject, ()))
    return ", ".join([*(f"{by} {way} NULLS LAST" for by in sorted_by.sorts), *(f"{tie} {way}" for tie in ties)])
