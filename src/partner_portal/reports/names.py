"""The names of the companies, contacts and resources that records refer to."""

# ruff: noqa: S608  (tables and columns are ours)

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum

from partner_portal.reports.inquiry import Inquiry
from partner_portal.reports.statement import rows_of
from partner_portal.reports.wire import full_name

Names = Mapping[int, str | None]
"""Names by id; None where a record has none."""


class Named(StrEnum):
    """What is referred to by an id and shown by its name, with the table that it lies in."""

    RESOURCE = "resources"
    COMPANY = "companies"
    CONTACT = "contacts"


_COLUMNS = {Named.COMPANY: "company_name, NULL", Named.CONTACT: "first_name, last_name"}


def names_of(inquiry: Inquiry, kind: Named, ids: Collection[int]) -> Names:
    """The names of those of `ids` that the mirror holds; of resources all are known."""
    if kind is Named.RESOURCE:
        return inquiry.ground.people
    return dict(_read(inquiry, kind, ids))


def _read(inquiry: Inquiry, kind: Named, ids: Collection[int]) -> Iterator[tuple[int, str | None]]:
    for record_id, first, last in rows_of(inquiry.store, f"SELECT id, {_COLUMNS[kind]} FROM {kind}", ids):
        yield record_id, full_name(first, last) if kind is Named.CONTACT else first
