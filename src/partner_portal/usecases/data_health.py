"""How healthy an organization's data is: what is held, how old, what the syncs did, what they spent, what is unmapped.

Who is confined to the own numbers is told how fresh and complete the data is. How much of it there is, what moved and
what it took is nobody's own number, and left empty for them, as in the report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.accounts.policy import Act, require, sight_of
from partner_portal.autotask.budget import SLOW_SHARE, STOP_SHARE
from partner_portal.autotask.catalog import CATALOG, Entity
from partner_portal.lib.zone import local_date, zone_named
from partner_portal.mirror.decide import rests_until
from partner_portal.organizations.models import Connection, Organization, SyncRun
from partner_portal.reports.mapping_listing import mapping_listing
from partner_portal.reports.sources import Ground, ground_of
from partner_portal.reports.wire import instant_text
from partner_portal.usecases import sync_runs
from partner_portal.usecases.asking import facts_of
from partner_portal.usecases.call_budget import Hour, sent_by_hour
from partner_portal.usecases.connection_state import ConnectionState, connection_state
from partner_portal.usecases.mapping_versions import confirmed_mapping
from partner_portal.usecases.parts import Parts
from partner_portal.usecases.pauses import pause_of
from partner_portal.warehouse.store import OrganizationStore, Reconciliation

SCHEMA = "data-health/1"
RUNS_TOLD = 20
HOURS_TOLD = 48
RUNNING = "running"
"""The outcome of a run that has none yet."""

COUNTED = ("rows", "requests", "removed", "added")
"""What is counted of a run, and of each entity in it."""


def read_data_health(parts: Parts, organization: Organization, *, actor: Actor = SHELL) -> dict[str, Any]:
    """The document `data-health/1`, JSON-able; instants in UTC with Z, what is unknown or not for `actor` None.

    Raises OrganizationUnknown for strangers, NotPermitted.
    """
    require(actor, Act.READ_REPORT, organization)
    is_confined = sight_of(actor, organization).own is not None
    now, state = parts.clock.now(), connection_state(parts, organization)
    with parts.warehouse.organization(organization.scope).snapshot() as store:
        ground = ground_of(store)
        unmapped = None if is_confined else _unmapped(store, organization, now)
    told = ground.document()
    return {
        "schema": SCHEMA,
        "organization": {"slug": organization.slug, "name": organization.name, "time_zone": organization.time_zone},
        "is_confined": is_confined,
        "connection": _connection(state, pause_of(organization, now), is_confined=is_confined),
        "data": {name: told[name] for name in ("version", "as_of", "dialect", "complete")},
        "history_since": instant_text(ground.since),
        "entities": [_entity(ground, entity, state.next_sync_at, is_confined=is_confined) for entity in CATALOG],
        "runs": [_run(run, is_confined=is_confined) for run in sync_runs.recent(organization, RUNS_TOLD)],
        "budget": _budget(organization),
        "requests": None if is_confined else _requests(organization, now),
        "unmapped": unmapped,
    }


def _connection(state: ConnectionState, pause: str | None, *, is_confined: bool) -> dict[str, Any]:
    """What the connection's state has to do with the data."""
    named = ("stage", "is_syncing", "is_stale", "synced_at", "next_sync_at", "paused_until", "problem", "progress")
    told = state.document()
    hidden = {"rows": None, "expected": None} if is_confined else {}
    return (
        {name: told[name] for name in named}
        | {"pause": pause}
        | {"progress": [entity | hidden for entity in told["progress"]]}
    )


def _entity(ground: Ground, entity: Entity[Any], next_at: datetime | None, *, is_confined: bool) -> dict[str, Any]:
    """One mirrored entity; its next reading is that of the next sync, unless it rests for longer."""
    source, rest = ground.source(entity.path), rests_until(entity, ground.source(entity.path))
    is_read, last = source.as_of is not None, ground.reconciliations.get(entity.path)
    return {
        "entity": entity.path,
        "as_of": instant_text(source.as_of),
        "full_at": instant_text(source.full_at),
        "next_at": instant_text(next_at if next_at is None or rest is None else max(next_at, rest)),
        "rows": source.rows if is_read and not is_confined else None,
        "unconfirmed": None if is_confined else source.unconfirmed,
        "complete": source.complete,
        "problem": source.problem,
        "reconciled": None if last is None or is_confined else _reconciled(last),
    }


def _reconciled(last: Reconciliation) -> dict[str, Any]:
    return {
        "at": instant_text(last.at),
        "ours": last.ours,
        "theirs": last.theirs,
        "differs_since": instant_text(last.differs_since),
        "gone": list(last.gone),
        "missing": list(last.missing),
    }


def _run(run: SyncRun, *, is_confined: bool) -> dict[str, Any]:
    ended, entities = run.finished_at, run.summary.get("entities")
    parts = [] if entities is None or is_confined else [_part(path, part) for path, part in entities.items()]
    return {
        "started_at": instant_text(run.started_at),
        "finished_at": instant_text(ended),
        "seconds": None if ended is None else (ended - run.started_at).total_seconds(),
        "full": run.is_full,
        "outcome": run.outcome or RUNNING,
        "problem": run.problem or None,
        **_sums(run.summary, parts),
        "entities": [part for part in parts if part["problem"] or any(part[name] for name in COUNTED)],
    }


def _part(path: str, part: Mapping[str, Any]) -> dict[str, Any]:
    return {"entity": path, "problem": part["problem"], **{name: part[name] for name in COUNTED}}


def _sums(summary: Mapping[str, Any], parts: Iterable[Mapping[str, Any]]) -> dict[str, int | None]:
    """A run in numbers; its requests are more than those of its entities, as some belong to none."""
    counted = list(parts)
    if not counted:
        return dict.fromkeys(COUNTED)
    return {name: sum(part[name] for part in counted) for name in COUNTED} | {"requests": summary["requests"]}


def _budget(organization: Organization) -> dict[str, Any] | None:
    """The tenant's calls, by all of its integrations, as Autotask last told; None as long as it never did."""
    held = Connection.objects.filter(organization=organization, budget_read_at__isnull=False).first()
    if held is None or not held.budget_limit:
        return None
    return {
        "used": held.budget_used,
        "limit": held.budget_limit,
        "minutes": held.budget_minutes,
        "read_at": instant_text(held.budget_read_at),
        "slow_share": SLOW_SHARE,
        "stop_share": STOP_SHARE,
    }


def _requests(organization: Organization, now: datetime) -> dict[str, Any]:
    """What syncs sent by the hour, the present one included; hours in which nothing was sent are left out."""
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    since = this_hour - timedelta(hours=HOURS_TOLD - 1)
    sent = sorted(sent_by_hour(organization, since), key=lambda hour: (hour.hour, hour.entity))
    hours = [_hour(at, list(rows)) for at, rows in groupby(sent, key=lambda hour: hour.hour)]
    return {"since": instant_text(since), "until": instant_text(this_hour + timedelta(hours=1)), "hours": hours}


def _hour(at: datetime, rows: list[Hour]) -> dict[str, Any]:
    return {
        "hour": instant_text(at),
        "requests": sum(row.requests for row in rows),
        "throttled": sum(row.throttled for row in rows),
        "entities": [{"entity": row.entity, "requests": row.requests, "throttled": row.throttled} for row in rows],
    }


def _unmapped(store: OrganizationStore, organization: Organization, now: datetime) -> dict[str, Any]:
    """What of the tenant's own means nothing yet, and how often it occurs; counted once a day and state of the data.

    Pages that are open ask every half minute.
    """
    facts, confirmed = facts_of(organization), confirmed_mapping(organization)
    today = local_date(now, zone_named(facts.time_zone))
    name = f"mapping listing {facts.time_zone} {today} {0 if confirmed is None else confirmed.version}"
    listing = store.kept(name, lambda: mapping_listing(store, facts, now, confirmed))
    counts = {"action_types": ("recent",), "stages": ("created", "open"), "statuses": ("created", "open")}
    found = {
        kind: [_named(entry, names) for entry in listing[kind] if entry["is_unmapped"]]
        for kind, names in counts.items()
    }
    return {"is_confirmed": listing["is_confirmed"], "recent": listing["recent"], **found}


def _named(entry: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: entry[name] for name in ("id", "label", *names)}
