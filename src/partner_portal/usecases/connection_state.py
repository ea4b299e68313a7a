"""How an organization's connection stands, as pages, API and CLI show it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from partner_portal.organizations.models import Connection, Organization, SyncRun
from partner_portal.usecases import sync_runs
from partner_portal.usecases.log_in_tries import paused_until as log_ins_paused_until
from partner_portal.usecases.parts import Parts
from partner_portal.usecases.pauses import is_paused
from partner_portal.usecases.secret_age import secret_age_days, secret_due

NOT_CONNECTED, FIRST_SYNC, CONNECTED = "not_connected", "first_sync", "connected"
STALE_AFTER_ROUNDS = 3
"""Data is stale when this many refreshes in a row brought nothing."""


@dataclass(frozen=True)
class EntityState:
    """How far the running sync is with one entity: `state` is running, done or failed."""

    entity: str
    rows: int
    expected: int | None
    state: str
    problem: str | None


@dataclass(frozen=True)
class ConnectionState:
    """How a connection stands; holds no secret.

    `stage` is not_connected, first_sync (connected, no sync has brought data yet) or connected. `synced_at` is when
    the last useful sync began; `paused_until` when syncs go on, should they have to wait.
    `problem` is why the last contact failed, None when it went well; `problems` are the entities that the last sync
    could not read, with the reason. Ages of the secret are in days, unknown where it is kept outside the portal
    (`kept_in` says where, None in the portal's own vault); `secret_due` is reminder or warning once it is old, else
    empty. `tests_paused_until` is when the API user may be tried again after failed logins, None when it may be now.
    """

    stage: str
    is_syncing: bool = False
    is_stale: bool = False
    username: str | None = None
    zone: str | None = None
    web_url: str | None = None
    dialect: str | None = None
    connected_at: datetime | None = None
    secret_age_days: int | None = None
    secret_due: str = ""
    kept_in: str | None = None
    tests_paused_until: datetime | None = None
    synced_at: datetime | None = None
    next_sync_at: datetime | None = None
    paused_until: datetime | None = None
    problem: str | None = None
    problems: tuple[tuple[str, str], ...] = ()
    progress: tuple[EntityState, ...] = ()

    def document(self) -> dict[str, Any]:
        """The state, JSON-able; instants in UTC with Z."""
        plain = asdict(self) | {"problems": dict(self.problems)}
        return {key: _instant(value) if isinstance(value, datetime) else value for key, value in plain.items()}


def connection_state(parts: Parts, organization: Organization) -> ConnectionState:
    """How the connection of `organization` stands now. Reads Django's tables only; asks for no leave."""
    connection = Connection.objects.filter(organization=organization).first()
    if connection is None:
        return ConnectionState(NOT_CONNECTED, kept_in=parts.vault.where or None)
    now = parts.clock.now()
    age = None if parts.vault.where else secret_age_days(connection, now)
    last, whole = sync_runs.latest(organization), sync_runs.latest_whole(connection)
    synced_at = whole.started_at if whole else None
    paused_until = connection.paused_until if is_paused(connection, now) else None
    pace = timedelta(seconds=parts.refresh_seconds)
    return ConnectionState(
        stage=CONNECTED if whole else FIRST_SYNC,
        is_syncing=last is not None and last.finished_at is None,
        is_stale=synced_at is not None and now - synced_at > pace * STALE_AFTER_ROUNDS,
        username=connection.username,
        zone=connection.zone_name or None,
        web_url=connection.web_url or None,
        dialect=connection.dialect or None,
        connected_at=connection.connected_at,
        secret_age_days=age,
        secret_due=secret_due(age),
        kept_in=parts.vault.where or None,
        tests_paused_until=log_ins_paused_until(connection.username, now),
        synced_at=synced_at,
        next_sync_at=None if last is None else max(now, last.started_at + pace, paused_until or now),
        paused_until=paused_until,
        problem=connection.problem or None,
        problems=_problems(last),
        progress=_progress(last),
    )


def _problems(run: SyncRun | None) -> tuple[tuple[str, str], ...]:
    entities = run.summary.get("entities", {}) if run else {}
    return tuple((path, entity["problem"]) for path, entity in entities.items() if entity["problem"])


def _progress(run: SyncRun | None) -> tuple[EntityState, ...]:
    if run is None or run.finished_at is not None:
        return ()
    return tuple(EntityState(entity=path, **state) for path, state in run.progress.items())


def _instant(value: datetime) -> str:
    return value.isoformat(timespec="seconds").replace("+00:00", "Z")
