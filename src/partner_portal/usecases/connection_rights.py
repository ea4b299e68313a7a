"""What the API user may do: which entities it may read, whether it could write, whether it sees more than it needs."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from partner_portal.autotask.catalog import CATALOG, Entity
from partner_portal.autotask.client import AutotaskClient
from partner_portal.autotask.errors import AutotaskError, MalformedAnswer, PermissionMissing, explain
from partner_portal.autotask.metadata import EntityInformation
from partner_portal.usecases.check_item import EMPTY, FAILED, OK, WARNING, CheckItem

NAMED_AT_MOST = 5
"""So many entities are named in one line; the others are counted."""
READ_ONLY = "A security level that only reads is enough for the portal, which never writes."


@dataclass(frozen=True)
class _Right:
    """What was found out about one entity; `information` is None where Autotask did not tell."""

    item: CheckItem
    is_readable: bool
    information: EntityInformation | None = None


async def examine_rights(client: AutotaskClient) -> list[CheckItem]:
    """An item for each entity that the portal reads, then one for writing and one for further entities."""
    rights = await asyncio.gather(*(_right(client, entity) for entity in CATALOG))
    told = [right.information for right in rights if right.information is not None]
    return [
        *_readable_at_all(rights),
        *(right.item for right in rights),
        *_writing(rights),
        *await _seeing_more(client, {information.name.casefold() for information in told}),
    ]


async def _right(client: AutotaskClient, entity: Entity[Any]) -> _Right:
    def found(outcome: str, message: str, information: EntityInformation | None = None, *, readable: bool) -> _Right:
        return _Right(CheckItem(f"entity:{entity.path}", entity.path, outcome, message), readable, information)

    information = None
    try:
        information = await _information(client, entity)
        if information is not None and not information.is_readable:
            return found(WARNING, _not_permitted(entity), information, readable=False)
        rows = await client.count(entity)
    except PermissionMissing:
        return found(WARNING, _not_permitted(entity), information, readable=False)
    except AutotaskError as error:
        return found(WARNING, explain(error), information, readable=False)
    is_restricted = information is not None and (information.user_access_for_query or "").casefold() == "restricted"
    if rows == 0:
        return found(EMPTY, _why_empty(is_restricted=is_restricted), information, readable=True)
    if is_restricted:
        shown = f"Readable in part: Autotask shows this API user some of the rows only, {rows:,} of them."
        return found(WARNING, shown, information, readable=True)
    return found(OK, f"Readable: {rows:,} rows.", information, readable=True)


async def _information(client: AutotaskClient, entity: Entity[Any]) -> EntityInformation | None:
    try:
        return await client.entity_information(entity)
    except MalformedAnswer:
        return None  # what may be read shows by reading


def _not_permitted(entity: Entity[Any]) -> str:
    return f"Not permitted. {explain(PermissionMissing(entity.path))}"


def _why_empty(*, is_restricted: bool) -> str:
    if is_restricted:
        return "Empty: Autotask shows this API user some of the rows only, and of these none. Check its security level."
    return "Empty: it may be read, and there are no rows, or none that this API user is shown."


def _readable_at_all(rights: list[_Right]) -> list[CheckItem]:
    if any(right.is_readable for right in rights):
        return []
    message = (
        "Autotask accepts the credentials, but the API user may read nothing. Give it the security level "
        "API User (system), or a copy of it that may read these entities."
    )
    return [CheckItem("rights", "API access", FAILED, message)]


def _writing(rights: list[_Right]) -> list[CheckItem]:
    informed = [(right.item.title, right.information) for right in rights if right.information is not None]
    if not informed:
        return []
    writable = [f"{title} ({', '.join(info.writes)})" for title, info in informed if info.writes]
    title = "Rights to write"
    if not writable:
        return [CheckItem("writing", title, OK, "None: this API user can change nothing that the portal reads.")]
    return [CheckItem("writing", title, WARNING, f"The API user could change {_named(writable)}. {READ_ONLY}")]


async def _seeing_more(client: AutotaskClient, needed: set[str]) -> list[CheckItem]:
    """Whether entities that the portal does not read are open to the API user; nothing where Autotask does not tell."""
    try:
        everything = await client.entity_descriptions()
    except AutotaskError:
        return []
    known = needed | {entity.singular.casefold() for entity in CATALOG} | {entity.path.casefold() for entity in CATALOG}
    told = [information for information in everything if information.user_access_for_query is not None]
    further = sorted(info.name for info in told if info.is_readable and info.name.casefold() not in known)
    if not told:
        return []
    title = "Rights to see more"
    if not further:
        return [CheckItem("seeing_more", title, OK, "None: this API user sees only what the portal reads.")]
    message = (
        f"The API user also sees {_named(further)}, which the portal does not read. Its security level can be narrowed."
    )
    return [CheckItem("seeing_more", title, WARNING, message)]


def _named(names: list[str]) -> str:
    shown, others = names[:NAMED_AT_MOST], len(names) - NAMED_AT_MOST
    return ", ".join(shown) + (f" and {others} more" if others > 0 else "")
