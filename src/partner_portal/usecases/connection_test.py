"""What a test of a connection says, item by item, and how each item is found out.

A test sends at most one request that carries the secret before Autotask has accepted it, so it costs one failed login
at most; and one request in all to a tenant whose zone is known and whose hour of calls is nearly spent.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from partner_portal.autotask.budget import SLOW_SHARE, STOP_SHARE
from partner_portal.autotask.catalog import CATALOG, TASKS
from partner_portal.autotask.client import AutotaskClient
from partner_portal.autotask.credentials import Credentials
from partner_portal.autotask.errors import (
    AutotaskError,
    CredentialsRefused,
    HostRefused,
    HostUnreachable,
    PermissionMissing,
    QueryRefused,
    RedirectRefused,
    ServerFailed,
    Throttled,
    UnknownUser,
    ZoneMissing,
    ZoneRefused,
    explain,
)
from partner_portal.autotask.limits import Limits
from partner_portal.autotask.metadata import Threshold
from partner_portal.autotask.session import Acquaintance
from partner_portal.autotask.zone import Zone
from partner_portal.usecases.check_item import EMPTY, FAILED, OK, SKIPPED, WARNING, CheckItem
from partner_portal.usecases.connection_rights import examine_rights
from partner_portal.usecases.parts import Parts

__all__ = ["EMPTY", "FAILED", "OK", "SKIPPED", "WARNING", "CheckItem", "ConnectionTest", "examine"]

PATIENCE = Limits(attempts=2, throttled_attempts=2, request_timeout_seconds=15.0, longest_pause_seconds=2.0)
"""A person waits for the answer, and every attempt with a wrong secret brings the API user closer to being locked."""

NOT_TRIED = "Not tried."
CREDENTIALS, BUDGET = "Credentials accepted", "Call budget"


@dataclass(frozen=True)
class ConnectionTest:
    """All items in order, and what they found out about the tenant.

    `is_refused` says that Autotask refused the credentials, which counts as a failed login there.
    """

    items: tuple[CheckItem, ...]
    zone_name: str = ""
    zone_url: str = ""
    web_url: str = ""
    tenant_number: int | None = None
    dialect: str = ""
    is_refused: bool = False

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


@dataclass(frozen=True)
class _LogIn:
    """What became of the first request with the credentials: its items, and whether there is room to go on."""

    items: tuple[CheckItem, ...]
    has_room: bool = False


async def examine(
    parts: Parts, credentials: Credentials, refusal: str, known_zone: Zone | None = None
) -> ConnectionTest:
    """Try `credentials` against Autotask, reading only; never raises AutotaskError.

    `refusal` is what to say when Autotask refuses them. With `known_zone` the zone is not asked for, as long as
    it accepts the credentials.
    """
    known = None if known_zone is None else Acquaintance(zone=known_zone)
    try:
        client = await parts.open_client(credentials, PATIENCE, known)
    except AutotaskError as error:
        return ConnectionTest(_no_way_in(error))
    async with client:
        log_in = await _log_in(client, refusal)
        zone = client.zone
        found = [*_way_in(parts, client), *log_in.items]
        dialect = ""
        if log_in.has_room:
            rights = await examine_rights(client)
            dialect = await _dialect(client)
            found += [*rights, _dialect_item(dialect)]
        items = _without_doubles(found)
        return ConnectionTest(
            items, zone.name, zone.url, zone.web_url or "", zone.ci, dialect, is_refused=client.is_refused
        )


def _no_way_in(error: AutotaskError) -> tuple[CheckItem, ...]:
    is_host = isinstance(error, (HostUnreachable, HostRefused, RedirectRefused, ServerFailed))
    host, zone = (FAILED, SKIPPED) if is_host else (OK, FAILED)
    return (
        CheckItem("host", "Host reachable", host, explain(error) if is_host else "The entry address answers."),
        CheckItem("zone", "Zone found", zone, NOT_TRIED if is_host else explain(error)),
        CheckItem("credentials", CREDENTIALS, SKIPPED, NOT_TRIED),
    )


def _way_in(parts: Parts, client: AutotaskClient) -> tuple[CheckItem, CheckItem]:
    zone = client.zone
    told = f"{parts.entry_url} answers." if client.has_found_zone else f"{zone.url} answers."
    found = "" if client.has_found_zone else ", as found earlier"
    return (
        CheckItem("host", "Host reachable", OK, told),
        CheckItem("zone", "Zone found", OK, f"{zone.name} at {zone.url}{found}."),
    )


def _without_doubles(items: list[CheckItem]) -> tuple[CheckItem, ...]:
    """The last item of each key, in the place of the first: a later finding corrects an earlier one."""
    return tuple({item.key: item for item in items}.values())


async def _log_in(client: AutotaskClient, refusal: str) -> _LogIn:
    """Ask for the call budget: the cheapest request that carries the credentials."""
    try:
        threshold = await client.threshold()
    except CredentialsRefused:
        return _LogIn((CheckItem("credentials", CREDENTIALS, FAILED, refusal),))
    except Throttled as error:
        return _LogIn(
            (
                CheckItem("credentials", CREDENTIALS, SKIPPED, NOT_TRIED),
                CheckItem("budget", BUDGET, FAILED, explain(error)),
            )
        )
    except (UnknownUser, ZoneRefused, ZoneMissing) as error:
        # the zone that was known refused, and no other one is found for the user
        return _LogIn(
            (
                CheckItem("zone", "Zone found", FAILED, explain(error)),
                CheckItem("credentials", CREDENTIALS, FAILED, refusal),
            )
        )
    except (HostUnreachable, HostRefused, RedirectRefused) as error:
        return _LogIn(
            (
                CheckItem("host", "Host reachable", FAILED, explain(error)),
                CheckItem("credentials", CREDENTIALS, SKIPPED, NOT_TRIED),
            )
        )
    except AutotaskError as error:
        # a server may not tell its budget; whether it lets us in shows at an entity
        accepted = await _accepted_by_count(client, refusal)
        budget = CheckItem("budget", BUDGET, WARNING, f"Unknown. {explain(error)}")
        return _LogIn((accepted, budget), has_room=accepted.outcome == OK)
    has_room = threshold.share < STOP_SHARE
    accepted = CheckItem("credentials", CREDENTIALS, OK, "Autotask accepts them.")
    rest = () if has_room else (CheckItem("rights", "Rights", SKIPPED, "Not looked at, to spare the call budget."),)
    return _LogIn((accepted, _budget_item(threshold), *rest), has_room=has_room)


def _budget_item(threshold: Threshold) -> CheckItem:
    used = f"{threshold.used:,} of {threshold.limit:,} calls of {threshold.timeframe_minutes} minutes are used."
    if threshold.share >= STOP_SHARE:
        hint = " The rest is left to other integrations; test again when fewer are used. Admin > API Activity by Hour"
        return CheckItem("budget", BUDGET, WARNING, f"{used}{hint} in Autotask shows which integration uses most.")
    if threshold.share >= SLOW_SHARE:
        hint = " The portal slows down while other integrations use that much."
        return CheckItem("budget", BUDGET, WARNING, used + hint)
    return CheckItem("budget", BUDGET, OK, used)


async def _accepted_by_count(client: AutotaskClient, refusal: str) -> CheckItem:
    try:
        await client.count(CATALOG[0])
    except CredentialsRefused:
        return CheckItem("credentials", CREDENTIALS, FAILED, refusal)
    except (PermissionMissing, QueryRefused):
        pass  # refused for another reason than the credentials
    except AutotaskError as error:
        return CheckItem("credentials", CREDENTIALS, FAILED, explain(error))
    return CheckItem("credentials", CREDENTIALS, OK, "Autotask accepts them.")


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
