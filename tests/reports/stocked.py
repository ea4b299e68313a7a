"""Mirrors with rows of a test's own making, each in an organization of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count

from partner_portal.autotask.catalog import CATALOG, Opportunity, Record, Task, entity_at
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.reports.question import OrganizationFacts, Question
from partner_portal.warehouse.store import OrganizationStore, PicklistValue, Source, Tenant, Warehouse

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)  # a Sunday
READ_AT = datetime(2026, 11, 22, 14, 55, tzinfo=UTC)
WEB = "https://ww1.example.test/"
IDLE = {"Tickets", "TimeEntries", "Contracts"}
NOT_IN = {"live": {"Tasks"}, "guide": {"CompanyNotes", "CompanyToDos", "ActionTypes"}}
_numbers = count(1)


@dataclass(frozen=True)
class Deals:
    """One reading of opportunities: which looked how at that time, and which were gone."""

    at: datetime
    records: Sequence[Opportunity]
    gone: Sequence[int] = ()


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def stock(
    warehouse: Warehouse,
    rows: Mapping[str, Sequence[Record]],
    *,
    dialect: str = "live",
    picklists: Iterable[PicklistValue] = (),
    web_url: str | None = WEB,
    unread: Mapping[str, str] | None = None,
    earlier: Iterable[Deals] = (),
) -> OrganizationStore:
    """A new organization's mirror: `rows` by entity path, what else a report reads there empty, `unread` refused.

    `earlier` are readings of opportunities before the last one, which has those of `rows`.
    """
    store = warehouse.organization(OrganizationScope(next(_numbers)))
    store.save_tenant(Tenant(dialect, web_url, tuple(picklists)))
    for reading in earlier:
        add(store, "Opportunities", reading.records, as_of=reading.at, gone=reading.gone)
    refused = unread or {}
    for entity in CATALOG:
        if entity.path in refused:
            store.forget(entity, refused[entity.path])
            continue
        if rows.get(entity.path) or entity.path not in IDLE | NOT_IN[dialect]:
            add(store, entity.path, rows.get(entity.path, ()))
    return store


def guide(warehouse: Warehouse, **rows: Sequence[Record]) -> OrganizationStore:
    """The mirror of a tenant of the guide's dialect."""
    return stock(warehouse, rows, dialect="guide")


def live(
    warehouse: Warehouse, *, picklists: Iterable[PicklistValue] = (), **rows: Sequence[Record]
) -> OrganizationStore:
    """The mirror of a tenant of the live dialect."""
    return stock(warehouse, rows, picklists=picklists)


def deal(number: int, amount: int | str | None = None, **more) -> Opportunity:
    """An open deal, unless `more` says otherwise."""
    return Opportunity(id=number, **({"status": 1, "amount": None if amount is None else Decimal(amount)} | more))


def call(number: int, at: datetime, **more: int) -> Task:
    """An outbound call of the guide's dialect."""
    return Task(id=number, action_type=4, direction=1, create_date_time=at, **more)


def add(
    store: OrganizationStore,
    path: str,
    records: Sequence[Record],
    *,
    as_of: datetime = READ_AT,
    gone: Sequence[int] = (),
) -> None:
    load = store.load(entity_at(path))
    if records:
        load.append(list(records))
    load.commit(Source(path, as_of=as_of, watermark=as_of, complete=True), replace=False, remove=gone)


def facts(zone: str = "UTC", **more) -> OrganizationFacts:
    return OrganizationFacts("acme", "Acme IT", zone, "EUR", **more)


def ask(zone: str = "UTC", *, now: datetime = NOW, week_start: int = 0, fiscal_year_start: int = 1, **more) -> Question:
    organization = facts(zone, week_start=week_start, fiscal_year_start=fiscal_year_start)
    return Question(organization, now=now, **more)


def stages(*labels: str, first: int = 11) -> list[PicklistValue]:
    """A tenant's own stages in order, with ids from `first` on."""
    return [
        PicklistValue("Opportunities", "stage", first + place, label, sort_order=place)
        for place, label in enumerate(labels)
    ]
