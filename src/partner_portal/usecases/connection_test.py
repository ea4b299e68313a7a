"""What a test of a connection says, item by item, and how each item is found out."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from typing import Any

from partner_portal.autotask.catalog import CATALOG, TASKS, Entity
from partner_portal.autotask.client import AutotaskClient
from partner_portal.autotask.credentials import Credentials
from partner_portal.autotask.errors import (
    AutotaskError,
    CredentialsRefused,
    HostRefused,
    HostUnreachable,
    MalformedAnswer,
    PermissionMissing,
    QueryRefused,
    RedirectRefused,
    ServerFailed,
    Throttled,
    explain,
)
from partner_portal.autotask.limits import Limits
from partner_portal.usecases.parts import Parts

PATIENCE = Limits(attempts=2, throttled_attempts=2, request_timeout_seconds=15.0, longest_pause_seconds=2.0)
"""A person waits for the answer, and every attempt with a wrong secret brings the API user closer to being locked."""
BUSY_SHARE = 0.5
"""From this share of the hourly budget on, the test says that it is getting tight."""

OK, WARNING, FAILED, SKIPPED = "ok", "warning", "failed", "skipped"


@dataclass(frozen=True)
class CheckItem:
    """One thing that was looked at; `outcome` is ok, warning, failed or skipped, `message` one line with a remedy."""

    key: str
    title: str
    outcome: str
    message: str


@dataclass(frozen=True)
class ConnectionTest:
    """All items in order, and what they found out about the tenant."""

    items: tuple[CheckItem, ...]
    zone_name: str = ""
    zone_url: str = ""
    web_url: str = ""
    tenant_number: int | None = None
    dialect: str = ""

    @property
    def passed(self) -> bool:
        """Whether the connection can be used; warnings do not stand in the way."""
        return not any(item.outcome == FAILED for item in self.items)

    @property
    def problem(self) -> str | None:
        """The message of the first item that failed."""
        return next((item.message for item in self.items if item.outcome == FAILED), None)

    def document(self) -> dict[str, Any]:
        """The test, JSON-able."""
        return asdict(self) | {"passed": self.passed, "problem": self.problem}


async def examine(parts: Parts, credentials: Credentials) -> ConnectionTest:
    """Try `credentials` against Autotask, reading only; never raises AutotaskError."""
    try:
        client = await parts.open_client(credentials, PATIENCE, None)
    except AutotaskError as error:
        return ConnectionTest(_no_way_in(error))
    async with client:
        zone = client.zone
        found = [
            CheckItem("host", "Host reachable", OK, f"{parts.entry_url} answers."),
            CheckItem("zone", "Zone found", OK, f"{zone.name} at {zone.url}."),
            *await _credentials_and_budget(client),
        ]
        dialect = ""
        if not any(item.outcome == FAILED for item in found):
            rights = await asyncio.gather(*(_rights(client, entity) for entity in CATALOG))
            dialect = await _dialect(client)
            found += [*_readable_at_all(rights), *rights, _dialect_item(dialect)]
        return ConnectionTest(tuple(found), zone.name, zone.url, zone.web_url or "", zone.ci, dialect)


def _no_way_in(error: AutotaskError) -> tuple[CheckItem, ...]:
    is_host = isinstance(error, (HostUnreachable, HostRefused, RedirectRefused, ServerFailed))
    host, zone = (FAILED, SKIPPED) if is_host else (OK, FAILED)
    skipped = "Not tried."
    return (
        CheckItem("host", "Host reachable", host, explain(error) if is_host else "The entry address answers."),
        CheckItem("zone", "Zone found", zone, skipped if is_host else explain(error)),
        CheckItem("credentials", "Credentials accepted", SKIPPED, skipped),
    )


async def _credentials_and_budget(client: AutotaskClient) -> list[CheckItem]:
    title, budget_title = "Credentials accepted", "Call budget"
    try:
        threshold = await client.threshold()
    except CredentialsRefused as error:
        return [CheckItem("credentials", title, FAILED, explain(error))]
    except Throttled as error:
        return [
            CheckItem("credentials", title, SKIPPED, "Not tried."),
            CheckItem("budget", budget_title, FAILED, explain(error)),
        ]
    except AutotaskError as error:
        # a server may not tell its budget; whether it lets us in shows at an entity
        return [
            await _credentials_by_count(client, title),
            CheckItem("budget", budget_title, WARNING, f"Unknown. {explain(error)}"),
        ]
    used = f"{threshold.used:,} of {threshold.limit:,} calls of {threshold.timeframe_minutes} minutes are used."
    is_busy = threshold.share >= BUSY_SHARE
    hint = " The portal slows down while other integrations use that much." if is_busy else ""
    return [
        CheckItem("credentials", title, OK, "Autotask accepts them."),
        CheckItem("budget", budget_title, WARNING if is_busy else OK, used + hint),
    ]


async def _credentials_by_count(client: AutotaskClient, title: str) -> CheckItem:
    try:
        await client.count(CATALOG[0])
    except (PermissionMissing, QueryRefused):
        pass  # refused for another reason than the credentials
    except AutotaskError as error:
        return CheckItem("credentials", title, FAILED, explain(error))
    return CheckItem("credentials", title, OK, "Autotask accepts them.")


async def _rights(client: AutotaskClient, entity: Entity[Any]) -> CheckItem:
    key, title = f"entity:{entity.path}", entity.path
    try:
        try:
            information = await client.entity_information(entity)
        except MalformedAnswer:
            await client.count(entity)
            return CheckItem(key, title, OK, "Readable.")
    except PermissionMissing as error:
        return CheckItem(key, title, WARNING, explain(error))
    except AutotaskError as error:
        return CheckItem(key, title, WARNING, explain(error))
    if not information.is_readable:
        return CheckItem(key, title, WARNING, explain(PermissionMissing(entity.path)))
    if (information.user_access_for_query or "").casefold() == "restricted":
        return CheckItem(key, title, WARNING, "Readable in part: Autotask shows this API user some of the rows only.")
    return CheckItem(key, title, OK, "Readable.")


def _readable_at_all(rights: list[CheckItem]) -> list[CheckItem]:
    if any(item.outcome == OK or item.message.startswith("Readable") for item in rights):
        return []
    message = "The API user may read none of the entities. Give its security level the rights to read them in Autotask."
    return [CheckItem("rights", "Rights", FAILED, message)]


async def _dialect(client: AutotaskClient) -> str:
    try:
        fields = await client.fields(TASKS)
    except AutotaskError:
        return ""
    return "guide" if any(field.name.casefold() == "actiontype" for field in fields) else "live"


def _dialect_item(dialect: str) -> CheckItem:
    messages = {
        "guide": "Activities are tasks with an action type.",
        "live": "Activities are company notes and completed to-dos.",
        "": "Unknown, as the fields of Tasks cannot be read; the first sync will tell.",
    }
    return CheckItem("dialect", "Where activities are", OK if dialect else WARNING, messages[dialect])
