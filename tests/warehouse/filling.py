"""Short ways to put rows into a store and to see what it holds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from partner_portal.autotask.catalog import OPPORTUNITIES, Entity, Opportunity, Record
from partner_portal.warehouse.store import OrganizationStore, Source

AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


def complete(entity: Entity[Any], at: datetime = AT) -> Source:
    return Source(entity.path, as_of=at, watermark=at, complete=True)


def fill(
    store: OrganizationStore, entity: Entity[Any], *batches: Iterable[Record], replace: bool = False, at: datetime = AT
) -> int:
    load = store.load(entity)
    for batch in batches:
        load.append(list(batch))
    return load.commit(complete(entity, at), replace=replace)


def deals(*ids: int, title: str = "Deal") -> list[Opportunity]:
    return [Opportunity(id=i, title=title) for i in ids]


def held(store: OrganizationStore) -> dict[int, str]:
    return dict(store.rows("SELECT id, title FROM opportunities"))


def fill_deals(store: OrganizationStore, *ids: int, title: str = "Deal", replace: bool = False) -> int:
    return fill(store, OPPORTUNITIES, deals(*ids, title=title), replace=replace)
