"""Reading a tenant's metadata: its dialect, its picklists, and what this API user may read of what we keep."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from partner_portal.autotask.catalog import (
    CATALOG,
    COMPANY_NOTES,
    COMPANY_TO_DOS,
    OPPORTUNITIES,
    TASKS,
    TICKETS,
    Entity,
)
from partner_portal.autotask.client import AutotaskClient
from partner_portal.autotask.errors import (
    AutotaskError,
    CallBudgetReserved,
    CallBudgetSpent,
    CredentialsRefused,
    HostUnreachable,
    PermissionMissing,
    explain,
)
from partner_portal.autotask.metadata import FieldInformation
from partner_portal.mirror.decide import dialect_of, kept_by
from partner_portal.mirror.together import together
from partner_portal.warehouse.store import EntityFacts, PicklistValue, Tenant

T = TypeVar("T")

PICKLIST_FIELDS: dict[str, tuple[str, ...]] = {
    COMPANY_TO_DOS.path: ("actionType",),
    COMPANY_NOTES.path: ("actionType",),
    TASKS.path: ("actionType",),
    OPPORTUNITIES.path: ("stage", "status", "lossReason", "winReason", "opportunityCategoryID", "leadSource"),
    TICKETS.path: ("status",),
}
"""The picklists that give our ids a meaning, by entity."""

ENDS_THE_RUN = (CredentialsRefused, CallBudgetSpent, CallBudgetReserved)
"""Errors after which no further call makes sense."""


@dataclass(frozen=True)
class EntityMetadata:
    """What the metadata of one entity told."""

    facts: EntityFacts
    picklists: tuple[PicklistValue, ...] = ()


async def read_tenant(
    client: AutotaskClient,
    *,
    at: datetime,
    known: Tenant | None = None,
    entities: Iterable[Entity[Any]] = CATALOG,
    tell: Callable[[str, EntityFacts], None] | None = None,
    shows_rows: Callable[[str], Awaitable[bool] | None] = lambda _path: None,
) -> Tenant:
    """The tenant's facts at `at`; of entities other than `entities` those of `known` are kept.

    `tell` is called with an entity's path and facts as soon as they are there. An entity whose metadata cannot be read
    is not refused for that: its rows will tell. Of one that is being read `shows_rows` will tell whether any came, and
    then it need not be asked whether it may be read; of others it is None. Raises `CredentialsRefused`,
    `CallBudgetSpent` and `HostUnreachable`, after which nothing else would come either.
    """
    wanted = list(entities)

    async def look_up(entity: Entity[Any]) -> EntityMetadata:
        metadata = await _metadata_of(client, entity, shows_rows(entity.path))
        if tell is not None:
            tell(entity.path, metadata.facts)
        return metadata

    found = await together(*map(look_up, wanted))
    read = {entity.path: metadata for entity, metadata in zip(wanted, found, strict=True)}
    facts = dict(known.entities) if known is not None else {}
    facts.update({path: metadata.facts for path, metadata in read.items()})
    picklists = [value for value in known.picklists if value.entity not in read] if known is not None else []
    picklists += [value for metadata in read.values() for value in metadata.picklists]
    return Tenant(
        dialect=dialect_of(facts.get(TASKS.path), known),
        web_url=client.zone.web_url,
        picklists=tuple(picklists),
        entities=facts,
        read_at=at if known is None or len(read) == len(CATALOG) else known.read_at,
    )


async def _metadata_of(
    client: AutotaskClient, entity: Entity[Any], shows_rows: Awaitable[bool] | None
) -> EntityMetadata:
    if shows_rows is None:
        # Side by side: each round trip counts, and the second is hardly ever in vain.
        told: list[Any] = await together(_if_told(client.entity_information(entity)), _if_told(client.fields(entity)))
        information, fields = told
    else:
        fields = await _if_told(client.fields(entity))
        information = None if await shows_rows else await _if_told(client.entity_information(entity))
    if information is not None and not information.is_readable:
        return EntityMetadata(EntityFacts(refusal=explain(PermissionMissing(entity.path))))
    if fields is None:
        return EntityMetadata(EntityFacts())
    names = tuple(field.name for field in fields)
    return EntityMetadata(EntityFacts(kept_by(entity, names)), tuple(_picklists(entity, fields)))


async def _if_told(answer: Coroutine[Any, Any, T]) -> T | None:
    """The answer, or None from a source that does not tell; raises what would come again for every other question."""
    try:
        return await answer
    except (*ENDS_THE_RUN, HostUnreachable):
        raise
    except AutotaskError:
        return None


def _picklists(entity: Entity[Any], fields: Iterable[FieldInformation]) -> Iterable[PicklistValue]:
    wanted = {name.casefold(): name for name in PICKLIST_FIELDS.get(entity.path, ())}
    for field in fields:
        name = wanted.get(field.name.casefold())
        for entry in field.picklist_values if name is not None else ():
            if not _is_integer(entry.value):
                continue  # records hold integers, so nothing can point to it
            yield PicklistValue(
                entity=entity.path,
                field=str(name),
                value=int(entry.value),
                label=entry.label,
                sort_order=entry.sort_order,
                is_active=entry.is_active,
                is_system=entry.is_system,
            )


def _is_integer(text: str) -> bool:
    return text.strip().removeprefix("-").isdecimal()
